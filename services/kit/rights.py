"""What this user may do on Kafka's topics: one question that changes nothing (Metadata, version 8, KIP-430)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int16, Int32, Schema, String

READ, WRITE = 3, 4
"""Operations, as Kafka numbers them."""

_TEXT = String("utf-8")


class _Answer(Response):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 8
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", Array(("node_id", Int32), ("host", _TEXT), ("port", Int32), ("rack", _TEXT))),
        ("cluster_id", _TEXT),
        ("controller_id", Int32),
        (
            "topics",
            Array(
                ("error_code", Int16),
                ("topic", _TEXT),
                ("is_internal", Boolean),
                (
                    "partitions",
                    Array(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", Array(Int32)),
                        ("isr", Array(Int32)),
                        ("offline_replicas", Array(Int32)),
                    ),
                ),
                ("authorized_operations", Int32),
            ),
        ),
        ("cluster_authorized_operations", Int32),
    )


class _Asked(RequestStruct):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 8
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        ("topics", Array(_TEXT)),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
    )


class _Question(Request[_Asked]):  # type: ignore[misc]
    API_KEY = 3

    def __init__(self, topics: list[str]) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[_Asked]) -> _Asked:
        return request_struct_class(self._topics, False, False, True)


@dataclass(frozen=True, slots=True)
class TopicSeen:
    """A topic as this user sees it: how many partitions, on at least how many brokers each, and what it may do."""

    partitions: int
    replicas: int
    operations: frozenset[int]


async def topics_seen(client: AIOKafkaClient, names: Iterable[str]) -> Mapping[str, TopicSeen]:
    """The topics of these names that are there and that this user may know of."""
    answer = await client.send(client.get_random_node(), _Question(list(names)))
    return {
        name: TopicSeen(len(partitions), min(len(one[4]) for one in partitions), _set_bits(operations))
        for error, name, _, partitions, operations in answer.topics
        if not error and partitions
    }


def _set_bits(number: int) -> frozenset[int]:
    return frozenset(bit for bit in range(32) if number >> bit & 1)
