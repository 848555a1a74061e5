"""The doors for rejections on a real Kafka and a real store: seen by their own department, mended, sent again."""

import base64
import contextlib
import datetime as dt
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer, ConsumerRecord

from schemas import topics
from services.ingest.rejections import MOST_IN_LIST, PAGE
from services.kit.kafka import send
from services.kit.rejected import copy
from tests.events import body
from tests.flow.publisher import until
from tests.servers import Servers
from tests.services.ingest.running import Running, ingest, read, settings_for

STRUCTURED = {"Content-Type": "application/cloudevents+json"}


@dataclass
class Desk:
    """A running ingest, and how records are refused."""

    ingest: Running
    producer: AIOKafkaProducer
    kafka: str
    namespace: str
    offset: int = 0

    async def refuse(
        self, value: bytes | None, *, inbox: str = "", reason: str = "time: required", **more: Any
    ) -> None:
        """Has a record refused: of a department's inbox, or of the events themselves."""
        topic = topics.inbox(inbox, self.namespace) if inbox else topics.events(self.namespace)
        self.offset += 1
        record = ConsumerRecord(
            topic=topic.name,
            partition=0,
            offset=self.offset,
            timestamp=0,
            timestamp_type=1,
            key=more.get("key"),
            value=value,
            checksum=None,
            serialized_key_size=-1,
            serialized_value_size=-1,
            headers=more.get("headers", ()),
        )
        await send(self.producer, [copy(record, reason, self.namespace)])

    async def get(self, headers: dict[str, str], path: str = "/rejections") -> Any:
        """What a door answers."""
        answer = await self.ingest.http.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listed(self, headers: dict[str, str], least: int) -> Any:
        """The first page, once so many are counted."""
        return await until(
            lambda: self.get(headers), lambda found: sum(one["count"] for one in found["counts"]) >= least
        )


@contextlib.asynccontextmanager
async def desking(servers: Servers, namespace: str) -> AsyncIterator[Desk]:
    """Ingest, and a producer in the place of whoever refuses."""
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, max_request_size=2_000_000)
    await producer.start()
    async with ingest(settings_for(servers, namespace)) as running:
        yield Desk(running, producer, servers.kafka, namespace)
    await producer.stop()


@pytest_asyncio.fixture
async def desk(servers: Servers, namespace: str) -> AsyncIterator[Desk]:
    """One for each test."""
    async with desking(servers, namespace) as made:
        yield made


def said(source: str, identifier: str = "1") -> bytes:
    """An event without a time."""
    return json.dumps({"source": source, "id": identifier, "data": "é"}).encode()


async def test_a_department_sees_its_own_with_reason_original_and_place(desk: Desk) -> None:
    """What came by its inbox, whatever that claims; else what claims a source of its own."""
    dft, dwp = await desk.ingest.key_of("dft"), await desk.ingest.key_of("dwp")
    await desk.refuse(said("/dft/p6"), key=b"\xff", headers=[("h", b"\xfe"), ("n", None), ("milepost-reason", b"mine")])
    await desk.refuse(said("/dwp"), inbox="dft", reason="source: /dwp belongs to dwp")
    await desk.refuse(b"\x00\xff", inbox="dft", reason="body: not JSON")
    await desk.refuse(None, reason="the value is empty")
    found = await desk.listed(dft, 3)
    assert [one["field"] for one in found["rejections"]] == ["body", "source", "time"]
    assert {(one["department"], one["field"], one["count"]) for one in found["counts"]} == {
        ("dft", "body", 1),
        ("dft", "source", 1),
        ("dft", "time", 1),
    }
    assert found["next"] is None
    first, last = found["rejections"][0], found["rejections"][-1]
    assert first["original"]["value"] == {"base64": base64.b64encode(b"\x00\xff").decode(), "text": None}
    assert (last["reason"], last["place"]) == ("time: required", f"{topics.events(desk.namespace).name}/0/1")
    assert last["event"] == {"source": "/dft/p6", "id": "1"}
    assert last["original"] == {
        "key": {"base64": "/w==", "text": None},
        "value": {"base64": base64.b64encode(said("/dft/p6")).decode(), "text": said("/dft/p6").decode()},
        "headers": [
            {"name": "h", "base64": "/g==", "text": None},
            {"name": "n"},
            {"name": "milepost-reason", "base64": "bWluZQ==", "text": "mine"},
        ],
    }
    assert abs(dt.datetime.fromisoformat(last["rejected"]) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert (await desk.get(dwp))["rejections"] == []
    assert (await desk.ingest.http.get("/rejections")).status_code == 401


async def test_they_are_paged_newest_first_without_a_gap(desk: Desk) -> None:
    """Though many were refused within the same millisecond; `next` leads from page to page."""
    headers = await desk.ingest.key_of("dft")
    for number in range(2 * PAGE + 5):
        await desk.refuse(said("/dft", str(number)))
    page = await desk.listed(headers, 2 * PAGE + 5)
    sizes, ids = [len(page["rejections"])], [one["event"]["id"] for one in page["rejections"]]
    while page["next"]:
        page = await desk.get(headers, page["next"])
        sizes.append(len(page["rejections"]))
        ids += [one["event"]["id"] for one in page["rejections"]]
    assert sizes == [PAGE, PAGE, 5]
    assert sorted(map(int, ids)) == list(range(2 * PAGE + 5))


async def test_a_large_original_is_at_its_own_address(desk: Desk) -> None:
    """So that no list is larger than a reader would have it."""
    headers = await desk.ingest.key_of("dft")
    large = said("/dft") + b" " * MOST_IN_LIST
    await desk.refuse(large)
    [listed] = (await desk.listed(headers, 1))["rejections"]
    assert listed["original"] is None
    alone = await desk.get(headers, f"/rejections/{listed['id']}")
    assert base64.b64decode(alone["original"]["value"]["base64"]) == large


async def test_mended_and_sent_again_it_is_accepted_and_answered(desk: Desk) -> None:
    """By the same judgement as any event; until it is accepted the rejection waits."""
    headers = await desk.ingest.key_of("dft")
    await desk.refuse(said("/dft"))
    [waiting] = (await desk.listed(headers, 1))["rejections"]
    assert waiting["answered"] is None
    now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    data = {"forecast": "2027-03-01", "reason": "Possession moved"}
    mended = body("milestone.forecast", "dft/rail-2", data, id="mended", time=now.isoformat())

    async def post(content: Any, who: dict[str, str], kind: dict[str, str] = STRUCTURED) -> httpx.Response:
        path = f"/rejections/{waiting['id']}/send"
        return await desk.ingest.http.post(path, content=json.dumps(content), headers={**who, **kind})

    assert (await post({**mended, "time": "soon"}, headers)).json()["errors"][0]["field"] == "time"
    assert (await post({**mended, "source": "/dwp", "subject": "dwp/x"}, headers)).status_code == 403
    assert (await post(mended, headers, {"Content-Type": "text/plain"})).status_code == 415
    assert (await post(mended, await desk.ingest.key_of("dwp"))).status_code == 404
    answer = await post(mended, headers)
    assert (answer.status_code, answer.json()["accepted"][0]["id"]) == (202, "mended")
    [event] = await read(desk.kafka, topics.events(desk.namespace).name, 1)
    assert json.loads(event.value)["id"] == "mended"
    found = await desk.get(headers)
    assert found["counts"] == []
    answered = found["rejections"][0]["answered"]
    assert (answered["source"], answered["id"]) == ("/dft", "mended")


async def test_they_are_counted_by_department_and_field(desk: Desk) -> None:
    """Whoever has no key is `unknown`, so that no stranger can make the metric grow."""
    headers = await desk.ingest.key_of("dft")
    for source in ("/dft", "/dft", "/made-up", "no source at all"):
        await desk.refuse(said(source))
    await desk.refuse(b'{"source": "/dft\\ud800"}', reason="never heard of")
    await desk.listed(headers, 2)
    name = "milepost_rejections_total"

    async def counted() -> set[str]:
        text = (await desk.ingest.http.get("/metrics")).text
        return {line.removeprefix(name) for line in text.splitlines() if line.startswith(name)}

    await until(
        counted,
        lambda lines: (
            lines
            == {
                '{department="dft",field="time"} 2.0',
                '{department="unknown",field="time"} 2.0',
                '{department="unknown",field="other"} 1.0',
            }
        ),
    )


@pytest.mark.parametrize("path", ["/rejections/0-999", "/rejections/x"])
async def test_one_that_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    """As is one of somebody else's."""
    answer = await desk.ingest.http.get(path, headers=await desk.ingest.key_of("dft"))
    assert (answer.status_code, answer.json()["title"]) == (404, "No such rejection")
