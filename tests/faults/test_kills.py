"""Law 2 under fire: kill -9 of every process in the middle of thousands of events; nothing is lost or garbled."""

import datetime as dt
import functools
from pathlib import Path

import pytest

from deploy.local.seed import issue_keys, subscribe
from tests.faults import rest, settings
from tests.faults.driver import System, system
from tests.faults.evidence import gather
from tests.faults.invariants import OF_PLANS, violations
from tests.faults.load import DEPARTMENTS, Load, Story, plan_names
from tests.faults.tellings import OF_TELLING
from tests.servers import need_programs

PLANS = 16
REPLICAS = [pytest.param(n, id=f"replicas={n},SEED={settings.SEED}") for n in ((1, 2) if settings.LONG else (1,))]


async def listen(system: System, key: str) -> None:
    """Subscribes to every plan, some with a threshold of their own, and to a department in all plans."""
    alerts = system.addresses["alerting"][0]
    for number, plan in enumerate(plan_names(PLANS)):
        wanted = {"channel": "webhook", "plan": plan, "least_days": 20 * (number % 3 == 2), "rhythm": "at_once"}
        await subscribe({**wanted, "target": f"{system.webhook}/{number}"}, key, alerts)
    wanted = {"channel": "webhook", "department": "dft", "least_days": 0, "rhythm": "at_once"}
    await subscribe({**wanted, "target": f"{system.webhook}/dft"}, key, alerts)


@pytest.mark.parametrize("replicas", REPLICAS)
async def test_kill_9_of_everything_loses_and_garbles_nothing(tmp_path: Path, replicas: int) -> None:
    """What was accepted is on the log, plans are its fold, readers see the newest, all are told what they should."""
    need_programs()
    run = settings.run(replicas)
    events = Story(settings.SEED, plan_names(PLANS), dt.datetime.now(dt.UTC)).tell(settings.EVENTS)
    async with system(tmp_path, replicas) as running:
        keys = await issue_keys(DEPARTMENTS, running.env)
        await listen(running, keys["dft"])
        interruptions = {at: functools.partial(running.driver.kill, name) for at, name in run.kills.items()}
        load = Load(running.addresses["ingest"], keys, interruptions)
        await load.post(events)
        await rest.at_rest(running)
        evidence = await gather(running, load.accepted, load.answers)
    assert evidence.kills.total() == len(run.kills)
    assert len(evidence.accepted) == settings.EVENTS
    assert len(evidence.telling.hooks) > PLANS
    assert not violations(evidence, OF_PLANS + OF_TELLING)
