"""A department's program, as the README would have it: posts events with a key."""

import asyncio
import datetime as dt
import json
import subprocess
import sys
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

from tests.servers import Stack

T = TypeVar("T")


def issue_key(stack: Stack, *departments: str) -> str:
    """A key from the command line, for these departments."""
    command = [sys.executable, "-m", "services.ingest", "keys", "issue", *departments, "--contact", "team@example.org"]
    done = subprocess.run(command, env=stack.env, capture_output=True, check=True, text=True)
    return str(json.loads(done.stdout)["key"])


def said_now(kind: str, subject: str, plan: str, data: dict[str, Any]) -> dict[str, Any]:
    """An event of the subject's owner, with an id of its own."""
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": f"/{subject.partition('/')[0]}",
        "type": f"org.milepost.{kind}.v1",
        "subject": subject,
        "plan": plan,
        "time": dt.datetime.now(dt.UTC).isoformat(),
        "data": data,
    }


class Publisher:
    """Publishes for one or more departments."""

    def __init__(self, stack: Stack, *departments: str) -> None:
        self.key = issue_key(stack, *departments)
        self._stack = stack
        self.http = httpx.AsyncClient(headers={"Authorization": f"Bearer {self.key}"}, timeout=20)

    async def say(self, kind: str, subject: str, data: dict[str, Any], plan: str, **attributes: Any) -> httpx.Response:
        """Posts one event; attributes may set id, time and so on."""
        event = said_now(kind, subject, plan, data) | attributes
        headers = {"Content-Type": "application/cloudevents+json", "X-Correlation-ID": f"test-{event['id']}"}
        return await self.http.post(f"{self._stack.ingest}/events", content=json.dumps(event), headers=headers)

    async def plan(self, plan: str) -> dict[str, Any]:
        """The plan as the API shows it, milestones by name."""
        answer = await self.http.get(f"{self._stack.plans}/api/plans/{plan}")
        found: dict[str, Any] = answer.json() if answer.status_code == 200 else {"milestones": []}
        return {**found, "milestones": {m["milestone"]: m for m in found["milestones"]}}

    async def subscribe(self, **wanted: Any) -> dict[str, Any]:
        """A subscription, told at once unless it is said otherwise; answers with its id and secret."""
        asked = {"rhythm": "at_once", **wanted}
        answer = await self.http.post(f"{self._stack.alerts}/api/alerting/subscriptions", json=asked)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


async def until(look: Callable[[], Awaitable[T]], good: Callable[[T], object], seconds: float = 20) -> T:
    """What `look` answers once it is good; fails with the last answer when time is up."""
    last: Any = None
    try:
        async with asyncio.timeout(seconds):
            while True:
                last = await look()
                if good(last):
                    return last  # type: ignore[no-any-return]
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not within {seconds} s; last seen: {last!r}") from None
