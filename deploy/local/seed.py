"""Fills an empty stack through its real doors: keys, events, subscriptions."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx

from deploy.local.process import StackError, output
from deploy.local.sample import mailbox
from deploy.local.side_by_side import side_by_side
from schemas.envelope import STRUCTURED
from schemas.names import owner

WAIT_SECONDS = 60.0
AT_ONCE = 8
"""Events on their way at the same time; their order does not matter (law 1)."""


async def issue_keys(departments: Iterable[str], env: Mapping[str, str]) -> dict[str, str]:
    """A new key for each department, from ingest's own command line."""
    wanted = list(departments)
    return dict(zip(wanted, await side_by_side(_issue_key(name, env) for name in wanted), strict=True))


async def _issue_key(department: str, env: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", "services.ingest", "keys", "issue", department, "--contact", mailbox(department)]
    printed = await output(f"issuing the key of {department}", command, env=env)
    return str(json.loads(printed)["key"])


async def publish(events: Iterable[dict[str, Any]], keys: Mapping[str, str], ingest: str) -> None:
    """Posts the events, each with its department's key, and returns when all are accepted."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(base_url=ingest, timeout=30, trust_env=False) as client:

        async def post(event: dict[str, Any]) -> None:
            key = keys[owner(event["source"].removeprefix("/"))]
            headers = {"Authorization": f"Bearer {key}", "Content-Type": STRUCTURED}
            async with gate:
                _expect(202, await client.post("/events", json=event, headers=headers), f"event {event['id']}")

        await side_by_side(post(event) for event in events)


async def subscribe(body: Mapping[str, Any], key: str, alerts: str) -> str:
    """Subscribes; answers with the subscription's id."""
    async with httpx.AsyncClient(base_url=alerts, timeout=30, trust_env=False) as client:
        headers = {"Authorization": f"Bearer {key}"}
        answer = await client.post("/api/alerting/subscriptions", json=dict(body), headers=headers)
    _expect(201, answer, f"{body['channel']} subscription")
    return str(answer.json()["id"])


async def wait_for(address: str, lacking: Callable[[Any], str | None]) -> Any:
    """The JSON at `address`, as soon as `lacking` answers None of it; raises StackError after WAIT_SECONDS."""
    said: str | None = "no answer"
    try:
        async with asyncio.timeout(WAIT_SECONDS), httpx.AsyncClient(trust_env=False) as client:
            while said:
                answer = await client.get(address)
                found = answer.json() if answer.status_code == 200 else None
                said = f"answered with {answer.status_code}" if found is None else lacking(found)
                await asyncio.sleep(0.1 if said else 0)
            return found
    except (TimeoutError, httpx.HTTPError) as error:
        raise StackError(f"{address} never had the whole sample ({said}; {type(error).__name__})") from error


def _expect(status: int, answer: httpx.Response, what: str) -> None:
    if answer.status_code != status:
        raise StackError(f"The sample's {what} was answered with {answer.status_code}: {answer.text[:300]}")
