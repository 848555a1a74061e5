"""Makes sure that the topics of the contract exist, as it says, and that every partition can be written to."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from schemas.topics import Topic, inbox, topics
from services.kit.access import Kafka, access
from services.kit.refusal import Refused

LEADERS_SECONDS = 60.0

SAFETY = ("message.timestamp.type", "compression.type", "min.insync.replicas")
"""Settings of a topic without which what strangers write to it could not be judged, or could exhaust its reader, or
what was acknowledged could be lost with one broker."""


class TopicsUnfit(Refused):
    """A topic is not as the contract says, or cannot be made so; the sentence says how and what to do."""


async def ensure_topics(kafka: Kafka, namespace: str, *, replicas: int = 1, inboxes: Iterable[str] = ()) -> None:
    """Creates what is missing of the namespace's topics and inboxes, then waits until every partition has a leader.

    Run twice, it changes nothing. Raises TopicsUnfit when a topic has another number of partitions (it is for life),
    when the broker refuses one, or when a partition has no leader after LEADERS_SECONDS.
    """
    wanted = _wanted(namespace, inboxes, replicas)
    admin = AIOKafkaAdminClient(**access(kafka).options())
    await admin.start()
    try:
        there = set(await admin.list_topics())
        await _create(admin, [topic for topic in wanted if topic.name not in there], replicas)
        await _await_leaders(admin, wanted)
    finally:
        await admin.close()


async def require_topics(kafka: Kafka, namespace: str, *, replicas: int = 1, inboxes: Iterable[str] = ()) -> None:
    """Shows that the namespace's topics and inboxes are as the contract says.

    Raises LookupError while one is missing or has no leader, TopicsUnfit when one has another number of partitions, is
    on fewer brokers than `replicas`, or lacks a setting that makes it safe.
    """
    wanted = _wanted(namespace, inboxes, replicas)
    admin = AIOKafkaAdminClient(**access(kafka).options())
    await admin.start()
    try:
        if lacking := await _lacking(admin, wanted):
            raise LookupError(lacking)
        await _require_replicated(admin, wanted, replicas)
        await _require_safe(admin, wanted)
    finally:
        await admin.close()


def _wanted(namespace: str, inboxes: Iterable[str], replicas: int) -> list[Topic]:
    """With several replicas, what is acknowledged is on all brokers but one, so that one may be lost."""
    found = [*topics(namespace), *(inbox(department, namespace) for department in inboxes)]
    safe = {"min.insync.replicas": str(replicas - 1)} if replicas > 1 else {}
    return [replace(topic, config=topic.config | safe) for topic in found]


async def _require_replicated(admin: AIOKafkaAdminClient, wanted: list[Topic], replicas: int) -> None:
    for topic in await admin.describe_topics([topic.name for topic in wanted]):
        if any(len(partition["replicas"]) < replicas for partition in topic["partitions"]):
            raise TopicsUnfit(
                f"Topic {topic['topic']} has partitions on fewer brokers than the {replicas} of MILEPOST_REPLICATION: "
                "spread them with `kafka-reassign-partitions.sh`, or set it to what you can bear to lose"
            )


async def _require_safe(admin: AIOKafkaAdminClient, wanted: list[Topic]) -> None:
    needed = {topic.name: {name: topic.config[name] for name in SAFETY if name in topic.config} for topic in wanted}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys(of)) for name, of in needed.items() if of]
    answers = await admin.describe_configs(asked) if asked else []
    for _, _, _, name, entries in [found for answer in answers for found in answer.resources]:
        for setting, value, *_ in entries:
            if value != needed[name][setting]:
                raise TopicsUnfit(
                    f"Topic {name} has {setting}={value}, but the contract says {needed[name][setting]}: alter it with "
                    f"`kafka-configs.sh --alter --topic {name} --add-config {setting}={needed[name][setting]}`"
                )


async def _create(admin: AIOKafkaAdminClient, missing: list[Topic], replicas: int) -> None:
    if not missing:
        return
    new = [NewTopic(topic.name, topic.partitions, replicas, topic_configs=topic.config) for topic in missing]
    answer = await admin.create_topics(new)
    for name, code, message in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:  # another process may have been quicker
            raise TopicsUnfit(f"Topic {name} could not be created: {message or error.__name__}")


async def _await_leaders(admin: AIOKafkaAdminClient, wanted: list[Topic]) -> None:
    lacking = "no answer"
    try:
        async with asyncio.timeout(LEADERS_SECONDS):
            while lacking := await _lacking(admin, wanted):
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise TopicsUnfit(f"Kafka is not ready after {LEADERS_SECONDS:.0f} s: {lacking}") from None


async def _lacking(admin: AIOKafkaAdminClient, wanted: list[Topic]) -> str:
    """What is still missing, or "" when every partition has a leader."""
    try:
        described = {topic["topic"]: topic for topic in await admin.describe_topics([t.name for t in wanted])}
    except KafkaError as error:
        return type(error).__name__
    return next((wrong for topic in wanted if (wrong := _unfit(topic, described.get(topic.name)))), "")


def _unfit(topic: Topic, found: dict[str, Any] | None) -> str | None:
    if found is None or found["error_code"]:
        return f"topic {topic.name} is not known to every broker"
    if len(found["partitions"]) != topic.partitions:
        raise TopicsUnfit(
            f"Topic {topic.name} has {len(found['partitions'])} partitions, but the contract says {topic.partitions} "
            "for its life: name another namespace (MILEPOST_NAMESPACE) or restore the right topic"
        )
    leaderless = [p["partition"] for p in found["partitions"] if p["error_code"] or p["leader"] < 0]
    return f"partitions {leaderless} of topic {topic.name} have no leader" if leaderless else None
