"""The load of the fault tests: thousands of events from a seed, posted by many connections until each is accepted."""

import asyncio
import datetime as dt
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.side_by_side import side_by_side
from schemas.envelope import STRUCTURED
from schemas.names import owner
from services.kit.words import london_day

Body = dict[str, Any]

DEPARTMENTS = ("dluhc", "dft", "dwp")
CHAIN = 8
"""Milestones of a plan that each need the one before; one more may be met or cancelled, and one is overdue."""

ABROAD = 2
"""The milestone of a plan that the next plan needs."""

TOLERANCE = 14
CONNECTIONS = 16
PAUSE = 0.25
"""Seconds before a refused event is sent again."""


def plan_names(count: int, prefix: str = "plan") -> list[str]:
    """The plans of a load."""
    return [f"dluhc/{prefix}-{number:02}" for number in range(count)]


def milestones() -> list[str]:
    """The milestones of every plan, in the order of their need for each other."""
    return [f"{DEPARTMENTS[n % 3]}/m{n}" for n in range(CHAIN + 2)]


@dataclass
class Story:
    """What is said about the plans: `now` is when it is told, times lie in the two hours before.

    The seed decides what is said, and begins the id of every event.
    """

    seed: int | str
    plans: Sequence[str]
    now: dt.datetime
    said: list[Body] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - a load, no secret
        self.today = london_day(self.now)

    def tell(self, count: int) -> list[Body]:
        """`count` events: the plans, then moves at random, then the last words."""
        last = list(self._last_words())
        for plan in self.plans:
            self._publish(plan)
        while len(self.said) < count - len(last):
            self._move(self.random.choice(self.plans))
        for words in last:
            self._say(*words)
        return self.said

    def _say(self, kind: str, subject: str, plan: str, data: Body, before: dt.timedelta = dt.timedelta()) -> None:
        number = len(self.said)
        time = self.now - dt.timedelta(hours=1) + dt.timedelta(milliseconds=number) - before
        self.said.append(
            {
                "specversion": "1.0",
                "id": f"{self.seed}-{number}",
                "source": f"/{owner(subject)}",
                "type": f"org.milepost.{kind}.v1",
                "subject": subject,
                "plan": plan,
                "time": time.isoformat(),
                "data": data,
            }
        )

    def baseline(self, number: int) -> dt.date:
        """The agreed date of the n-th milestone; that of the last has passed."""
        return self.today + dt.timedelta(days=-5 if number == CHAIN + 1 else 60 + 30 * number)

    def _publish(self, plan: str) -> None:
        self._say("plan.published", plan, plan, {"title": f"Plan {plan}", "tolerance": TOLERANCE})
        for department in DEPARTMENTS[1:]:
            self._say("contributor.listed", plan, plan, {"department": department})
        for number, name in enumerate(milestones()):
            self._say("milestone.planned", name, plan, {"title": name, "baseline": self.baseline(number).isoformat()})
        for number in range(1, CHAIN):
            self._need(plan, number, 7)
        self._need_abroad(plan)

    def _need_abroad(self, plan: str) -> None:
        """Plans go together in fours: each but the first needs a milestone of the one before."""
        at, names = self.plans.index(plan), milestones()
        if at % 4:
            data = {"needs": names[ABROAD], "needs_plan": self.plans[at - 1], "lag": 7}
            self._say("dependency.declared", names[ABROAD + 1], plan, data)

    def _need(self, plan: str, number: int, lag: int) -> None:
        names = milestones()
        self._say("dependency.declared", names[number], plan, {"needs": names[number - 1], "lag": lag})

    def _move(self, plan: str) -> None:
        number, chance = self.random.randrange(CHAIN + 1), self.random.random()
        name = milestones()[number]
        forecast = self.baseline(number) + dt.timedelta(days=self.random.randint(-20, 90))
        data = {"forecast": forecast.isoformat(), "reason": f"Word {len(self.said)}"}
        if chance < 0.7:
            self._say("milestone.forecast", name, plan, data)
        elif chance < 0.8:
            self._say("milestone.reported", name, plan, data)
        elif chance < 0.9:
            self._say("milestone.forecast", name, plan, data, dt.timedelta(minutes=self.random.randint(1, 50)))
        elif chance < 0.94 and 0 < number < CHAIN:
            self._need(plan, number, self.random.randint(0, 21))
        elif chance < 0.97:
            self.said.append(self.random.choice(self.said))  # the same event again, word for word
        else:
            self._say("milestone.reported", name, plan, {"title": f"Title {len(self.said)}"})

    def _last_words(self) -> Iterator[tuple[str, str, str, Body]]:
        """Half of the plans come back to what was agreed; of the others some have their end cancelled."""
        names = milestones()
        for number, plan in enumerate(self.plans):
            if number % 2:
                if number % 4 == 1:
                    yield "milestone.cancelled", names[CHAIN], plan, {"reason": "No longer wanted"}
                continue
            for at in range(CHAIN + 1):
                yield (
                    "milestone.forecast",
                    names[at],
                    plan,
                    {"forecast": self.baseline(at).isoformat(), "reason": "Back"},
                )
            if number % 4 == 0:
                yield "milestone.completed", names[-1], plan, {"actual": self.baseline(CHAIN + 1).isoformat()}
            else:
                later = (self.today + dt.timedelta(days=9)).isoformat()
                yield "milestone.forecast", names[-1], plan, {"forecast": later, "reason": "Soon"}


@dataclass
class Posted:
    """How far the load of a run is posted."""

    done: int = 0
    of: int = 0
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def begins(self, count: int) -> None:
        """A load of so many events is posted from now on."""
        self.done, self.of = 0, count

    def one(self) -> None:
        """One more is accepted."""
        self.done += 1
        self.more.set()

    async def reaches(self, part: float) -> None:
        """Waits until this part of the load is accepted."""
        while self.done < part * self.of:
            self.more.clear()
            await self.more.wait()


@dataclass
class Load:
    """Posts events, each until it is accepted: `accepted` has what was answered 202, `answers` counts all answers.

    `interruptions` are run by whoever is about to post the event of that number, while the others go on posting. With a
    `pace`, the n-th event is posted n times so many seconds after the first; `posted` is told of each that is accepted.
    """

    addresses: Sequence[str]
    keys: Mapping[str, str]
    interruptions: Mapping[int, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    accepted: list[Body] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    pace: float = 0.0
    posted: Posted = field(default_factory=Posted)

    async def post(self, events: Sequence[Body]) -> None:
        """Returns when every event is accepted; raises ValueError when one is refused for good."""
        waiting = iter(enumerate(events))
        self.began = time.monotonic()
        self.posted.begins(len(events))
        async with httpx.AsyncClient(timeout=15, trust_env=False) as http:
            await side_by_side(self._work(http, waiting, number) for number in range(CONNECTIONS))

    async def _work(self, http: httpx.AsyncClient, waiting: Iterator[tuple[int, Body]], turn: int) -> None:
        for number, event in waiting:
            if early := self.pace and max(0.0, self.began + number * self.pace - time.monotonic()):
                await asyncio.sleep(early)
            if number in self.interruptions:
                await self.interruptions[number]()
            while not await self._accepted(http, event, self.addresses[turn % len(self.addresses)]):
                turn += 1
                await asyncio.sleep(PAUSE)
            self.accepted.append(event)
            self.posted.one()

    async def _accepted(self, http: httpx.AsyncClient, event: Body, address: str) -> bool:
        headers = {"Authorization": f"Bearer {self.keys[owner(event['source'][1:])]}", "Content-Type": STRUCTURED}
        try:
            answer = await http.post(f"{address}/events", json=event, headers=headers)
        except httpx.TransportError as error:
            self.answers[type(error).__name__] += 1
            return False
        self.answers[str(answer.status_code)] += 1
        if answer.status_code < 500 and answer.status_code != 202:
            raise ValueError(f"{event['id']} was answered with {answer.status_code}: {answer.text[:500]}")
        return answer.status_code == 202
