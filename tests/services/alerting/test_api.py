"""The JSON doors: what may be asked for, and who sees what."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.alerting.api import AlertingApi
from services.alerting.domain.addresses import Allowed
from services.alerting.store import Store
from services.kit.http import application
from services.kit.identity import Identities, Sessions
from services.kit.metrics import registry
from tests.services.alerting.examples import NOW, PLAN, RAIL
from tests.services.alerting.stored import composed, notification, subscribed, subscription

SESSIONS = Sessions("tests only")
HOOK = {"channel": "webhook", "target": "https://example.gov.uk/hook"}


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors, outside local mode, as a caller without a key sees them."""
    async with httpx.AsyncClient(base_url="http://nowhere.invalid") as ingest:
        doors = AlertingApi(
            store, Identities(SESSIONS, ingest), "http://plans", Allowed(), lambda: NOW, asyncio.Event()
        )
        app = application("alerting", registry())
        app.include_router(doors.router())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a/api/alerting") as client:
            yield client


def key(*departments: str) -> dict[str, str]:
    """The header of a caller that speaks for these departments."""
    return {"Authorization": f"Bearer {SESSIONS.issue(departments)}"}


async def test_a_webhook_s_secret_is_shown_once(http: httpx.AsyncClient) -> None:
    """201 with id and secret; afterwards the subscription is shown without it."""
    answer = await http.post("subscriptions", json={**HOOK, "plan": PLAN, "least_days": 5}, headers=key("dfe"))
    shown = answer.json()
    assert answer.status_code == 201
    assert shown["secret"].startswith("whsec_")
    again = await http.get(f"subscriptions/{shown['id']}", headers=key("dfe"))
    assert again.json() == {
        "id": shown["id"],
        "channel": "webhook",
        "target": "https://example.gov.uk/hook",
        "plan": PLAN,
        "rules": [],
        "least_days": 5,
        "rhythm": "default",
        "hour": 8,
        "weekday": 0,
        "state": "active",
        "ended": None,
        "created": NOW.isoformat(),
        "told": 0,
    }
    assert answer.headers["location"] == f"/api/alerting/subscriptions/{shown['id']}"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, "one of plan, department, milestone"),
        ({"plan": PLAN, "department": "dft"}, "one of plan, department, milestone"),
        ({"department": "dft", "milestone": RAIL}, "one of plan, department, milestone"),
        ({"plan": PLAN, "place": "E06000001"}, "one of plan, department, milestone"),
        ({"place": "E06000001", "mission": "growth"}, "one of plan, department, milestone"),
        ({"plan": "Not A Plan"}, "plan"),
        ({"place": "Hartlepool"}, "place"),
        ({"mission": "!!!"}, "mission"),
        ({"plan": PLAN, "downstream": True}, "downstream"),
        ({"plan": PLAN, "rules": ["slipped", "sliped"]}, "rules"),
        ({"plan": PLAN, "hour": 24}, "hour"),
        ({"plan": PLAN, "weekday": 7}, "weekday"),
        ({"plan": PLAN, "quiet": {"from": 19}}, "quiet"),
        ({"plan": PLAN, "quiet": {"from": 7, "until": 7}}, "quiet"),
        ({"plan": PLAN, "hour": 8, "quiet": {"from": 19, "until": 9}}, "hour"),
        ({"plan": PLAN, "least_days": -1}, "least_days"),
        ({"plan": PLAN, "rhythm": "hourly"}, "rhythm"),
        ({"plan": PLAN, "channel": "pigeon"}, "channel"),
        ({"plan": PLAN, "leest_days": 3}, "leest_days"),
        ({"plan": PLAN, "target": "http://example.gov.uk/hook"}, "target"),
        ({"plan": PLAN, "target": "http://127.0.0.1/hook"}, "target"),
        ({"plan": PLAN, "target": "https://me:secret@example.gov.uk/"}, "target"),
        ({"plan": PLAN, "channel": "mail", "target": "a@b.example\r\nBcc: c@d.example"}, "target"),
        ({"plan": PLAN, "channel": "mail", "target": "a@b.example, c@d.example"}, "target"),
    ],
)
async def test_what_can_not_be_subscribed_to(http: httpx.AsyncClient, wanted: dict[str, Any], field: str) -> None:
    """422, a problem that names the field."""
    answer = await http.post("subscriptions", json={**HOOK, **wanted}, headers=key("dfe"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in answer.text


@pytest.mark.parametrize(
    ("channel", "target", "shown"),
    [
        ("chat", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack://..."),
        ("alertmanager", "https://alerts.example.gov.uk", "https://alerts.example.gov.uk"),
    ],
)
async def test_other_channels_have_no_secret_of_ours(
    http: httpx.AsyncClient, channel: str, target: str, shown: str
) -> None:
    """They are told at once; the address of a chat, which is itself a secret, is not shown again."""
    wanted = {"channel": channel, "target": target, "plan": PLAN}
    made = await http.post("subscriptions", json=wanted, headers=key("dfe"))
    assert made.status_code == 201
    assert made.json().keys() == {"id", "state"}
    found = (await http.get(f"subscriptions/{made.json()['id']}", headers=key("dfe"))).json()
    assert (found["channel"], found["target"], found["state"]) == (channel, shown, "active")


@pytest.mark.parametrize(
    ("channel", "target"),
    [
        ("chat", "json://127.0.0.1/"),
        ("chat", "https://hooks.slack.com/services/A/B/C"),
        ("alertmanager", "http://alertmanager:9093"),
        ("alertmanager", "https://10.0.0.1/"),
    ],
)
async def test_no_channel_leads_inside(http: httpx.AsyncClient, channel: str, target: str) -> None:
    """422, naming the field, and not what was asked for."""
    wanted = {"channel": channel, "target": target, "plan": PLAN}
    answer = await http.post("subscriptions", json=wanted, headers=key("dfe"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "target"


async def test_a_milestone_may_name_its_plan(http: httpx.AsyncClient) -> None:
    """In one plan, or in every plan that has it."""
    for wanted in ({"milestone": RAIL}, {"milestone": RAIL, "plan": PLAN}):
        answer = await http.post("subscriptions", json={**HOOK, **wanted}, headers=key("dfe"))
        assert answer.status_code == 201
    listed = (await http.get("subscriptions", headers=key("dfe"))).json()["subscriptions"]
    assert {(one["milestone"], one.get("plan")) for one in listed} == {(RAIL, None), (RAIL, PLAN)}


async def test_a_subscription_is_shown_in_the_words_it_was_asked_for_in(http: httpx.AsyncClient) -> None:
    """Scope, rules, rhythm and hours; a mission by its slug, however it was written."""
    for wanted, shown in (
        ({"milestone": RAIL, "plan": PLAN, "downstream": True}, {}),
        ({"place": "E06000001", "rules": ["blocked", "slipped", "blocked"]}, {"rules": ["blocked", "slipped"]}),
        ({"mission": "Kickstart growth!"}, {"mission": "kickstart-growth"}),
        ({"department": "dft", "rhythm": "weekly", "hour": 17, "weekday": 4}, {}),
        ({"plan": PLAN, "rhythm": "daily", "quiet": {"from": 19, "until": 7}}, {}),
    ):
        made = await http.post("subscriptions", json={**HOOK, **wanted}, headers=key("dfe"))
        assert made.status_code == 201, made.text
        found = (await http.get(f"subscriptions/{made.json()['id']}", headers=key("dfe"))).json()
        assert {name: found[name] for name in wanted} == {**wanted, **shown}


async def test_without_a_key_nobody_subscribes(http: httpx.AsyncClient) -> None:
    """401, saying how to say who one is."""
    assert (await http.post("subscriptions", json={**HOOK, "plan": PLAN})).status_code == 401
    assert (await http.get("subscriptions")).status_code == 401
    assert (await http.get("notifications")).status_code == 401


async def test_subscriptions_are_their_owner_s_alone(http: httpx.AsyncClient, store: Store) -> None:
    """Another department sees, reads and ends nothing of them; a key that gained the name does."""
    await subscribed(store, subscription("s1", number=1))
    await composed(store, notification(subscription("s1")))
    assert (await http.get("subscriptions", headers=key("dft"))).json() == {"subscriptions": []}
    assert (await http.get("notifications", headers=key("dft"))).json() == {"notifications": []}
    for method, path in (
        ("GET", "subscriptions/s1"),
        ("DELETE", "subscriptions/s1"),
        ("GET", "notifications?subscription=s1"),
    ):
        assert (await http.request(method, path, headers=key("dft"))).status_code == 404
    assert (await http.get("subscriptions/s1", headers=key("dbt", "dfe"))).status_code == 200
    told = (await http.get("notifications?subscription=s1", headers=key("dfe"))).json()["notifications"]
    assert [(one["id"], one["state"], one["attempts"]) for one in told] == [("s1-1", "pending", [])]


async def test_whoever_leaves_is_told_nothing_more(http: httpx.AsyncClient, store: Store) -> None:
    """204; the subscription is shown as ended, and its secret is forgotten."""
    await subscribed(store, subscription("s1"))
    assert (await http.delete("subscriptions/s1", headers=key("dfe"))).status_code == 204
    shown = (await http.get("subscriptions/s1", headers=key("dfe"))).json()
    assert (shown["state"], shown["ended"]) == ("ended", "left")
    found = await store.subscriptions.find("s1")
    assert found is not None
    assert found.secret is None
