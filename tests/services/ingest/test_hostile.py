"""10,000 hostile requests: each is answered, none with a fault of ours, and what is accepted is on the log."""

import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio
import structlog
from hypothesis import HealthCheck, given, settings

from schemas import topics
from tests.servers import Servers, namespace_on
from tests.services.ingest.hostile import Hostile, requests
from tests.services.ingest.running import ingest, read, settings_for

COUNT = 10_000


class Target:
    """An ingest under attack by somebody with a key of dft's: its answers, and how often it has accepted each id."""

    def __init__(self, http: httpx.AsyncClient, key: str) -> None:
        self._http, self._key = http, key
        self.accepted: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()

    async def attack(self, hostile: Hostile) -> None:
        """Sends it, and judges the answer; an exception of the application's comes out here."""

        async def chunks() -> AsyncIterator[bytes]:
            for chunk in hostile.chunks:
                yield chunk

        headers = [*hostile.headers, (b"Authorization", self._key.encode())]
        answer = await self._http.post("/events", content=chunks(), headers=headers)
        assert answer.status_code < 500, answer.text
        said: dict[str, Any] = answer.json()
        assert answer.status_code in (202, 207, 422) or said["status"] == answer.status_code
        self.accepted.update(one["id"] for one in said.get("accepted", ()))
        self.statuses[answer.status_code] += 1


@pytest_asyncio.fixture(scope="module")
async def name(servers: Servers) -> AsyncIterator[str]:
    """A namespace for both tests."""
    async with namespace_on(servers, f"t-{secrets.token_hex(3)}") as name:
        yield name


@pytest_asyncio.fixture(scope="module")
async def target(servers: Servers, name: str) -> AsyncIterator[Target]:
    """On the real servers."""
    async with ingest(settings_for(servers, name, requests_a_minute=100 * COUNT)) as service:
        key = await service.key_of("dft")
        yield Target(service.http, key["Authorization"])


@settings(max_examples=COUNT, suppress_health_check=list(HealthCheck))
@given(requests())
async def test_a_hostile_request_is_answered(target: Target, hostile: Hostile) -> None:
    """Accepted, or with a status that is the sender's to mend; nothing of it is an error in the log."""
    with structlog.testing.capture_logs() as logs:
        await target.attack(hostile)
    assert not [line for line in logs if line["log_level"] in ("error", "critical")]


async def test_what_was_accepted_of_them_is_on_the_log(servers: Servers, name: str, target: Target) -> None:
    """Each as often as it was accepted; of each kind of answer there were some."""
    assert {202, 207, 400, 401, 403, 413, 415, 422} <= set(target.statuses)
    accepted = sum(target.accepted.values())
    assert accepted > COUNT / 20
    records = await read(servers.kafka, topics.events(name).name, accepted)
    assert Counter(json.loads(record.value)["id"] for record in records) == target.accepted
