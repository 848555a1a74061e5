"""Streams of a plan: what a reader is told, and when it ends."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest_asyncio
from starlette.types import Message

from services.kit.http import application
from services.kit.identity import Identities
from services.kit.metrics import registry
from services.plan_tracking.followers import Follower, Followers, News
from services.plan_tracking.live import MOST_STREAMS, EventStream, Live, Pace
from services.plan_tracking.past import Past
from services.plan_tracking.store import Store
from services.plan_tracking.viewer import Viewer, Viewers
from tests.events import NOON, PLAN
from tests.flow.publisher import until
from tests.services.plan_tracking.doors import SESSIONS, doors, said
from tests.services.plan_tracking.examples import plan_state
from tests.services.plan_tracking.story import at, forecast, story

LAST = len(story()) - 1
"""The version of the story."""


@dataclass
class Reader:
    """A client of a stream, in memory; it takes what is sent while it is `taking`."""

    taken: bytes = b""
    whole: bool = False
    taking: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> Message:
        """The reader goes."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """The reader is sent something."""
        await self.taking.wait()
        self.taken += message.get("body", b"")
        self.whole = message["type"] == "http.response.body" and not message["more_body"]

    @property
    def events(self) -> list[tuple[int, dict[str, Any]]]:
        """The events it has, with their ids."""
        found = []
        for one in self.taken.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in one.splitlines() if not line.startswith(":"))
            if lines:
                assert lines["event"] == "plan"
                found.append((int(lines["id"]), json.loads(lines["data"])))
        return found


@dataclass
class Stage:
    """The store with the story, its followers, and who reads."""

    store: Store
    followers: Followers
    offset: int = LAST + 1

    def open(
        self, *departments: str, last: str = "", taking: bool = True, **pace: float
    ) -> tuple[Reader, asyncio.Task[None]]:
        """Opens a stream."""
        reader = Reader()
        if taking:
            reader.taking.set()
        viewer = Viewer(self.store, Past(self.store), departments, lambda: NOON)
        stream = EventStream(viewer, PLAN, last, self.followers, Pace(**pace))
        return reader, asyncio.create_task(stream({"type": "http"}, reader.receive, reader.send))

    async def move(self, day: str) -> None:
        """A date moves, and the followers are told."""
        await said(self.store, [forecast("dft/a", day, NOON)], offset=self.offset)
        self.offset += 1
        await self.followers.look({PLAN, "dfe/other"})


async def ended(stream: asyncio.Task[None]) -> None:
    """Waits until the stream has ended."""
    async with asyncio.timeout(20):
        await stream


async def had(reader: Reader, number: int) -> None:
    """Waits until the reader has so many events."""

    async def look() -> list[tuple[int, dict[str, Any]]]:
        return reader.events

    await until(look, lambda events: len(events) >= number)


@pytest_asyncio.fixture
async def stage(store: Store) -> AsyncIterator[Stage]:
    """Nobody reads yet."""
    await said(store, story())
    made = Stage(store, Followers(store))
    yield made
    made.followers.leave()


async def test_a_reader_is_told_at_once_and_whenever_the_plan_changes(stage: Stage) -> None:
    """The id is the plan's version; the data says where it ends now, and names no milestone."""
    reader, stream = stage.open()
    await had(reader, 1)
    await stage.move("2027-06-01")
    await had(reader, 2)
    (first, then), (second, now) = reader.events
    assert (first, second) == (LAST, LAST + 1)
    assert (then["projected"], now["projected"]) == ("2027-04-20", "2027-06-21")
    assert set(now) == {"plan", "version", "day", "withdrawn", "stuck", "target", "projected", "counts"}
    reader.left.set()
    await ended(stream)
    assert stage.followers.number == 0


async def test_who_comes_back_is_told_only_what_is_new(stage: Stage) -> None:
    """By the id of the last event it had."""
    known, stream = stage.open(last=str(LAST), heartbeat=0.01)
    await until(lambda: _taken(known), lambda taken: taken.startswith(b":"))
    assert known.events == []
    behind, _ = stage.open(last=str(LAST - 1))
    await had(behind, 1)
    await stage.move("2027-06-01")
    await had(known, 1)
    assert [version for version, _ in known.events] == [LAST + 1]
    stage.followers.leave()
    await ended(stream)


async def _taken(reader: Reader) -> bytes:
    return reader.taken


async def test_a_reader_that_is_behind_is_told_the_newest_only(stage: Stage) -> None:
    """Nothing piles up for it."""
    reader, _ = stage.open(taking=False)
    await until(_number(stage), lambda number: number == 1)
    for day in range(1, 6):
        await stage.move(f"2027-06-0{day}")
    reader.taking.set()
    await had(reader, 1)
    await stage.move("2027-07-01")
    await had(reader, 2)
    assert [version for version, _ in reader.events] == [LAST + 5, LAST + 6]


def _number(stage: Stage) -> Any:
    async def look() -> int:
        return stage.followers.number

    return look


async def test_older_news_never_take_the_place_of_newer() -> None:
    """What was read earlier may come later."""
    states = [plan_state([]).model_copy(update={"version": version}) for version in (5, 6)]
    follower = Follower()
    follower.tell(News(states[1]))
    follower.tell(News(states[0]))
    assert follower.take() == News(states[1])
    assert follower.take() is None


async def test_a_reader_that_takes_nothing_is_dropped(stage: Stage) -> None:
    """And forgotten."""
    reader, stream = stage.open(taking=False, slow=0.01)
    await ended(stream)
    assert (reader.whole, stage.followers.number) == (False, 0)


async def test_a_plan_that_is_no_longer_to_be_seen_ends_the_stream(stage: Stage) -> None:
    """Visibility is judged at every event; its departments are told on."""
    anyone, stream = stage.open()
    contributor, _ = stage.open("dft")
    await had(anyone, 1)
    await had(contributor, 1)
    closed = at("plan.published", PLAN, {"title": "Towns Fund", "visibility": "owner"}, NOON, id="closed")
    await said(stage.store, [closed], offset=stage.offset)
    await stage.followers.look({PLAN})
    await ended(stream)
    await had(contributor, 2)
    assert (len(anyone.events), anyone.whole) == (1, True)


async def test_a_stream_ends_when_the_service_stops_and_when_it_has_lasted_long(stage: Stage) -> None:
    """Whole: its reader asks again by itself."""
    first, stopped = stage.open()
    await had(first, 1)
    stage.followers.leave()
    await ended(stopped)
    assert first.whole
    stage.followers.leaving = False
    second, done = stage.open(longest=0.01, heartbeat=0.01)
    await ended(done)
    assert second.whole


async def test_streams_are_for_plans_that_the_caller_may_see(store: Store) -> None:
    """404 like every door."""
    await said(store, story(visibility="owner"))
    async with doors(store) as client:
        assert (await client.get(f"/api/plans/{PLAN}/stream")).status_code == 404
        assert (await client.get("/api/plans/no/such/stream")).status_code == 404


async def test_there_are_only_so_many(store: Store) -> None:
    """Then callers are asked to come again."""
    followers, app = Followers(store), application("live", registry())
    async with httpx.AsyncClient() as ingest:
        viewers = Viewers(store, Past(store), Identities(SESSIONS, ingest), lambda: NOON)
        app.include_router(Live(viewers, followers).router())
        with contextlib.ExitStack() as all_of_them:
            for _ in range(MOST_STREAMS):
                all_of_them.enter_context(followers.following(PLAN))
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://live") as client:
                answer = await client.get(f"/api/plans/{PLAN}/stream")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert followers.number == 0
