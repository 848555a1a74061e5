"""The doors for alerts: what holds now, one alert's life, and answers, in JSON and on pages."""

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from schemas.states import Cause
from services.alerting.alert_pages import AlertPages
from services.alerting.alerts import AlertsApi
from services.alerting.answering import Answering
from services.alerting.api import AlertingApi
from services.alerting.changing import Changing
from services.alerting.current import Reading
from services.alerting.deliveries import DeliveryApi
from services.alerting.domain.addresses import Allowed
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.rules.book import RuleBook
from services.alerting.domain.rules.milestones import node
from services.alerting.domain.scopes import Scope
from services.alerting.frame import Frame
from services.alerting.pages import TEMPLATES
from services.alerting.store import Store
from services.alerting.stream.changes import Changes
from services.alerting.subscription_pages import SubscriptionPages
from services.alerting.telling.confirming import Links
from services.kit.http import application
from services.kit.identity import COOKIE, Identities, Sessions
from services.kit.metrics import registry
from services.kit.mongo import Session, transaction
from services.kit.web import Site, install
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, Step, chain, day, plan_state, states
from tests.services.alerting.stored import arrive, composed, heard, notification, subscribed, subscription

SECRET = "tests only"
SESSIONS = Sessions(SECRET)
LINKS = Links(SECRET, "http://a")
HOSTILE = "<img src=x onerror=alert(1)> {{7*7}} \u202e\r\nBcc: x"


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors and pages, outside local mode, as a caller without a key sees them."""
    async with httpx.AsyncClient(base_url="http://nowhere.invalid") as ingest:
        identities, site, bell = Identities(SESSIONS, ingest), Site(TEMPLATES), asyncio.Event()
        reading, answering = Reading(store, _now), Answering(store, _now)
        frame = Frame(site, identities, SECRET, "http://ingest")
        api = AlertingApi(store, identities, "http://plans", Allowed(), _now, bell)
        changing, deliveries = Changing(store, identities, _now, bell), DeliveryApi(store, identities, {}, _now, bell)
        app = application("alerting", registry())
        for doors in (
            AlertsApi(store, identities, reading, answering, _now),
            AlertPages(store, reading, answering, LINKS, frame, _now),
            changing,
            SubscriptionPages(store, frame, changing, api.begin, deliveries.test, deliveries.send),
        ):
            app.include_router(doors.router())
        install(app, site)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a") as client:
            yield client


def _now() -> dt.datetime:
    return NOW


def key(*departments: str) -> dict[str, str]:
    """The header of a caller that speaks for these departments."""
    return {"Authorization": f"Bearer {SESSIONS.issue(departments)}"}


def signed_in(*departments: str) -> dict[str, str]:
    """The headers of a browser whose reader speaks for these departments."""
    return {"Cookie": f"{COOKIE}={SESSIONS.issue(departments)}", "Accept": "text/html"}


async def judged_again(store: Store, now: dt.datetime = NOW) -> dict[str, KeptAlert]:
    """Whatever is due is judged again; answers with the alerts of the example plan that fire, by key."""
    milestones, plans = await store.states.woken(now.date())

    async def work(session: Session) -> None:
        changes = Changes(store, session, RuleBook(), now)
        await changes.retake(milestones)
        for plan in plans:
            await changes.retake_plan(plan)

    await transaction(store.client, work)
    return {kept.key: kept for kept in await store.alerts.firing([f"plan:{PLAN}"])}


def token(page: httpx.Response) -> str:
    """The token of the forms of a page."""
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


async def test_the_alerts_of_a_public_plan_are_public(http: httpx.AsyncClient, store: Store) -> None:
    """Level, days and reason of each, and nothing of who listens."""
    await subscribed(store, subscription("s1"))
    await heard(store, [Step(RAIL, 100, 150)], 1)
    (alert,) = (await http.get(f"/api/alerting/alerts?plan={PLAN}")).json()["alerts"]
    assert alert["reason"].startswith("50 days later than agreed; the plan tolerates 14 days. Its own date drives it")
    assert (alert["milestone"], alert["rule"], alert["level"], alert["days"]) == (RAIL, "slipped", "firing", 50)
    assert (await http.get("/api/alerting/alerts?plan=dluhc/unknown")).status_code == 404
    assert (await http.get("/api/alerting/alerts")).status_code == 422


async def test_a_cause_in_a_plan_that_is_not_public_is_not_named(http: httpx.AsyncClient, store: Store) -> None:
    """Neither as the cause nor in the reason; whoever may see that plan reads both."""
    secret = "dft/secret"
    (driving,) = states([Step(RAIL, 100, 150)], plan=secret)
    (late,) = states([Step(SKILLS, 100, 150)])
    cause, path = Cause(plan=secret, milestone=RAIL, department="dft", by_day=False), (node(driving), node(late))
    hidden = plan_state("owner", plan=secret).model_copy(update={"contributors": ()})
    await arrive(store, driving, late.model_copy(update={"cause": cause, "path": path}), plan_state(), hidden)
    for caller, named, title in (("hmt", "", "A milestone that is not public"), ("dft", RAIL, "Rail 2")):
        (alert,) = (await http.get(f"/api/alerting/alerts?plan={PLAN}", headers=key(caller))).json()["alerts"]
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
        answer = (await http.get(f"/api/alerting/alerts?plan={PLAN}", headers=caller)).json()
        assert (len(answer["alerts"]), answer["hold"]) == (count, hold)


LATE = f"{PLAN}|{RAIL}|late"
ACKNOWLEDGED = {"kind": "acknowledged", "plan": PLAN, "milestone": RAIL, "until": "2026-12-18", "why": "A plan is made"}


async def post(http: httpx.AsyncClient, said: dict[str, Any], *departments: str) -> httpx.Response:
    """An answer by JSON."""
    return await http.post("/api/alerting/answers", json=said, headers=key(*departments))


async def test_an_answer_is_on_the_alert_as_an_office(http: httpx.AsyncClient, store: Store) -> None:
    """Its owner acknowledges: the alert carries department, day and reason, and loses them when that is over."""
    await heard(store, [Step(RAIL, 100, 150)], 1)
    made = await post(http, ACKNOWLEDGED, "dft")
    assert made.status_code == 201
    answer = (await judged_again(store))[LATE].alert.answer
    assert answer is not None
    assert (answer.kind, answer.by, answer.until, answer.why) == (
        "acknowledged",
        "dft",
        dt.date(2026, 12, 18),
        "A plan is made",
    )
    (listed,) = (await http.get(f"/api/alerting/answers?plan={PLAN}")).json()["answers"]
    assert (listed["milestone"], listed["by"]) == (RAIL, "dft")
    assert (await judged_again(store, NOW + dt.timedelta(days=24)))[LATE].alert.answer is None


async def test_an_office_ends_its_own_answer(http: httpx.AsyncClient, store: Store) -> None:
    """Nobody else can; the alert loses it at once."""
    await heard(store, [Step(RAIL, 100, 150)], 1)
    address = f"/api/alerting/answers/{(await post(http, ACKNOWLEDGED, 'dft')).json()['id']}"
    await judged_again(store)
    assert (await http.delete(address, headers=key("dfe"))).status_code == 404
    assert (await http.delete(address, headers=key("dft"))).status_code == 204
    assert (await judged_again(store))[LATE].alert.answer is None


@pytest.mark.parametrize(
    ("departments", "changes", "status"),
    [
        (("dft",), {}, 201),  # its own
        (("dluhc",), {}, 201),  # the lead
        (("dfe",), {}, 201),  # subscribes to it
        (("hmt",), {}, 403),
        (("dft",), {"milestone": None}, 403),  # the plan as a whole
        (("dluhc",), {"milestone": None}, 201),
        (("dft",), {"milestone": None, "department": "dft"}, 201),
        (("hmt",), {"milestone": None, "department": "dft"}, 403),
        (("dft",), {"until": "2026-11-24"}, 422),
        (("dft",), {"until": "2027-11-24"}, 422),
        (("dft",), {"why": "  "}, 422),
        (("dft",), {"milestone": "dft/other"}, 422),  # nothing holds there
        (("dft",), {"department": "dft"}, 422),  # two scopes
        (("dft",), {"plan": "dluhc/unknown"}, 403),
    ],
)
async def test_who_may_answer_what(
    http: httpx.AsyncClient, store: Store, departments: tuple[str, ...], changes: dict[str, Any], status: int
) -> None:
    """Only what one owns or subscribes to; a plan as a whole its lead alone; for a while, and with a reason."""
    await subscribed(store, subscription("s1", scope=Scope("milestone", RAIL)))
    await heard(store, [Step(RAIL, 100, 150)], 1)
    said = {name: value for name, value in {**ACKNOWLEDGED, **changes}.items() if value is not None}
    assert (await post(http, said, *departments)).status_code == status


async def test_a_plan_that_may_not_be_seen_is_answered_by_nobody(http: httpx.AsyncClient, store: Store) -> None:
    """Not even by whoever has a subscription to a milestone of that name."""
    await subscribed(store, subscription("s1", scope=Scope("milestone", RAIL), owner="hmt", departments=("hmt",)))
    await arrive(store, *states([Step(RAIL, 100, 150)]), plan_state("owner"))
    assert (await post(http, ACKNOWLEDGED, "hmt")).status_code == 403
    held = plan_state(version=2).model_copy(update={"hold": day(-1)})
    await arrive(store, held)
    assert (await post(http, ACKNOWLEDGED, "hmt")).status_code == 403


async def test_a_link_in_a_mail_opens_a_form_and_changes_nothing(http: httpx.AsyncClient, store: Store) -> None:
    """The form offers what its subscriber hears of; its button answers as the subscriber's office."""
    await subscribed(store, subscription("s1"))
    await heard(store, [Step(RAIL, 100, 150)], 1)
    address = LINKS.answer("s1").removeprefix("http://a")
    page = await http.get(address)
    assert page.status_code == 200
    assert "Rail 2: Late" in page.text
    assert await store.answers.of([PLAN], NOW.date()) == []
    of = urlencode({"plan": PLAN, "milestone": RAIL, "rule": "slipped"})
    said = {"of": of, "kind": "silenced", "until": "2026-12-01", "why": HOSTILE}
    assert (await http.post(address, data=said, headers={"Origin": "http://evil.example"})).status_code == 403
    taken = await http.post(address, data=said)
    assert taken.status_code == 200
    assert "<img src=x" not in taken.text
    (answer,) = await store.answers.of([PLAN], NOW.date())
    assert (answer.kind, answer.by, answer.scope.milestone) == ("silenced", "dfe", RAIL)
    assert "\n" not in answer.why


async def test_a_link_answers_for_what_its_subscriber_hears_alone(http: httpx.AsyncClient, store: Store) -> None:
    """Not for a plan as a whole, even of its lead; not for another milestone; not when it is forged or has ended."""
    lead = subscription("s1", scope=Scope("milestone", RAIL), owner="dluhc", departments=("dluhc",))
    await subscribed(store, lead)
    await heard(store, [Step(RAIL, 100, 150), Step(SKILLS, 100, 150)], 1)
    address = LINKS.answer("s1").removeprefix("http://a")
    rest = {"kind": "silenced", "until": "2026-12-01", "why": "because"}
    for of in ({"plan": PLAN}, {"plan": PLAN, "department": "dfe"}):
        assert (await http.post(address, data={"of": urlencode(of), **rest})).status_code in (403, 422)
    forged = await http.get(Links("another", "http://a").answer("s1"), headers={"Accept": "text/html"})
    assert forged.status_code == 404
    await store.subscriptions.end("s1", "left")
    assert (await http.get(address)).status_code == 404


async def test_a_form_is_only_good_for_whom_it_was_given_to(http: httpx.AsyncClient, store: Store) -> None:
    """Its token is another's, or missing: 403, and nothing is answered."""
    await heard(store, [Step(RAIL, 100, 150)], 1)
    address = f"/alerts/answer?{urlencode({'plan': PLAN, 'milestone': RAIL})}"
    page = await http.get(address, headers=signed_in("dft"))
    said = {"of": urlencode({"plan": PLAN, "milestone": RAIL}), "kind": "acknowledged", "until": "2026-12-01"}
    said |= {"why": "because", "token": token(page)}
    assert (await http.post("/alerts/answer", data=said, headers=signed_in("dluhc"))).status_code == 403
    assert (await http.post("/alerts/answer", data={**said, "token": ""}, headers=signed_in("dft"))).status_code == 403
    assert await store.answers.of([PLAN], NOW.date()) == []
    assert (await http.post("/alerts/answer", data=said, headers=signed_in("dft"))).status_code == 200
    assert len(await store.answers.of([PLAN], NOW.date())) == 1


async def test_what_is_wrong_with_a_form_is_said_beside_what_was_filled_in(
    http: httpx.AsyncClient, store: Store
) -> None:
    """422, the field and the fix, and the reason still there."""
    await heard(store, [Step(RAIL, 100, 150)], 1)
    page = await http.get(f"/alerts/answer?plan={PLAN}&milestone={RAIL}", headers=signed_in("dft"))
    said = {"of": urlencode({"plan": PLAN, "milestone": RAIL}), "until": "2030-01-01", "why": "because of <b>"}
    said |= {"kind": "silenced", "token": token(page)}
    answer = await http.post("/alerts/answer", data=said, headers=signed_in("dft"))
    assert answer.status_code == 422
    assert "at most 92 days ahead" in answer.text
    assert "because of &lt;b&gt;" in answer.text


async def test_the_page_of_alerts_is_narrowed_by_its_address(http: httpx.AsyncClient, store: Store) -> None:
    """By department and by rule; without a plan it lists the plans in which something holds; hostile names are text."""
    (late, other) = states([Step(RAIL, 100, 150), Step(SKILLS, 100, 150)])
    await arrive(store, late.model_copy(update={"title": HOSTILE}), other, plan_state())
    everything = (await http.get(f"/alerts?plan={PLAN}")).text
    assert "2 alerts" in everything
    assert "<img src=x" not in everything
    assert "7*7" in everything
    assert "Skills 1" not in (await http.get(f"/alerts?plan={PLAN}&department=dft")).text
    assert "No alerts" in (await http.get(f"/alerts?plan={PLAN}&rule=blocked")).text
    assert "Towns Fund" in (await http.get("/alerts")).text
    assert (await http.get("/alerts?plan=dluhc/unknown", headers={"Accept": "text/html"})).status_code == 404


async def test_an_alert_s_life_is_told_from_its_beginning(http: httpx.AsyncClient, store: Store) -> None:
    """Begun, worse, answered, over: each with its moment."""
    await heard(store, [Step(RAIL, 100, 150)], 1)
    await heard(store, [Step(RAIL, 100, 180)], 2)
    await post(http, ACKNOWLEDGED, "dft")
    await judged_again(store)
    await heard(store, [Step(RAIL, 100)], 3)
    address = f"plan={PLAN}&about={RAIL}&rule=slipped"
    life = (await http.get(f"/api/alerting/alerts/life?{address}")).json()["life"]
    assert [(one["days"], one["ended"], bool(one["answer"])) for one in life] == [
        (50, None, False),
        (80, None, False),
        (80, None, True),
        (0, "recovered", False),
    ]
    page = (await http.get(f"/alerts/life?{address}")).text
    for said in ("Began: late, 50 days", "Worse: late, 80 days", "Acknowledged by dft", "Over: its date is within"):
        assert said in page


async def test_my_subscriptions_and_what_i_was_told_are_mine(http: httpx.AsyncClient, store: Store) -> None:
    """Their owner reads them; another reads neither, and somebody who says nothing a count."""
    mine = subscription("s1", "https://example.gov.uk/secret-hook", number=1)
    await subscribed(store, mine)
    await composed(store, notification(mine))
    assert "secret-hook" in (await http.get("/subscriptions", headers=signed_in("dfe"))).text
    told = (await http.get("/notifications", headers=signed_in("dfe"))).text
    assert "50 days later: Rail 2" in told
    assert "secret-hook" in told
    for caller in (signed_in("hmt"), {}):
        for path in ("/subscriptions", "/notifications"):
            answer = await http.get(path, headers=caller)
            assert "secret-hook" not in answer.text
            assert "Rail 2" not in answer.text
    assert (await http.get("/subscriptions")).status_code == 303
    assert "1 notification has been written" in (await http.get("/notifications")).text


async def test_a_subscription_is_made_changed_and_ended_on_its_page(http: httpx.AsyncClient, store: Store) -> None:
    """What is wrong is said beside what was filled in; the secret of a webhook is shown once."""
    await heard(store, [Step(RAIL, 100)], 1)
    form = {"token": token(await http.get("/subscriptions", headers=signed_in("dfe"))), "channel": "webhook"}
    form |= {"target": "ftp://x", "scope": "plan", "name": PLAN, "least_days": "3", "rhythm": "daily"}
    wrong = await http.post("/subscriptions", data=form, headers=signed_in("dfe"))
    assert wrong.status_code == 422
    assert "https://" in wrong.text
    assert 'value="ftp://x"' in wrong.text
    form["target"] = "https://example.gov.uk/x"
    made = await http.post("/subscriptions", data=form, headers=signed_in("dfe"))
    assert made.status_code == 201
    assert "whsec_" in made.text
    (one,) = await store.subscriptions.owned(["dfe"])
    assert (one.scope, one.least_days, one.rhythm) == (Scope("plan", PLAN), 3, "daily")
    assert "whsec_" not in (await http.get("/subscriptions", headers=signed_in("dfe"))).text
    said = {"token": form["token"], "rhythm": "weekly"}
    assert (await http.post(f"/subscriptions/{one.id}/when", data=said, headers=signed_in("hmt"))).status_code == 403
    await http.post(f"/subscriptions/{one.id}/when", data=said, headers=signed_in("dfe"))
    (one,) = await store.subscriptions.owned(["dfe"])
    assert one.rhythm == "weekly"
    await http.post(f"/subscriptions/{one.id}/end", data=said, headers=signed_in("dfe"))
    (one,) = await store.subscriptions.owned(["dfe"])
    assert one.state == "ended"


async def test_a_rhythm_is_changed_by_json_too(http: httpx.AsyncClient, store: Store) -> None:
    """Of one's own alone; hours that lie in the quiet hours are refused; whoever was told slower becomes due."""
    await subscribed(store, subscription("s1", rhythm="weekly"))
    address = "/api/alerting/subscriptions/s1/when"
    assert (await http.put(address, json={"rhythm": "daily"}, headers=key("hmt"))).status_code == 404
    quiet = {"rhythm": "daily", "hour": 8, "quiet": {"from": 7, "until": 9}}
    assert (await http.put(address, json=quiet, headers=key("dfe"))).status_code == 422
    assert (await http.put(address, json={"rhythm": "daily", "hour": 10}, headers=key("dfe"))).json()["hour"] == 10
    assert [row.subscription for row in await store.queue.due_rows(NOW)] == ["s1"]


async def test_a_department_that_others_wait_for_and_nobody_can_tell_is_shown(store: Store) -> None:
    """Until somebody there has confirmed an address: on the plan's alerts, and told to nobody."""
    await heard(store, chain(), 1)
    unreachable = {key for key in await judged_again(store) if key.endswith("|unreachable")}
    assert unreachable == {f"{PLAN}|dft|unreachable", f"{PLAN}|northgate|unreachable"}
    await subscribed(
        store, subscription("s1", scope=Scope("department", "dft"), owner="dft", departments=("dft",), confirmed=True)
    )
    fires = await judged_again(store, NOW + dt.timedelta(days=1))
    assert {key for key in fires if key.endswith("|unreachable")} == {f"{PLAN}|northgate|unreachable"}
