"""Contacts of keys on their way to alerting, on a real store."""

import datetime as dt
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest_asyncio
from limits import RateLimitItemPerMinute

from services.ingest.allowance import Allowance
from services.ingest.identify import KeyHolder
from services.ingest.store.keys import Key, KeyStore
from services.ingest.upkeep import Upkeep
from services.kit.identity import Identity, Sessions
from services.kit.mongo import connect
from tests.events import NOON
from tests.flow.publisher import until
from tests.servers import Servers
from tests.services.alerting.senders.test_posting import answering
from tests.services.ingest.running import ingest, settings_for

SESSIONS = Sessions("test")


@dataclass
class Alerting:
    """Its door for contacts: takes what `willing` says, and remembers who said what."""

    willing: set[str] = field(default_factory=set)
    taken: list[tuple[str, str, Identity | None]] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """201 for a willing department, else 503."""
        contact = json.loads(request.content)
        if request.url.path != "/api/alerting/contacts" or contact["department"] not in self.willing:
            return httpx.Response(503)
        who = SESSIONS.verify(request.headers["authorization"].removeprefix("Bearer "))
        self.taken.append((contact["department"], contact["mailbox"], who))
        return httpx.Response(201)


@pytest_asyncio.fixture
async def keys(servers: Servers, namespace: str) -> AsyncIterator[KeyStore]:
    """An empty store of keys."""
    client = connect(servers.mongo)
    yield KeyStore(client[f"{namespace}_ingest"])
    client.close()


async def hand(keys: KeyStore, alerting: Alerting) -> None:
    """One round of handing over."""
    allowance = Allowance(RateLimitItemPerMinute(1))
    holder = KeyHolder(keys, SESSIONS, allowance, lambda: dt.datetime.now(dt.UTC))
    async with httpx.AsyncClient(transport=httpx.MockTransport(alerting.answer), base_url="http://alerts") as alerts:
        await Upkeep(holder, keys, SESSIONS, alerts).hand_contacts()


async def test_a_contact_is_offered_until_it_is_taken_and_then_never_again(keys: KeyStore) -> None:
    """For each department of its key, in their name; one that alerting refuses keeps no other waiting."""
    alerting = Alerting()
    await keys.add(Key("1", ("desnz", "beis"), "team@desnz.example", NOON))
    await keys.add(Key("2", ("dwp",), "team@dwp.example", NOON))
    await hand(keys, alerting)
    assert [key.digest for key in await keys.unhanded()] == ["1", "2"]
    alerting.willing = {"dwp", "desnz"}
    await hand(keys, alerting)
    assert [key.digest for key in await keys.unhanded()] == ["1"]
    alerting.willing = {"dwp", "desnz", "beis"}
    await hand(keys, alerting)
    await hand(keys, alerting)
    assert [(department, mailbox) for department, mailbox, _ in alerting.taken] == [
        ("desnz", "team@desnz.example"),
        ("dwp", "team@dwp.example"),
        ("desnz", "team@desnz.example"),
        ("beis", "team@desnz.example"),
    ]
    assert alerting.taken[-1][2] == Identity(("desnz", "beis"))


async def test_the_contact_of_a_revoked_key_is_not_offered(keys: KeyStore) -> None:
    """Its team may no longer be the one to be told."""
    await keys.add(Key("1", ("dft",), "team@dft.example", NOON, revoked=NOON))
    alerting = Alerting({"dft"})
    await hand(keys, alerting)
    assert alerting.taken == []


async def test_a_running_ingest_hands_over_what_was_left(servers: Servers, namespace: str, keys: KeyStore) -> None:
    """As soon as it starts, to wherever alerting is."""
    await keys.add(Key("1", ("dft",), "team@dft.example", NOON))
    async with (
        answering(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n") as alerts,
        ingest(settings_for(servers, namespace, alerts_url=alerts)),
    ):
        await until(keys.all, lambda found: found[0].handed)
