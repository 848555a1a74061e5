"""Alertmanager: a real one is told what holds, keeps it while it is renewed, and hears when it is over."""

import datetime as dt
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.alerting.domain.addresses import Allowed
from services.alerting.domain.standing import LASTS, of_notification
from services.alerting.domain.subscriptions import Subscription
from services.alerting.domain.trying import trial
from services.alerting.measures import Measures
from services.alerting.senders.alertmanager import AlertmanagerSender
from services.alerting.senders.pinned import Pinned, client
from services.alerting.senders.posting import Post
from services.alerting.store import Store
from services.alerting.telling.renewing import Renewing, standing
from services.alerting.telling.subscribing import subscribe
from services.kit.clock import utc_now
from services.kit.metrics import registry
from tests.deploy.prometheus import alertmanager
from tests.services.alerting.examples import PLAN, RAIL, SKILLS, STATION, Step, chain, plan_state, states
from tests.services.alerting.stored import arrive, body, notification, subscription

MOVED = Step(RAIL, 100, 150, reason="Possession moved by Network Rail")
PLANS = "http://plans.example"


@pytest_asyncio.fixture
async def there(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a real Alertmanager; without one the test is skipped."""
    async with alertmanager(tmp_path) as url:
        yield url


@pytest_asyncio.fixture
async def sender() -> AsyncIterator[AlertmanagerSender]:
    """What posts."""
    async with client(Pinned(Allowed(local=True))) as http:
        yield AlertmanagerSender(Post(http, utc_now))


def to(url: str) -> Subscription:
    """A subscription of an Alertmanager."""
    return subscription("s", url, channel="alertmanager", secret=None)


async def alerts(url: str) -> dict[str, dict[str, Any]]:
    """What the Alertmanager holds, by milestone."""
    async with httpx.AsyncClient(trust_env=False) as http:
        found = (await http.get(f"{url}/api/v2/alerts", params={"filter": "kind=delivery"})).json()
    return {one["labels"].get("milestone", ""): one for one in found}


def ended(text: str) -> str:
    """The body of a notification that says that all of it is over."""
    content = json.loads(text)
    for section in content["data"]["causes"]:
        for told in section["moved"]:
            told["ended"] = "recovered"
    return json.dumps(content)


async def test_what_is_told_stands_there_until_it_is_over(there: str, sender: AlertmanagerSender) -> None:
    """One alert for each milestone, labelled so that it can be routed, linked to its plan; told over, it is gone."""
    now = utc_now()
    assert (await sender.send(notification(to(there), composed=now), to(there))).result == "delivered"
    found = await alerts(there)
    assert set(found) == {RAIL, STATION, SKILLS}
    assert found[SKILLS]["labels"] == {
        "alertname": "late",
        "kind": "delivery",
        "plan": PLAN,
        "milestone": SKILLS,
        "department": "dfe",
    }
    assert found[SKILLS]["generatorURL"] == f"{PLANS}/plans/{PLAN}"
    assert found[RAIL]["annotations"]["days"] == "50"
    assert found[SKILLS]["status"]["state"] == "active"
    over = notification(to(there), composed=utc_now(), body=ended(body()))
    assert (await sender.send(over, to(there))).result == "delivered"
    assert await alerts(there) == {}


async def test_what_holds_is_renewed_and_what_ended_is_not(
    there: str, sender: AlertmanagerSender, store: Store
) -> None:
    """Its end lies five minutes ahead, however Alertmanager is set; each renewal moves it on."""
    now = utc_now()
    await arrive(store, plan_state(), *states(chain(rail=MOVED), 1), now=now)
    assert await subscribe(store, to(there), PLANS, now)
    ends = []
    for later in (dt.timedelta(0), dt.timedelta(minutes=4)):
        await renewing(store, sender, now + later).step()
        ends.append(dt.datetime.fromisoformat((await alerts(there))[SKILLS]["endsAt"]))
    assert ends[0] - now == pytest.approx(LASTS, abs=dt.timedelta(seconds=1))
    assert ends[1] - ends[0] == dt.timedelta(minutes=4)
    await arrive(store, *states(chain(), 2), now=now)
    assert await standing(store, to(there), PLANS, now) == []


def renewing(store: Store, sender: AlertmanagerSender, now: dt.datetime) -> Renewing:
    """One replica's renewing, at a moment."""
    return Renewing(store, sender, PLANS, Measures(registry()), lambda: now)


async def test_the_same_alert_is_renewed_as_was_told(store: Store) -> None:
    """The labels of a message and of its renewal are equal: they are the alert's identity there."""
    now = utc_now()
    await arrive(store, plan_state(), *states(chain(rail=MOVED), 1), now=now)
    summary = await subscribe(store, to("http://am"), PLANS, now)
    found = await store.subscriptions.find("s")
    assert summary
    assert found
    again = await standing(store, found, PLANS, now)
    told = of_notification(summary)
    assert sorted(str(one.labels) for one in again) == sorted(str(one.labels) for one in told)
    assert {one.url for one in again} == {one.url for one in told}


async def test_a_test_stands_there_for_a_while(there: str, sender: AlertmanagerSender) -> None:
    """It says that it is one."""
    assert (await sender.send(trial(to(there), "d", utc_now()), to(there))).result == "delivered"
    (found,) = (await alerts(there)).values()
    assert found["labels"]["alertname"] == "test"
    assert found["annotations"]["summary"].startswith("This is a test")
