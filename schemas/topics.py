"""Topics: their names, keys, retention, and which union travels on each."""

from dataclasses import dataclass, field

PARTITIONS = 24
"""Partitions of every topic that is keyed by plan or department, for its life: murmur2 of that name over 24."""

_DAY = 24 * 3600 * 1000
_LARGE = {"max.message.bytes": "2097152"}


@dataclass(frozen=True, slots=True)
class Topic:
    """A Kafka topic: full name, partition count and topic configuration."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)


def events(namespace: str = "milepost") -> Topic:
    """Accepted events and Milepost's own records. Key: the plan. Kept 90 days: history in Mongo is the record."""
    return Topic(f"{namespace}.events", PARTITIONS, {"retention.ms": str(90 * _DAY), "max.message.bytes": "1572864"})


def milestones(namespace: str = "milepost") -> Topic:
    """States of milestones, compacted. Key: `plan|milestone`, in the plan's partition."""
    return Topic(f"{namespace}.milestones", PARTITIONS, {"cleanup.policy": "compact", **_LARGE})


def plans(namespace: str = "milepost") -> Topic:
    """States of plans, compacted. Key: the plan."""
    return Topic(f"{namespace}.plans", PARTITIONS, {"cleanup.policy": "compact", **_LARGE})


def alerts(namespace: str = "milepost") -> Topic:
    """Alerts, compacted. Key: `plan|milestone|symptom`, in the plan's partition.

    Of a department in a plan its name stands in the milestone's place, of a plan as a whole nothing.
    """
    return Topic(f"{namespace}.alerts", PARTITIONS, {"cleanup.policy": "compact"})


def departments(namespace: str = "milepost") -> Topic:
    """States of departments, compacted. Key: the department."""
    return Topic(f"{namespace}.departments", PARTITIONS, {"cleanup.policy": "compact"})


def rejected(namespace: str = "milepost") -> Topic:
    """Whatever was refused: bytes and headers as they came, with headers `milepost-reason` and `milepost-from`.

    Larger records than on the other topics, so that the largest of them still goes in with its reason.
    """
    return Topic(f"{namespace}.rejected", 3, {"retention.ms": str(90 * _DAY), **_LARGE})


def inbox(department: str, namespace: str = "milepost") -> Topic:
    """What a department writes itself: CloudEvents as they come, structured or binary, under any key.

    The broker stamps each record with its arrival, by which it is judged, and keeps it uncompressed, so that the limit
    of a batch's size is the limit of what a reader has to hold.
    """
    config = {
        "retention.ms": str(90 * _DAY),
        "max.message.bytes": "1048588",
        "message.timestamp.type": "LogAppendTime",
        "compression.type": "uncompressed",
    }
    return Topic(f"{namespace}.inbox.{department}", 3, config)


def inbox_of(name: str, namespace: str = "milepost") -> str | None:
    """The department whose inbox has this name, None for every other topic."""
    prefix = inbox("", namespace).name
    return name.removeprefix(prefix) if name.startswith(prefix) else None


def topics(namespace: str = "milepost") -> list[Topic]:
    """Every topic that a namespace always has; inboxes are there where they are wanted."""
    return [topic(namespace) for topic in (events, milestones, plans, alerts, departments, rejected)]


def milestone_key(plan: str, milestone: str) -> str:
    """The compaction key of a milestone's state, and its identity everywhere."""
    return f"{plan}|{milestone}"
