"""Contacts: a department's first subscriber, asked once, and told nothing until it has said yes."""

import asyncio
import datetime as dt
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.alerting.contacts import ContactApi
from services.alerting.domain.scopes import Scope
from services.alerting.store import Store
from services.alerting.telling.confirming import GOOD_FOR, MOST_UNCONFIRMED
from services.kit.http import application
from services.kit.identity import Identities, Sessions
from services.kit.metrics import registry
from tests.servers import Servers
from tests.services.alerting.examples import NOW, PLAN, RAIL, Step, chain, plan_state, states
from tests.services.alerting.running import SECRET, Receiver, Running, alerting, until
from tests.services.alerting.stored import subscribed, subscription

MAILBOX = "rail@dft.example"
MOVED = Step(RAIL, 100, 150, reason="Possession moved by Network Rail")


def key(*departments: str) -> dict[str, str]:
    """The header of a caller that speaks for these departments."""
    return {"Authorization": f"Bearer {Sessions(SECRET).issue(departments)}"}


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors for contacts over a store, as a caller without a key sees them; nothing is sent."""
    async with httpx.AsyncClient(base_url="http://nowhere.invalid") as ingest:
        made = ContactApi(store, Identities(Sessions(SECRET), ingest), lambda: NOW, asyncio.Event())
        app = application("alerting", registry())
        app.include_router(made.router())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a/api/alerting") as client:
            yield client


def text_of(mail: EmailMessage) -> str:
    """The plain part of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(mail: EmailMessage) -> str:
    """The path of the link at which the mailbox answers."""
    found = re.search(r"http://alerting(/subscriptions/confirm/\S+)", text_of(mail))
    assert found
    return found[1]


async def has_mails(receiver: Receiver, count: int) -> list[EmailMessage]:
    """The mails that came, once there are so many."""

    async def look() -> list[EmailMessage]:
        return receiver.mails

    return await until(look, lambda mails: len(mails) >= count)


async def confirmed(running: Running, department: str) -> bool:
    """Whether everyone is told that the department has a confirmed address."""
    answer = await running.http.get(
        "/api/alerting/contacts", params={"department": department}, headers={"Authorization": ""}
    )
    assert answer.json()["department"] == department
    return bool(answer.json()["confirmed"])


async def test_a_contact_is_asked_once_and_told_nothing_until_it_confirms(
    servers: Servers, namespace: str, receiver: Receiver
) -> None:
    """One mail with a link; looking at it changes nothing; the button does, and what is late comes as one summary."""
    async with alerting(servers, namespace, receiver, department="dft") as running:
        await running.announce(plan_state(), *states(chain(), 1))
        made = await running.hand("dft", MAILBOX)
        assert (made.status_code, made.json()["state"]) == (201, "unconfirmed")
        [asked] = await has_mails(receiver, 1)
        assert receiver.recipients == [MAILBOX]
        assert str(asked["Subject"]).startswith("Confirm that you want to hear")
        assert "dft has asked Milepost to tell this mailbox when any milestone of dft moves" in " ".join(
            text_of(asked).split()
        )
        page = await running.http.get(link_in(asked), headers={"Authorization": ""})
        assert page.status_code == 200
        assert '<form method="post">' in page.text
        await running.announce(*states(chain(rail=MOVED), 2))
        assert (len(receiver.mails), await confirmed(running, "dft")) == (1, False)

        said = await running.http.post(link_in(asked), headers={"Authorization": ""})
        assert (said.status_code, "is told when any milestone of dft moves" in said.text) == (200, True)
        mails = await has_mails(receiver, 2)
        assert "Possession moved by Network Rail" in text_of(mails[1])
        assert await confirmed(running, "dft")
        again = await running.http.post(link_in(asked), headers={"Authorization": ""})
        assert (again.status_code, "Confirmed" in again.text) == (200, True)
        await running.announce(*states(chain(rail=Step(RAIL, 100, 200)), 3))
        assert len(await has_mails(receiver, 3)) == 3


async def test_handed_again_nothing_changes(servers: Servers, namespace: str, receiver: Receiver) -> None:
    """However often, at the same moment too, asked or confirmed, in capital letters: 200, and no second mail."""
    async with alerting(servers, namespace, receiver, department="dft") as running:
        answers = await asyncio.gather(*(running.hand("dft", MAILBOX) for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
        assert len({answer.json()["id"] for answer in answers}) == 1
        await running.settled()
        await running.http.post(link_in(receiver.mails[0]))
        again = await running.hand("dft", MAILBOX.upper())
        assert (again.status_code, again.json()) == (200, {"id": answers[0].json()["id"], "state": "active"})
        await running.settled()
        assert len(receiver.mails) == 1


async def test_who_has_left_is_asked_anew_when_it_is_a_contact_again(
    servers: Servers, namespace: str, receiver: Receiver
) -> None:
    """Leaving holds until somebody names the mailbox again; the old link brings nothing back."""
    async with alerting(servers, namespace, receiver, department="dft") as running:
        first = (await running.hand("dft", MAILBOX)).json()
        [asked] = await has_mails(receiver, 1)
        assert (await running.http.delete(f"/api/alerting/subscriptions/{first['id']}")).status_code == 204
        ended = await running.http.post(link_in(asked))
        assert "This subscription has ended" in ended.text
        assert not await confirmed(running, "dft")
        second = await running.hand("dft", MAILBOX)
        assert (second.status_code, second.json()["state"]) == (201, "unconfirmed")
        assert second.json()["id"] != first["id"]


async def test_only_the_department_s_own_key_names_its_contact(http: httpx.AsyncClient, store: Store) -> None:
    """403 with another's, 401 with none; a key of several departments may, and the department owns what is made."""
    contact = {"department": "dft", "mailbox": MAILBOX}
    assert (await http.post("contacts", json=contact)).status_code == 401
    assert (await http.post("contacts", json=contact, headers=key("dfe"))).status_code == 403
    assert (await http.post("contacts", json=contact, headers=key("dbt", "dft"))).status_code == 201
    assert await store.subscriptions.owned(["dbt", "dfe"]) == []
    assert [(one.target, one.scope.key, one.state) for one in await store.subscriptions.owned(["dft"])] == [
        (MAILBOX, "department:dft", "unconfirmed")
    ]


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({"department": "dfe"}, "mailbox"),
        ({"department": "dfe", "mailbox": "nobody"}, "mailbox"),
        ({"department": "dfe", "mailbox": "a@b.example\r\nBcc: c@d.example"}, "mailbox"),
        ({"department": "No Name", "mailbox": MAILBOX}, "department"),
        ({"department": "dfe", "mailbox": MAILBOX, "name": "Ada"}, "name"),
    ],
)
async def test_a_bad_contact_is_refused(http: httpx.AsyncClient, contact: dict[str, Any], field: str) -> None:
    """422, and the field named."""
    answer = await http.post("contacts", json=contact, headers=key("dfe"))
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_a_department_s_address_is_one_that_listens_for_it_as_a_whole(
    http: httpx.AsyncClient, store: Store
) -> None:
    """Neither another's subscription to its milestones, nor its own to one plan; the answer is for everyone."""

    async def reachable() -> bool:
        return bool((await http.get("contacts?department=dft")).json()["confirmed"])

    await subscribed(store, subscription("s1", scope=Scope("department", "dft"), departments=("dfe",)))
    await subscribed(store, subscription("s2", departments=("dft",)))
    await subscribed(store, subscription("s3", scope=Scope("department", "dft"), departments=("dft",), confirmed=False))
    assert not await reachable()
    await subscribed(store, subscription("s4", scope=Scope("department", "dft"), departments=("dbt", "dft")))
    assert await reachable()
    assert (await http.get("contacts?department=No%20Name")).status_code == 422


async def test_no_key_can_have_any_number_of_mailboxes_asked(http: httpx.AsyncClient, store: Store) -> None:
    """429 beyond what may be unanswered; who has been asked already is not asked again."""
    scope = Scope("department", "dft")
    waiting = [
        subscription(f"s{n}", f"team-{n}@dft.example", channel="mail", owner="dft", scope=scope, confirmed=False)
        for n in range(MOST_UNCONFIRMED)
    ]
    await subscribed(store, *waiting)
    contact = {"department": "dft", "mailbox": MAILBOX}
    answer = await http.post("contacts", json=contact, headers=key("dft"))
    assert (answer.status_code, answer.headers["content-type"]) == (429, "application/problem+json")
    there = await http.post("contacts", json={**contact, "mailbox": "team-7@dft.example"}, headers=key("dft"))
    assert (there.status_code, there.json()) == (200, {"id": "s7", "state": "unconfirmed"})


async def test_a_mailbox_subscribed_under_another_name_of_the_key_is_not_asked_again(
    http: httpx.AsyncClient, store: Store
) -> None:
    """A key of two departments: what the first owns counts for the second."""
    scope, both = Scope("department", "dft"), ("dbt", "dft")
    await subscribed(store, subscription("s1", MAILBOX, channel="mail", owner="dbt", scope=scope, departments=both))
    answer = await http.post("contacts", json={"department": "dft", "mailbox": MAILBOX}, headers=key(*both))
    assert (answer.status_code, answer.json()) == (200, {"id": "s1", "state": "active"})


async def test_a_mailbox_that_never_answered_can_be_asked_again(http: httpx.AsyncClient, store: Store) -> None:
    """Once its link is good no more, the old question ends and a new one is sent."""
    long_ago = NOW - GOOD_FOR - dt.timedelta(seconds=1)
    old = subscription("old", MAILBOX, channel="mail", owner="dft", scope=Scope("department", "dft"))
    await subscribed(store, replace(old, confirmed=False, created=long_ago))
    again = await http.post("contacts", json={"department": "dft", "mailbox": MAILBOX}, headers=key("dft"))
    assert again.status_code == 201
    found = {one.id: one.ended for one in await store.subscriptions.owned(["dft"])}
    assert found == {"old": "never confirmed", again.json()["id"]: None}


async def test_a_link_that_is_forged_or_too_old_confirms_nothing(
    servers: Servers, namespace: str, receiver: Receiver
) -> None:
    """404, and a page that says so."""
    async with alerting(servers, namespace, receiver, department="dft") as running:
        await running.hand("dft", MAILBOX)
        [asked] = await has_mails(receiver, 1)
        link = link_in(asked)
        for bad in (link[:-1], link + "x", "/subscriptions/confirm/x", "/subscriptions/confirm/%00"):
            for answer in (await running.http.get(bad), await running.http.post(bad)):
                assert (answer.status_code, "This link is no longer good" in answer.text) == (404, True)
        assert not await confirmed(running, "dft")


async def test_outside_local_mode_a_subscribed_mailbox_is_asked_too(
    servers: Servers, namespace: str, receiver: Receiver
) -> None:
    """201 with `unconfirmed`; the same wish again is the same subscription, and one mail; the link is not shown."""
    async with alerting(servers, namespace, receiver, mode="production") as running:
        wish = {"channel": "mail", "target": "team@dfe.example", "plan": PLAN, "least_days": 5}
        made, again = await running.subscribe(**wish), await running.subscribe(**wish)
        assert made == again == {"id": made["id"], "state": "unconfirmed"}
        other = await running.subscribe(**{**wish, "least_days": 9})
        assert other["id"] != made["id"]
        await running.settled()
        assert len(receiver.mails) == 2
        [told] = (await running.http.get(f"/api/alerting/notifications?subscription={made['id']}")).json()[
            "notifications"
        ]
        assert (told["kind"], told["state"], told["body"]) == ("confirmation", "sent", None)
        assert "confirm/" not in json.dumps(await running.told())
        await running.announce(plan_state(), *states(chain(rail=MOVED), 1))
        assert len(receiver.mails) == 2
        for mail in tuple(receiver.mails):
            await running.http.post(link_in(mail))
        assert len(await has_mails(receiver, 4)) == 4
