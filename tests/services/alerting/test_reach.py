"""The door for reach: counts, for whoever has a key and may see the plan; never who."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from schemas.states import Node
from services.alerting.domain.model import Said
from services.alerting.domain.scopes import Scope
from services.alerting.reach import ReachApi
from services.alerting.store import Store
from services.kit.http import application
from services.kit.identity import Identities, Sessions
from services.kit.metrics import registry
from services.kit.mongo import Session, transaction
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, STATION, TODAY, chain, day, plan_state
from tests.services.alerting.running import SECRET
from tests.services.alerting.stored import heard, subscribed, subscription

EVERYONE = [{"plan": PLAN, "milestone": name, "days": 30} for name in (RAIL, STATION, SKILLS)]


def key(*departments: str) -> dict[str, str]:
    """The header of a caller that speaks for these departments."""
    return {"Authorization": f"Bearer {Sessions(SECRET).issue(departments)}"}


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The door, over a store that has heard of the chain."""
    await heard(store, chain(), 1)
    async with httpx.AsyncClient(base_url="http://nowhere.invalid") as ingest:
        app = application("alerting", registry())
        app.include_router(ReachApi(store, Identities(Sessions(SECRET), ingest), lambda: NOW).router())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a/api/alerting") as client:
            yield client


async def asked(http: httpx.AsyncClient, moved: list[dict[str, Any]], *departments: str) -> dict[str, Any]:
    """The answer to these departments."""
    answer = await http.post("reach", json={"moved": moved}, headers=key(*(departments or ("dft",))))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_money_at_risk_is_taken_as_the_what_if_says_it(http: httpx.AsyncClient, store: Store) -> None:
    """It is news to who asked for nothing else; of no fund it is refused with the fix."""
    await subscribed(store, subscription("s1", rules=("money-at-risk",)))
    fund = {"fund": "Towns Fund", "place": "E06000001", "financial_year": "2027/28", "use": "capital"}
    end = {"spend_by": day(105).isoformat(), "days": 5}
    money = {**end, "amount": "1000", "funds": [{**fund, **end, "department": "dluhc", "amount": "1000"}], "more": 0}
    moving = {"plan": PLAN, "milestone": RAIL, "days": 10}
    assert (await asked(http, [moving]))["subscribers"] == 0
    assert (await asked(http, [{**moving, "money_at_risk": None}]))["subscribers"] == 0
    assert (await asked(http, [{**moving, "money_at_risk": money}]))["subscribers"] == 1
    wrong = {"moved": [{**moving, "money_at_risk": {**money, "funds": []}}]}
    answer = await http.post("reach", json=wrong, headers=key("dft"))
    assert (answer.status_code, "name the funds" in answer.text) == (422, True)


async def test_it_counts_subscribers_and_names_departments_of_which_nobody_listens(
    http: httpx.AsyncClient, store: Store
) -> None:
    """One address in two scopes, one in the third, one that wants more, one that has left, one that never confirmed."""
    dfe, dft = Scope("department", "dfe"), Scope("department", "dft")
    one = subscription("s1")
    await subscribed(store, one, replace(one, id="s2", scope=dfe))
    await subscribed(store, subscription("s3", "https://dft.example/hook", scope=dft, departments=("dft",)))
    await subscribed(store, subscription("s4", "https://patient.example", least_days=31))
    await subscribed(store, subscription("s5", "https://gone.example"))
    await store.subscriptions.end("s5", "left")
    asked_to = subscription("s6", "team@northgate.example", channel="mail", departments=("northgate",), confirmed=False)
    await subscribed(store, asked_to)
    found = await asked(http, EVERYONE)
    assert found == {"subscribers": 2, "departments": 3, "unreachable": ["northgate"]}


async def test_what_a_subscriber_was_told_counts(http: httpx.AsyncClient, store: Store) -> None:
    """Told of thirty days: the same again reaches nobody."""
    to = subscription("s1")
    await subscribed(store, to)
    [rail] = EVERYONE[:1]
    assert (await asked(http, [rail]))["subscribers"] == 1
    chunk = {f"{PLAN}|{RAIL}|late": Said(30, day(130), Node(plan=PLAN, milestone=RAIL))}

    async def work(session: Session) -> None:
        await store.subscriptions.advance(session, to, 1, TODAY)
        await store.subscriptions.keep_said(session, to.id, {0: chunk})

    await transaction(store.client, work)
    assert (await asked(http, [rail]))["subscribers"] == 0
    assert (await asked(http, [{**rail, "days": 45}]))["subscribers"] == 1


async def test_of_a_plan_that_the_caller_may_not_see_nothing_is_said(http: httpx.AsyncClient, store: Store) -> None:
    """Its milestones are passed over, as are those of a plan that nobody knows; a contributor is answered."""
    await subscribed(store, subscription("s1"))

    async def work(session: Session) -> None:
        await store.states.write_plans(session, {PLAN: plan_state("owner", version=2)}, [])

    await transaction(store.client, work)
    elsewhere = [{"plan": "dluhc/unknown", "milestone": RAIL}]
    nothing = {"subscribers": 0, "departments": 0, "unreachable": []}
    assert await asked(http, [*EVERYONE, *elsewhere], "hmt") == nothing
    assert (await asked(http, EVERYONE, "dft"))["subscribers"] == 1


async def test_without_a_key_nothing_is_said(http: httpx.AsyncClient) -> None:
    """401: not even counts."""
    assert (await http.post("reach", json={"moved": EVERYONE})).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "moved"),
        ({"moved": [{"plan": PLAN}]}, "moved[0].milestone"),
        ({"moved": [{"plan": PLAN, "milestone": RAIL, "days": "thirty"}]}, "moved[0].days"),
        ({"moved": [{"plan": PLAN, "milestone": RAIL, "days": 10**9}]}, "moved[0].days"),
        ({"moved": [{"plan": PLAN, "milestone": RAIL, "day": 3}]}, "moved[0].day"),
        ({"moved": [{"plan": PLAN, "milestone": RAIL}] * 5001}, "moved"),
    ],
)
async def test_a_bad_question_is_refused(http: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    """422, and the field named."""
    answer = await http.post("reach", json=body, headers=key("dft"))
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_the_furthest_move_is_judged(http: httpx.AsyncClient, store: Store) -> None:
    """A date that would pass the end of the calendar stops there."""
    await subscribed(store, subscription("s1"))
    for days, count in ((4_000_000, 1), (-4_000_000, 0)):
        assert (await asked(http, [{**EVERYONE[0], "days": days}]))["subscribers"] == count
