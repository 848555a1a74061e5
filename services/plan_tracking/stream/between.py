"""Between plans: registrations, ports, links and verdicts as records on `milepost.events` (law 3)."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from schemas import topics
from schemas.network import (
    NETWORK,
    JudgedData,
    LinksData,
    LinksJudged,
    LinksReported,
    NetworkRecord,
    PortData,
    PortMoved,
    PortWanted,
    WantedData,
)
from schemas.topics import milestone_key
from services.kit.kafka import Message, partition_of
from services.plan_tracking.domain.model import Plan
from services.plan_tracking.domain.network import Network
from services.plan_tracking.domain.ports import Due, judge, links, port

SOURCE = "/milepost/plan-tracking"


@dataclass(frozen=True, slots=True)
class Between:
    """What a plan at its present version says to others; the same is said again under the same id."""

    namespace: str
    plan: Plan
    network: Network
    now: dt.datetime
    correlationid: str | None = None

    def messages(self, due: Due) -> list[Message]:
        """The records of what is due."""
        topic = topics.events(self.namespace).name
        return [
            Message(topic, partition_of(record.plan), record.plan, record.model_dump_json(exclude_none=True).encode())
            for record in self._records(due)
        ]

    def _records(self, due: Due) -> Iterator[NetworkRecord]:
        yield from map(self._wanted, due.wants)
        yield from (self._moved(name, plan) for name, plan in due.moved)
        if due.links:
            data = LinksData(version=self.plan.version, of=self.plan.name, links=links(self.network))
            yield LinksReported(**self._attributes(NETWORK, "links"), data=data)
        if due.judged:
            yield from self._judged(due.judged)

    def _attributes(self, to: str, about: str) -> dict[str, object]:
        return {
            "specversion": "1.0",
            "id": f"{self.plan.name}>{to}|{about}@{self.plan.version}"[-256:],
            "source": SOURCE,
            "subject": to,
            "plan": to,
            "time": self.now,
            "acceptedtime": self.now,
            "correlationid": self.correlationid,
        }

    def _wanted(self, key: str) -> PortWanted:
        plan, _, milestone = key.partition("|")
        wanted = bool(self.network.dependents.get(key))
        data = WantedData(version=self.plan.version, milestone=milestone, by=self.plan.name, wanted=wanted)
        return PortWanted(**self._attributes(plan, key), data=data)

    def _moved(self, name: str, plan: str) -> PortMoved:
        now = asdict(port(self.network, name, plan))
        now |= {
            "withdrawn": bool(self.plan.said("withdrawn")),
            "projected": dt.date.fromordinal(now["projected"]) if now["projected"] is not None else None,
            "answers": dict(now["answers"]),
        }
        data = PortData(version=self.plan.version, of=self.plan.name, milestone=name, **now)
        return PortMoved(**self._attributes(plan, milestone_key(self.plan.name, name)), data=data)

    def _judged(self, plans: Iterable[str]) -> Iterator[LinksJudged]:
        cuts = judge(self.network.links)
        for plan in plans:
            data = JudgedData(version=self.plan.version, cuts=cuts.get(plan, ()))
            yield LinksJudged(**self._attributes(plan, "cuts"), data=data)
