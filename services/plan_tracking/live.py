"""Server-sent events out: an open page learns at once that its plan has changed."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from schemas.visibility import may_see_plan
from services.kit.http import Plain, Problem
from services.plan_tracking.asking import seen
from services.plan_tracking.followers import Follower, Followers, News
from services.plan_tracking.viewer import Viewer, Viewers


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: without an event, before a comment; taking nothing, before a reader is dropped; of the whole stream.

    After the last its reader asks again, with its key, which may have been revoked.
    """

    heartbeat: float = 15.0
    slow: float = 30.0
    longest: float = 900.0


PACE = Pace()
MOST_STREAMS = 2_000
"""Open at once."""
COMMENT = b":\n\n"
"""Tells the reader, and everything on the way to it, that the stream is still there."""


class EventStream(Response):
    """The answer that goes on (WHATWG HTML, server-sent events); the id of an event is the plan's version."""

    media_type = "text/event-stream"

    def __init__(self, viewer: Viewer, plan: str, last: str, followers: Followers, pace: Pace = PACE) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._viewer, self._plan, self._last, self._followers, self._pace = viewer, plan, last, followers, pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends events until the reader goes, falls behind, or may no longer see the plan; or the service stops."""
        with self._followers.following(self._plan) as follower:
            gone = asyncio.create_task(_gone(receive, follower))
            try:
                await self._run(send, follower, gone.done)
            except _TooSlow:
                return  # the server closes the connection
            finally:
                gone.cancel()

    async def _run(self, send: Send, follower: Follower, gone: Callable[[], bool]) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await self._send(send, start)
        ends, said = time.monotonic() + self._pace.longest, COMMENT
        if now := await self._viewer.plan_state(self._plan):  # after this the follower is told of whatever is newer
            follower.tell(News(now))
        while not gone() and not self._followers.leaving and time.monotonic() < ends:
            news = follower.take()
            if news and not may_see_plan(news.state, self._viewer.departments):
                break
            if said := self._event(news) or said:
                await self._send(send, {"type": "http.response.body", "body": said, "more_body": True})
            said = b"" if await _woken(follower, self._pace.heartbeat) else COMMENT
        if not gone():
            await self._send(send, {"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, send: Send, message: dict[str, object]) -> None:
        try:
            async with asyncio.timeout(self._pace.slow):
                await send(message)
        except TimeoutError:
            raise _TooSlow from None

    def _event(self, news: News | None) -> bytes:
        """The event of a state that the reader may know and has not been told of; else nothing."""
        if news is None or self._last == str(news.state.version) or self._viewer.as_known_on(news.state):
            return b""
        self._last = str(news.state.version)
        return news.event


class _TooSlow(Exception):
    """The reader takes nothing."""


async def _woken(follower: Follower, seconds: float) -> bool:
    """Waits until the follower is woken, no longer than so many seconds: whether it was."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await follower.woken.wait()
    return False


async def _gone(receive: Receive, follower: Follower) -> None:
    """Ends when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    follower.woken.set()


class Live:
    """The door to the stream of a plan."""

    def __init__(self, viewers: Viewers, followers: Followers) -> None:
        self._viewers, self._followers = viewers, followers

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter(tags=["plans"], route_class=Plain)
        router.add_api_route("/api/plans/{lead}/{slug}/stream", self.stream, response_class=EventStream)
        return router

    async def stream(self, request: Request) -> Response:
        """Events whenever the plan changes: `id` is its version, `data` its state in short.

        The first is sent at once, unless `Last-Event-ID` is the present version.
        """
        lead, slug = request.path_params["lead"], request.path_params["slug"]
        if self._followers.number >= MOST_STREAMS or self._followers.leaving:
            raise Problem(503, "Too many streams", "Ask again in a while", headers={"Retry-After": "30"})
        viewer = await self._viewers.of(request)
        plan = (await seen(viewer, f"{lead}/{slug}")).plan
        return EventStream(viewer, plan, request.headers.get("last-event-id", ""), self._followers)
