"""The canary on the whole stack: its date moves, it is told in time, and nobody else sees or counts it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from schemas.names import CANARY
from tests.canary import canary
from tests.flow.publisher import Publisher, until
from tests.servers import Stack


@pytest_asyncio.fixture
async def address(stack: Stack, tmp_path: Path) -> AsyncIterator[str]:
    """A canary that sings every five seconds."""
    async with canary(stack, tmp_path, seconds=5) as sings:
        yield sings.url


async def counted(address: str) -> dict[str, float]:
    """Its tellings, by outcome."""
    async with httpx.AsyncClient() as http:
        text = (await http.get(f"{address}/metrics")).text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = families["milepost_canary_tellings"].samples
    return {sample.labels["outcome"]: sample.value for sample in samples if sample.name.endswith("_total")}


async def test_it_is_told_and_nobody_else_sees_it(stack: Stack, address: str) -> None:
    """Of a move and of the way back; not in the list of plans, no page without its owner's key, in no series."""
    await until(lambda: counted(address), lambda found: found["in-time"] + found["late"] >= 2, seconds=60)
    other = Publisher(stack, "dft")
    assert CANARY not in (await other.http.get(f"{stack.plans}/api/plans")).text
    assert (await other.http.get(f"{stack.plans}/api/plans/{CANARY}/cage")).status_code == 404
    for page in ("/", f"/departments/{CANARY}"):
        assert "song" not in (await other.http.get(f"{stack.plans}{page}")).text
    for service in (stack.metrics, stack.plans, stack.alerts):
        assert CANARY not in (await other.http.get(f"{service}/metrics")).text
