"""The JSON doors: what may be asked for, and who sees what."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from schemas.states import Cause
from services.alerting.api import AlertingApi
from services.alerting.domain.rules.milestones import node
from services.alerting.store import Store
from services.kit.http import application
from services.kit.identity import Identities, Sessions
from services.kit.metrics import registry
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, Step, day, plan_state, states
from tests.services.alerting.stored import arrive, composed, heard, notification, subscribed, subscription

SESSIONS = Sessions("tests only")
HOOK = {"channel": "webhook", "target": "https://example.gov.uk/hook"}


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors, outside local mode, as a caller without a key sees them."""
    async with httpx.AsyncClient(base_url="http://nowhere.invalid") as ingest:
        doors = AlertingApi(store, Identities(SESSIONS, ingest), "http://plans", False, lambda: NOW, asyncio.Event())
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


async def test_the_alerts_of_a_public_plan_are_public(http: httpx.AsyncClient, store: Store) -> None:
    """Level, days and reason of each, and nothing of who listens."""
    await subscribed(store, subscription("s1"))
    await heard(store, [Step(RAIL, 100, 150)], 1)
    (alert,) = (await http.get(f"alerts?plan={PLAN}")).json()["alerts"]
    assert alert["reason"].startswith("50 days later than agreed; the plan tolerates 14 days. Its own date drives it")
    assert (alert["milestone"], alert["rule"], alert["level"], alert["days"]) == (RAIL, "slipped", "firing", 50)
    assert (await http.get("alerts?plan=dluhc/unknown")).status_code == 404
    assert (await http.get("alerts")).status_code == 422


async def test_a_cause_in_a_plan_that_is_not_public_is_not_named(http: httpx.AsyncClient, store: Store) -> None:
    """Neither as the cause nor in the reason; whoever may see that plan reads both."""
    secret = "dft/secret"
    (driving,) = states([Step(RAIL, 100, 150)], plan=secret)
    (late,) = states([Step(SKILLS, 100, 150)])
    cause, path = Cause(plan=secret, milestone=RAIL, department="dft", by_day=False), (node(driving), node(late))
    hidden = plan_state("owner", plan=secret).model_copy(update={"contributors": ()})
    await arrive(store, driving, late.model_copy(update={"cause": cause, "path": path}), plan_state(), hidden)
    for caller, named, title in (("hmt", "", "A milestone that is not public"), ("dft", RAIL, "Rail 2")):
        (alert,) = (await http.get(f"alerts?plan={PLAN}", headers=key(caller))).json()["alerts"]
        assert alert["cause"]["milestone"] == named
        assert f"{title} drives it" in alert["reason"]
        assert ("Rail" in str(alert)) is bool(named)


async def test_the_alerts_of_a_plan_on_hold_are_its_own_departments_alone(
    http: httpx.AsyncClient, store: Store
) -> None:
    """Others get none, and the date of the hold."""
    held = plan_state().model_copy(update={"hold": day(-1)})
    await arrive(store, *states([Step(RAIL, 100, 150)]), held)
    for caller, count, hold in ((key("dft"), 1, None), (key("hmt"), 0, "2026-11-24"), ({}, 0, "2026-11-24")):
        answer = (await http.get(f"alerts?plan={PLAN}", headers=caller)).json()
        assert (len(answer["alerts"]), answer["hold"]) == (count, hold)
