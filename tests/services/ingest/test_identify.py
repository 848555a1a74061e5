"""Who publishes, on a real store: keys believed for ten seconds, counted, and refused beyond their allowance."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from fastapi import Request
from limits import RateLimitItemPerHour, RateLimitItemPerSecond

from services.ingest.allowance import Allowance
from services.ingest.domain.keys import digest
from services.ingest.identify import KNOWN_SECONDS, KeyHolder
from services.ingest.store.keys import Key, KeyStore
from services.kit.http import Problem
from services.kit.identity import Identity, Sessions
from services.kit.mongo import connect
from tests.events import NOON
from tests.flow.publisher import until
from tests.servers import Servers

KEY, OTHER = "mp_dft", "mp_dwp"
SESSIONS = Sessions("test")


@dataclass
class World:
    """The stored keys, and the time: `seconds` since the start."""

    keys: KeyStore
    seconds: float = 0.0

    def holder(self, allowance: Allowance | None = None) -> KeyHolder:
        """A holder of the keys, with room for four requests of each unless said otherwise."""
        allowed = allowance or Allowance(RateLimitItemPerHour(4))
        return KeyHolder(self.keys, SESSIONS, allowed, self.now, lambda: self.seconds)

    def now(self) -> dt.datetime:
        """The moment."""
        return NOON + dt.timedelta(seconds=self.seconds)

    async def revoke(self) -> None:
        """Revokes dft's key."""
        assert await self.keys.revoke(digest(KEY), self.now())


@pytest_asyncio.fixture
async def world(servers: Servers, namespace: str) -> AsyncIterator[World]:
    """A key of dft, which continues beis, and one of dwp."""
    client = connect(servers.mongo)
    keys = KeyStore(client[f"{namespace}_ingest"])
    await keys.add(Key(digest(KEY), ("dft", "beis"), "team@dft.example", NOON))
    await keys.add(Key(digest(OTHER), ("dwp",), "team@dwp.example", NOON))
    yield World(keys)
    client.close()


def asking(token: str) -> Request:
    """A request with this bearer token."""
    return Request({"type": "http", "headers": [(b"authorization", f"Bearer {token}".encode())]})


async def test_a_revoked_key_opens_nothing_once_it_is_no_longer_remembered(world: World) -> None:
    """At the latest KNOWN_SECONDS after it was looked up, and however often it was used in between."""
    holder = world.holder()
    assert await holder.of(asking(KEY)) == Identity(("dft", "beis"))
    await world.revoke()
    world.seconds = KNOWN_SECONDS - 0.1
    assert await holder.of(asking(KEY)) == Identity(("dft", "beis"))
    world.seconds = KNOWN_SECONDS
    with pytest.raises(Problem, match="401"):
        await holder.of(asking(KEY))


async def test_a_key_is_exchanged_for_a_session_only_while_it_is_good(world: World) -> None:
    """A session lasts for hours, so its key is looked up at that moment; from then on it is forgotten everywhere."""
    holder = world.holder()
    await holder.of(asking(KEY))
    await world.revoke()
    with pytest.raises(Problem, match="401"):
        await holder.by_key(KEY)
    with pytest.raises(Problem, match="401"):
        await holder.of(asking(KEY))


async def test_a_key_that_was_unknown_is_good_as_soon_as_it_is_stored(world: World) -> None:
    """What is not there is not remembered."""
    holder = world.holder()
    with pytest.raises(Problem, match="401"):
        await holder.of(asking("mp_new"))
    await world.keys.add(Key(digest("mp_new"), ("dft",), "team@dft.example", NOON))
    assert await holder.of(asking("mp_new")) == Identity(("dft",))


async def test_over_its_allowance_a_key_is_told_when_to_come_again(world: World) -> None:
    """429 with Retry-After in seconds; another key, and a session, have an allowance of their own."""
    holder = world.holder()
    for _ in range(4):
        await holder.of(asking(KEY))
    for ask in (holder.of(asking(KEY)), holder.by_key(KEY)):
        with pytest.raises(Problem, match="4 per 1 hour for one key") as refused:
            await ask
        assert refused.value.status == 429
        assert 3_590 <= int(refused.value.headers["Retry-After"]) <= 3_600
    assert await holder.of(asking(OTHER)) == Identity(("dwp",))
    session = SESSIONS.issue(("dft", "beis"))
    for _ in range(4):
        await holder.of(asking(session))
    with pytest.raises(Problem, match="429"):
        await holder.of(asking(session))


async def test_an_allowance_comes_back_with_time(world: World) -> None:
    """Whoever waits as long as told is heard."""
    holder = world.holder(Allowance(RateLimitItemPerSecond(1)))
    await holder.of(asking(KEY))

    async def status() -> int:
        try:
            await holder.of(asking(KEY))
        except Problem as problem:
            return problem.status
        return 200

    assert await status() == 429
    await until(status, lambda answered: answered == 200)


async def test_the_last_use_of_each_key_is_stored_when_asked_for(world: World) -> None:
    """The latest of all replicas counts; a key that was not used in between stays as it was."""
    one, other = world.holder(), world.holder()
    for seconds, holder in ((5, one), (7, one), (6, other)):
        world.seconds = seconds
        await holder.of(asking(KEY))
    await one.write_uses()
    await other.write_uses()
    await other.write_uses()
    assert {key.digest: key.used for key in await world.keys.all()} == {
        digest(KEY): NOON + dt.timedelta(seconds=7),
        digest(OTHER): None,
    }
