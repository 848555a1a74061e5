"""A voice that writes accepted events straight to `milepost.events`, as ingest does, to a plan in every partition."""

import datetime as dt
import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer

from schemas import topics
from services.kit.kafka import Message, partition_of, send
from tests.events import body
from tests.faults.load import Body

FIRST, SECOND, THIRD, APART = NAMES = ("dluhc/a", "dft/b", "dwp/c", "dluhc/apart")
"""Milestones of every plan: the second needs the first, the third the second, the last nothing."""

AGREED = dt.date(2030, 1, 1)

Words = tuple[str, str, str, dict[str, Any]]
"""Kind, subject, plan and data of an event."""


def plans() -> list[str]:
    """One plan in each partition, so that every replica has some."""
    found: dict[int, str] = {}
    for plan in (f"dluhc/plan-{number}" for number in range(1_000)):
        found.setdefault(partition_of(plan), plan)
    return list(found.values())


@dataclass
class Voice:
    """Speaks about the plans; `said` has every event."""

    log: AIOKafkaProducer
    namespace: str
    plans: list[str] = field(default_factory=plans)
    said: list[Body] = field(default_factory=list)

    async def say(self, words: Iterable[Words], prefix: str = "") -> None:
        """Says events, their ids numbered after a prefix."""
        topic, messages = topics.events(self.namespace).name, []
        for kind, subject, plan, data in words:
            now = (dt.datetime.now(dt.UTC) + dt.timedelta(microseconds=len(self.said))).isoformat()
            named = {"id": f"{prefix}{len(self.said)}", "plan": plan, "time": now, "acceptedtime": now}
            self.said.append(body(kind, subject, data, **named))
            messages.append(Message(topic, partition_of(plan), plan, json.dumps(self.said[-1]).encode()))
        await send(self.log, messages)

    async def publish(self) -> None:
        """Each plan, its milestones and their needs."""
        for plan in self.plans:
            words: list[Words] = [("plan.published", plan, plan, {"title": plan, "tolerance": 5})]
            words += [("contributor.listed", plan, plan, {"department": department}) for department in ("dft", "dwp")]
            words += [("milestone.planned", n, plan, {"title": n, "baseline": AGREED.isoformat()}) for n in NAMES]
            words += [
                ("dependency.declared", b, plan, {"needs": a}) for a, b in itertools.pairwise((FIRST, SECOND, THIRD))
            ]
            await self.say(words)

    async def move(self, name: str, prefix: str = "") -> None:
        """A milestone moves in every plan."""
        day = (AGREED + dt.timedelta(days=len(self.said) % 900)).isoformat()
        data = {"forecast": day, "reason": f"Word {day}"}
        await self.say([("milestone.forecast", name, plan, data) for plan in self.plans], prefix)
