"""Each alert, on a real Prometheus that watches real services: its fault is caused, it fires, and clears after.

The rules are the real ones with their stretches of time shortened (tests/deploy/hurried.py). With their real stretches
they are tried by promtool.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from deploy.local.side_by_side import side_by_side
from schemas.topics import milestone_key
from services.kit.identity import Sessions
from services.kit.kafka import partition_of
from tests.canary import canary
from tests.deploy.faulty import Faulty, faulty
from tests.deploy.hurried import hurried
from tests.deploy.prometheus import alertmanager, program, prometheus, series
from tests.deploy.test_prometheus_rules import NAMES
from tests.flow.publisher import until
from tests.servers import need_programs

PLAN, OTHER_PLAN, BATCH = "dluhc/faulty-town", "dluhc/damaged-town", 400
PROMISED, LATE = "2027-03-01", "2027-06-01"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def at(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Faulty]:
    """The stack, watched; two public plans, the first with a bridge that is on time."""
    need_programs()
    for name in ("prometheus", "prometheus-alertmanager"):
        program(name)
    directory = tmp_path_factory.mktemp("faulty")
    rules = hurried(tmp_path_factory.mktemp("rules"))
    async with faulty(directory) as found, canary(found.stack, directory, seconds=3) as sings:
        urls = {"plan-tracking": "plans", "ingest": "ingest", "alerting": "alerts", "metrics": "metrics"}
        targets = {job: getattr(found.stack, url).removeprefix("http://") for job, url in urls.items()}
        targets["canary"] = sings.url.removeprefix("http://")
        found.processes["canary"] = sings.process
        async with alertmanager(directory) as alerts, prometheus(directory, targets, alerts, rules) as url:
            found.prometheus, found.alertmanager = url, alerts
            said = {"title": "Faulty", "tolerance": 5, "target": PROMISED, "visibility": "public"}
            for plan in (PLAN, OTHER_PLAN):
                await found.says.say("plan.published", plan, said, plan)
            await planned(found, "bridge")
            await until(lambda: found.firing("MilepostDown"), lambda firing: not firing)
            yield found


async def planned(at: Faulty, name: str, plan: str = PLAN) -> None:
    """A milestone of the lead's that is on time."""
    said = {"title": name, "baseline": PROMISED, "forecast": PROMISED}
    await at.says.say("milestone.planned", f"dluhc/{name}", said, plan)


async def forecast(at: Faulty, name: str, date: str, plan: str = PLAN) -> None:
    """Its date moves."""
    await at.says.say("milestone.forecast", f"dluhc/{name}", {"forecast": date, "reason": "so it is"}, plan)


async def late_before(at: Faulty) -> float | None:
    """How many milestones of the lead were late, a shortened day ago."""
    expr = f'plan_department:milepost_milestones_late:max{{plan="{PLAN}"}} offset 20s'
    found = await series(at.prometheus, expr)
    return float(found[0]["value"][1]) if found else None


async def a_date_moves_and_comes_back(at: Faulty) -> None:
    """More is late than a day ago, and the plan is past its target."""
    await until(lambda: late_before(at), lambda found: found == 0, 60)
    await forecast(at, "bridge", LATE)
    await asyncio.gather(at.fires("DeliveryMoreLate", plan=PLAN), at.fires("DeliveryPastTarget", plan=PLAN))
    await forecast(at, "bridge", PROMISED)
    await asyncio.gather(at.clears("DeliveryMoreLate", plan=PLAN), at.clears("DeliveryPastTarget", plan=PLAN))


async def milestones_wait_for_each_other(at: Faulty) -> None:
    """Until one of the dependencies is taken back."""
    for one, other in (("ring-a", "ring-b"), ("ring-b", "ring-a")):
        await planned(at, one)
        await at.says.say("dependency.declared", f"dluhc/{one}", {"needs": f"dluhc/{other}"}, PLAN)
    await at.fires("DeliveryCycle")
    await at.says.say("dependency.removed", "dluhc/ring-a", {"needs": "dluhc/ring-b"}, PLAN)
    await at.clears("DeliveryCycle")


async def a_department_waits_to_be_listed(at: Faulty) -> None:
    """Until the lead lists it."""
    await at.says.say("milestone.planned", "dft/rail", {"title": "Rail", "baseline": PROMISED}, PLAN)
    await at.fires("DeliveryWaiting")
    await at.says.say("contributor.listed", PLAN, {"department": "dft"}, PLAN)
    await at.clears("DeliveryWaiting")


async def a_record_is_refused(at: Faulty) -> None:
    """It is forgotten after a day."""
    producer = AIOKafkaProducer(bootstrap_servers=at.stack.env["MILEPOST_KAFKA"])
    await producer.start()
    where = partition_of(PLAN)
    await producer.send_and_wait(f"{at.stack.namespace}.events", b"rubbish", PLAN.encode(), partition=where)
    await producer.stop()
    await at.fires("DeliveryRefused")
    await at.clears("DeliveryRefused")


async def a_plan_is_stuck_until_it_is_rebuilt(at: Faulty) -> None:
    """What is stored of a milestone is damaged."""
    await planned(at, "poisoned", OTHER_PLAN)
    await until(lambda: at.says.plan(OTHER_PLAN), lambda plan: "dluhc/poisoned" in plan["milestones"])
    with at.database("plan_tracking") as database:
        key = {"_id": milestone_key(OTHER_PLAN, "dluhc/poisoned")}
        await database["milestones"].update_one(key, {"$set": {"registers": {"title": 7}}})
    await forecast(at, "poisoned", PROMISED, OTHER_PLAN)
    await at.fires("MilepostPlanStuck")
    command = [sys.executable, "-m", "services.plan_tracking", "rebuild", OTHER_PLAN]
    done = await asyncio.to_thread(subprocess.run, command, env=at.stack.env, capture_output=True, timeout=120)
    assert done.returncode == 1, done.stderr  # it tells that something differed
    await at.clears("MilepostPlanStuck")


async def what_is_decided_is_not_announced(at: Faulty) -> None:
    """A note of a partition that nobody owns."""
    with at.database("plan_tracking") as database:
        await database["outbox"].insert_one({"_id": "999/x", "partition": 999, "plans": [], "between": []})
        await at.fires("MilepostOutboxLeft")
        await database["outbox"].delete_one({"_id": "999/x"})
    await at.clears("MilepostOutboxLeft")


async def a_notification_is_given_up_and_spends_the_budget(at: Faulty) -> None:
    """The receiver knows nothing of it."""
    await planned(at, "tunnel", OTHER_PLAN)
    nowhere = f"{at.stack.plans}/nowhere"
    await at.says.subscribe(channel="webhook", target=nowhere, plan=OTHER_PLAN, milestone="dluhc/tunnel")
    await forecast(at, "tunnel", LATE, OTHER_PLAN)
    await asyncio.gather(at.fires("MilepostUndelivered"), at.fires("MilepostToldBudget"))
    await asyncio.gather(at.clears("MilepostUndelivered"), at.clears("MilepostToldBudget"))


async def a_subscriber_cannot_be_told(at: Faulty) -> None:
    """A part of what it was told is missing: it is postponed again and again, and told when that is mended."""
    await planned(at, "canal", OTHER_PLAN)
    said = {"channel": "webhook", "target": at.stack.webhook, "plan": OTHER_PLAN, "milestone": "dluhc/canal"}
    one = {"_id": (await at.says.subscribe(**said))["id"]}
    with at.database("alerting") as database:
        await database["subscriptions"].update_one(one, {"$inc": {"chunks": 1}})
        await forecast(at, "canal", LATE, OTHER_PLAN)
        await at.fires("MilepostTellingBehind")
        await database["subscriptions"].update_one(one, {"$inc": {"chunks": -1}})
    await at.clears("MilepostTellingBehind")


async def test_what_goes_wrong_while_every_process_works(at: Faulty) -> None:
    """Side by side, each on milestones of its own: none waits while another's stretch of time passes."""
    faults = (
        a_date_moves_and_comes_back,
        milestones_wait_for_each_other,
        a_department_waits_to_be_listed,
        a_record_is_refused,
        a_plan_is_stuck_until_it_is_rebuilt,
        what_is_decided_is_not_announced,
        a_notification_is_given_up_and_spends_the_budget,
        a_subscriber_cannot_be_told,
    )
    await side_by_side(fault(at) for fault in faults)


async def test_the_canary_is_not_told(at: Faulty) -> None:
    """Alerting stands still."""
    with at.frozen("alerting"):
        await at.fires("MilepostCanaryTold")
    await at.clears("MilepostCanaryTold")


async def test_events_are_not_accepted(at: Faulty) -> None:
    """Kafka stands still: ingest answers 503, to the canary too."""
    with at.frozen("kafka"):
        await asyncio.gather(at.fires("MilepostAcceptanceBudget"), at.fires("MilepostCanaryAcceptance"))
    await asyncio.gather(at.clears("MilepostAcceptanceBudget"), at.clears("MilepostCanaryAcceptance"))


async def open_files_run_out_and_then_the_service_is_away(at: Faulty) -> None:
    """The limit falls to what is open; later it is stopped, and comes again."""
    with at.few_files("metrics"):
        await at.fires("MilepostFilesRunOut")
    await at.clears("MilepostFilesRunOut")
    async with at.away("metrics"):
        await at.fires("MilepostDown")
    await at.clears("MilepostDown")


async def the_canary_does_not_sing(at: Faulty) -> None:
    """It is there, and does nothing."""
    with at.frozen("canary"):
        await at.fires("MilepostCanarySilent")
    await at.clears("MilepostCanarySilent")


async def test_the_store_stands_still(at: Faulty) -> None:
    """Nothing can be served, records pile up, and after a minute no consumer progresses; then all is worked off.

    Meanwhile go wrong, each by itself, those that need no store.
    """
    with at.frozen("store"):
        piling = asyncio.create_task(_pile_up(at))
        await side_by_side(
            (
                at.fires("MilepostNotReady"),
                at.fires("MilepostLagGrows", 90),
                at.fires("MilepostNotProgressing", 120),
                open_files_run_out_and_then_the_service_is_away(at),
                the_canary_does_not_sing(at),
            )
        )
        await until(lambda: at.jobs("MilepostNotReady"), lambda jobs: jobs == {"plan-tracking", "ingest", "alerting"})
        piling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await piling
    for alert in ("MilepostNotReady", "MilepostNotProgressing", "MilepostLagGrows"):
        await at.clears(alert, 180)


async def _pile_up(at: Faulty) -> None:
    """Publishes until it is ended; a session needs no store."""
    token = Sessions(at.stack.env["MILEPOST_SESSION_SECRET"]).issue(("dluhc",))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents-batch+json"}
    async with httpx.AsyncClient(headers=headers, timeout=20) as http:
        for number in range(10_000):
            batch = [_event(f"{number}-{one}") for one in range(BATCH)]
            await http.post(f"{at.stack.ingest}/events", content=json.dumps(batch))
            await asyncio.sleep(0.5)


def _event(identifier: str) -> dict[str, Any]:
    data = {"forecast": PROMISED, "reason": "so it is"}
    about = {"source": "/dluhc", "subject": "dluhc/bridge", "plan": PLAN, "time": "2026-11-25T09:00:00Z"}
    kind = "org.milepost.milestone.forecast.v1"
    return {"specversion": "1.0", "id": identifier, "type": kind, **about, "data": data}


def test_no_alert_is_forgotten() -> None:
    """Each has a fault here that it fires at."""
    tried = Path(__file__).read_text()
    assert [name for name in NAMES if f'fires("{name}"' not in tried] == []
