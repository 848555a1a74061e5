"""A stage: a running system with everyone subscribed, on which faults follow each other, each with plans of its own."""

import contextlib
import datetime as dt
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from deploy.local.seed import issue_keys, subscribe
from deploy.local.side_by_side import side_by_side
from services.kit.mongo import connect
from tests.faults import rest
from tests.faults.driver import System
from tests.faults.evidence import Evidence, Life, gather
from tests.faults.expected import Expected
from tests.faults.fault import QUIET, Fault
from tests.faults.fickle import listening
from tests.faults.health import memory, outcomes
from tests.faults.load import DEPARTMENTS, Body, Load, plan_names
from tests.faults.stories import story

WARM_UP = 400
"""Events before the memory at rest is measured for the first time."""


@dataclass
class Stage:
    """A system, the keys of its departments, and everything accepted so far."""

    system: System
    keys: dict[str, str]
    accepted: list[Body] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    known: dict[tuple[str, int], Expected] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()

    async def perform(self, fault: Fault, seed: int, events: int) -> tuple[Evidence, int]:
        """One run of a fault: load, harm, rest. Answers with the evidence, and how many copies of webhooks came."""
        name = f"{fault.name}-{seed}"
        plans, chance = plan_names(fault.plans, name), random.Random(f"{fault.name}/{seed}")  # noqa: S311 - no secret
        said = fault.tells(name, plans, dt.datetime.now(dt.UTC), events)
        await self._listen(plans)
        before, self.system.receiver.chance = await memory(self.system), chance
        arrived, killed = len(self.system.receiver.arrivals), self._killed()
        await self._post(said, fault, chance)
        life = await self._rest(Life(before=before, within=(fault.lag_seconds, fault.rest_seconds)))
        found = (await self._evidence(life)).but(settled=self.settled, recent=self._killed() - killed)
        self.settled |= found.telling.notifications.keys()
        came = [one.id for one in self.system.receiver.arrivals[arrived:]]
        return found, len(came) - len(set(came))

    def _killed(self) -> Counter[str]:
        return self.system.driver.kills + self.system.driver.stops

    async def _listen(self, plans: Sequence[str]) -> None:
        """Subscribes to every plan, some with a threshold of their own."""
        alerts = self.system.addresses["alerting"][0]
        for number, plan in enumerate(plans):
            wanted = {"channel": "webhook", "plan": plan, "least_days": 20 * (number % 3 == 2), "rhythm": "at_once"}
            target = self.system.receiver.url(f"{plan.partition('/')[2]}")
            await subscribe({**wanted, "target": target}, self.keys["dft"], alerts)

    async def _post(self, said: list[Body], fault: Fault, chance: random.Random) -> None:
        """Posts the load over the time that the fault lasts, while it acts; both are over when this returns."""
        self.system.posted.begins(len(said))
        load = Load(
            self.system.addresses["ingest"],
            self.keys,
            accepted=self.accepted,
            answers=self.answers,
            pace=fault.lasts / len(said),
            posted=self.system.posted,
        )
        await side_by_side([load.post(said), _act(fault, self.system, chance)])

    async def _rest(self, life: Life) -> Life:
        """Waits until nothing is left to be done, and says how long it took."""
        began = time.monotonic()
        kafka, client = self.system.env["MILEPOST_KAFKA"], connect(self.system.env["MILEPOST_MONGO"])
        lag, told, left = None, None, ""
        try:
            await self.system.driver.mended()
            await rest.worked_on(kafka, client, self.system.namespace, life.within[0])
            await rest.refused(kafka, self.system.namespace, len(self.system.hostile), life.within[0])
            lag = time.monotonic() - began
            await rest.told(kafka, client, self.system.namespace, life.within[1])
            told = time.monotonic() - began
            await rest.counted(self.system, client, life.within[1])
        except AssertionError as late:
            left = str(late)
        finally:
            client.close()
        deaths = {n: c for n, c in self.system.driver.deaths.items() if n not in self.system.mortal}
        return replace(life, lag=lag, rest=told, after=await memory(self.system), deaths=deaths, left=left)

    async def _evidence(self, life: Life) -> Evidence:
        found = await gather(self.system, self.accepted, self.answers)
        asked = await outcomes(self.system, self.keys, self.accepted)
        return found.but(life=life, known=self.known, outcomes=asked)


@contextlib.asynccontextmanager
async def stage(fault: Fault, directory: Path) -> AsyncIterator[Stage]:
    """A stage for a fault: started, warm, and at rest."""
    async with fault.world(directory, fault.replicas) as system, listening(system.receiver):
        made = Stage(system, await issue_keys(DEPARTMENTS, system.env))
        wanted = {"channel": "webhook", "department": "dft", "least_days": 0, "rhythm": "at_once"}
        target = system.receiver.url("dft")
        await subscribe({**wanted, "target": target}, made.keys["dft"], system.addresses["alerting"][0])
        warm_up = story("warm-up", plan_names(QUIET.plans, "warm-up"), dt.datetime.now(dt.UTC), WARM_UP)
        await made._post(warm_up, QUIET, random.Random(0))  # noqa: S311 - no secret
        await made._rest(Life())
        yield made


async def _act(fault: Fault, system: System, chance: random.Random) -> None:
    await fault.act(system, chance)
