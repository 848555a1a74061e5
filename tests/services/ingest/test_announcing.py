"""What ingest says of departments, on a real Kafka and a real store: how much of theirs was refused and waits."""

import datetime as dt
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from schemas import topics
from schemas.departments import DEPARTMENT_CONCLUDED, DepartmentState
from services.kit.kafka import partition_of
from services.kit.words import london_day
from tests.events import body
from tests.flow.publisher import until
from tests.servers import Servers
from tests.services.ingest.running import ingest, read, settings_for
from tests.services.ingest.test_rejections import STRUCTURED, Desk, desking, said


@pytest_asyncio.fixture
async def desk(servers: Servers, namespace: str) -> AsyncIterator[Desk]:
    """Ingest, and a producer in the place of whoever refuses."""
    async with desking(servers, namespace) as made:
        yield made


async def newest(desk: Desk, department: str = "dft") -> DepartmentState | None:
    """The state with the highest version on the topic."""
    found = await records(desk)
    states = [state for state in found if state.department == department]
    return max(states, key=lambda one: one.version, default=None)


async def records(desk: Desk) -> list[DepartmentState]:
    """All states on the topic, each in its place."""
    rows: list[Any] = await read(desk.kafka, topics.departments(desk.namespace).name, 1)
    events = [DEPARTMENT_CONCLUDED.validate_json(row.value) for row in rows]
    for row, event in zip(rows, events, strict=True):
        assert (row.key.decode(), row.partition) == (event.subject, partition_of(event.subject))
    return [event.data for event in events]


def mended(identifier: str) -> dict[str, Any]:
    """A good event of dft's."""
    now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    data = {"forecast": "2027-03-01", "reason": "Possession moved"}
    return body("milestone.forecast", "dft/rail-2", data, id=identifier, time=now.isoformat())


async def send_again(desk: Desk, identifier: str) -> None:
    """Mends the latest that was refused."""
    headers = await desk.ingest.key_of("dft")
    latest = next(one for one in (await desk.listed(headers, 1))["rejections"] if not one["answered"])
    path = f"/rejections/{latest['id']}/send"
    answer = await desk.ingest.http.post(
        path, content=json.dumps(mended(identifier)), headers={**headers, **STRUCTURED}
    )
    assert answer.status_code == 202, answer.text


async def test_each_department_is_announced_as_it_stands_and_again_when_it_is_mended(desk: Desk) -> None:
    """How many, by field, since when and until when; whoever is no department has no state."""
    await desk.refuse(said("/dft/p6", "1"))
    await desk.refuse(said("/dft/p6", "2"), reason="data.forecast: required")
    await desk.refuse(said("/dwp"), inbox="dft")
    await desk.refuse(said("/no department"))
    await desk.refuse(b"rubbish")
    found = await until(lambda: newest(desk), lambda state: state and state.refused == 3)
    assert found is not None
    assert found.fields == {"data": 1, "time": 2}
    assert found.since is not None
    assert found.newest is not None
    assert dt.timedelta(0) <= found.newest - found.since < dt.timedelta(minutes=5)
    assert found.link.endswith("/publish/rejections")
    await send_again(desk, "mended")
    after = await until(lambda: newest(desk), lambda state: state and state.refused == 2)
    assert after is not None
    assert after.version > found.version
    assert {state.department for state in await records(desk)} == {"dft"}


async def test_what_nobody_counted_when_it_was_refused_is_announced_by_no_answer(desk: Desk) -> None:
    """From before there were notes: its end is no news to anybody, the next refusal is, with all that waits."""
    for identifier in ("1", "2"):
        await desk.refuse(said("/dft", identifier))
    await until(lambda: newest(desk), lambda state: state and state.refused == 2)
    notes = desk.ingest.database["departments"]
    await notes.delete_many({})
    await send_again(desk, "mended")
    assert await notes.find_one({"_id": "dft"}) is None
    await desk.refuse(said("/dft", "3"))
    await until(lambda: notes.find_one({"_id": "dft"}), lambda note: note and not note["left"])
    assert (await records(desk))[-1].refused == 2


async def test_what_left_the_store_by_itself_is_counted_out_within_a_day(servers: Servers, namespace: str) -> None:
    """Refusals are kept for 90 days; nothing is said as they go, so each state is counted again every day."""
    async with desking(servers, namespace) as desk:
        await desk.refuse(said("/dft"))
        before = await until(lambda: newest(desk), lambda state: state and state.refused == 1)
        await desk.ingest.database["rejections"].delete_many({})
        yesterday = london_day(dt.datetime.now(dt.UTC)) - dt.timedelta(days=1)
        await desk.ingest.database["departments"].update_one({}, {"$set": {"counted": yesterday.isoformat()}})
    async with ingest(settings_for(servers, namespace)):
        after = await until(lambda: newest(desk), lambda state: state and state.refused == 0)
    assert before is not None
    assert after is not None
    assert (after.version > before.version, after.since, after.fields) == (True, None, {})
