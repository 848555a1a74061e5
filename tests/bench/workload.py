"""The events of a benchmark: plans of a realistic size, then months of returns about them, the same from a seed."""

import datetime as dt
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.names import owner

Body = dict[str, Any]

LEAD = "dluhc"
DEPARTMENTS = ("dft", "dwp", "defra", "desnz", "hmt")
KINDS = ("approval", "assurance", "delivery", "engagement")
FIRST_DAY = dt.date(2026, 12, 1)
NEEDS_PREVIOUS, NEEDS_ANOTHER, REACH = 0.7, 0.3, 12
"""How likely a milestone needs the one before it, and another of the REACH before it."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is said: `events` in all, the first of them those that set up `plans` of `milestones` each."""

    events: int
    plans: int
    milestones: int


@dataclass
class Story:
    """Tells the events of a size; `now` is when the first is accepted, the others follow by microseconds."""

    size: Size
    now: dt.datetime
    seed: int = 20261125

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a load, no secret
        self.plans = [f"{LEAD}/plan-{number:03}" for number in range(self.size.plans)]
        self._names = [_milestone(number) for number in range(self.size.milestones)]
        self._number = 0

    def published(self) -> list[Body]:
        """The events as publishers send them."""
        setup = [event for plan in self.plans for event in self.planned(plan)]
        return (setup + self.moves(self.plans, self.size.events - len(setup)))[: self.size.events]

    def moves(self, plans: Sequence[str], count: int) -> list[Body]:
        """So many returns about some of the plans."""
        return [self._move(self._random.choice(plans)) for _ in range(count)]

    def accepted(self) -> list[bytes]:
        """The same, as they are on the log: accepted one after another."""
        return self.accept(self.published())

    def accept(self, events: Iterable[Body]) -> list[bytes]:
        """These events as they are on the log."""
        return [json.dumps(self._accept(event, n)).encode() for n, event in enumerate(events)]

    def _accept(self, event: Body, number: int) -> Body:
        accepted = self.now + dt.timedelta(microseconds=number)
        return {**event, "acceptedtime": accepted.isoformat(), "correlationid": f"bench-{number // 100}"}

    def _say(self, kind: str, subject: str, plan: str, data: Body) -> Body:
        self._number += 1
        time = self.now - dt.timedelta(hours=2) + dt.timedelta(milliseconds=self._number)
        return {
            "specversion": "1.0",
            "id": f"b0a7c1de-0000-4000-8000-{self._number:012}",
            "source": f"/{owner(subject)}/returns",
            "type": f"org.milepost.{kind}.v1",
            "subject": subject,
            "plan": plan,
            "time": time.isoformat(),
            "data": data,
        }

    def planned(self, plan: str) -> Iterator[Body]:
        """What sets a plan up."""
        title = {"title": f"Renewal of {plan}", "tolerance": 14, "target": "2029-03-31", "visibility": "public"}
        yield self._say("plan.published", plan, plan, title)
        for department in DEPARTMENTS:
            yield self._say("contributor.listed", plan, plan, {"department": department})
        for number, name in enumerate(self._names):
            data = {"title": f"Milestone {number} of {plan}", "baseline": _baseline(number), "type": KINDS[number % 4]}
            yield self._say("milestone.planned", name, plan, data)
        for number, name in enumerate(self._names):
            for needed in self._needs(number):
                lag = self._random.randint(0, 20)
                yield self._say("dependency.declared", name, plan, {"needs": self._names[needed], "lag": lag})

    def _needs(self, number: int) -> set[int]:
        chosen = {number - 1} if number and self._random.random() < NEEDS_PREVIOUS else set()
        if number > 1 and self._random.random() < NEEDS_ANOTHER:
            chosen.add(self._random.randrange(max(0, number - REACH), number))
        return chosen

    def _move(self, plan: str) -> Body:
        number = self._random.randrange(self.size.milestones)
        day = dt.date.fromisoformat(_baseline(number)) + dt.timedelta(days=self._random.randint(-20, 60))
        chance = self._random.random()
        data: Body
        if chance < 0.5:
            reason = f"Possession moved by the infrastructure owner, case {self._number}"
            kind, data = "forecast", {"forecast": day.isoformat(), "reason": reason}
        elif chance < 0.85:
            reason = f"Return {self._number}: business case awaits approval of the programme board"
            kind, data = "reported", {"forecast": day.isoformat(), "state": "open", "reason": reason}
        elif chance < 0.93:
            kind, data = "progressed", {"percent": self._random.randint(0, 100), "note": f"Return {self._number}"}
        else:
            kind, data = "completed", {"actual": "2026-11-20"}
        return self._say(f"milestone.{kind}", self._names[number], plan, data)


def _milestone(number: int) -> str:
    department = DEPARTMENTS[number % len(DEPARTMENTS)]
    return f"{department}/project-{number // len(DEPARTMENTS)}/milestone-{number}"


def _baseline(number: int) -> str:
    return (FIRST_DAY + dt.timedelta(days=30 * number // 2)).isoformat()
