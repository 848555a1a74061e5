"""CloudEvents 1.0 over HTTP at the door: every mode and spelling of it, from the request to the record on the log."""

import asyncio
import datetime as dt
import json
import secrets
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from schemas import topics
from tests.events import body
from tests.servers import Servers, namespace_on
from tests.services.ingest.running import ingest, read, settings_for

STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"


class Door:
    """The door of an ingest of this module's own, with a key of dft's, and the log behind it."""

    def __init__(self, http: httpx.AsyncClient, kafka: str, topic: str) -> None:
        self._http, self._kafka, self._topic = http, kafka, topic

    async def post(self, content: Any, headers: Iterable[tuple[str, str]]) -> httpx.Response:
        """The answer to a request."""
        return await self._http.post("/events", content=content, headers=list(headers))

    async def record(self, identifier: str) -> dict[str, Any]:
        """The event on the log that has this id."""
        async with asyncio.timeout(30):
            while True:
                for record in await read(self._kafka, self._topic, 1):
                    event: dict[str, Any] = json.loads(record.value)
                    if event["id"] == identifier:
                        return event


@pytest_asyncio.fixture(scope="module")
async def door(servers: Servers) -> AsyncIterator[Door]:
    """One for all tests here: none of them looks at what another has sent."""
    async with namespace_on(servers, f"t-{secrets.token_hex(3)}") as name:
        settings = settings_for(servers, name)
        async with ingest(settings) as service:
            service.http.headers.update(await service.key_of("dft"))
            yield Door(service.http, servers.kafka, topics.events(name).name)


def forecast(**attributes: Any) -> dict[str, Any]:
    """An event of dft's with an id of its own and an extension that nobody knows, as of a minute ago."""
    now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    data = {"forecast": "2027-03-01", "reason": "Possession moved"}
    made = body("milestone.forecast", "dft/rail-2", data, id=secrets.token_hex(8), time=now.isoformat())
    return {**made, "traceparent": "00-ab-cd-01", **attributes}


def binary(event: dict[str, Any], prefix: str = "ce-") -> list[tuple[str, str]]:
    """Its attributes as headers."""
    return [(f"{prefix}{name}", str(value)) for name, value in event.items() if name != "data"]


def same(record: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether the record is the event: all that it says, and besides only what acceptance adds."""
    return {**record, **event} == record and record.keys() - event.keys() <= {
        "acceptedtime",
        "correlationid",
        "datacontenttype",
    }


@pytest.mark.parametrize(
    "content_type",
    [
        "application/cloudevents+json",
        "application/cloudevents+json; charset=utf-8",
        'Application/CloudEvents+JSON ;charset="UTF-8"; v=1',
    ],
)
async def test_a_structured_event_is_on_the_log_with_all_that_it_says(door: Door, content_type: str) -> None:
    """Whatever the case and parameters of the content type; ce- headers beside it are copies and count for nothing."""
    event = forecast()
    beside = [("ce-id", "another"), ("ce-specversion", "1.0")]
    answer = await door.post(json.dumps(event), [("Content-Type", content_type), *beside])
    assert answer.status_code == 202, answer.text
    assert same(await door.record(event["id"]), event)


@pytest.mark.parametrize("content_type", [BATCH, "application/CloudEvents-Batch+json;charset=utf-8"])
async def test_each_event_of_a_batch_is_on_the_log_with_all_that_it_says(door: Door, content_type: str) -> None:
    """As it would be alone."""
    events = [forecast(ext=number) for number in range(3)]
    answer = await door.post(json.dumps(events, indent=2), [("Content-Type", content_type)])
    assert answer.status_code == 202, answer.text
    assert all([same(await door.record(event["id"]), event) for event in events])


@pytest.mark.parametrize(
    ("prefix", "content_type"),
    [
        ("ce-", "application/json"),
        ("CE-", "application/json; charset=utf-8"),
        ("Ce-", "text/JSON"),
        ("ce-", "application/vnd.example+json"),
        ("ce-", None),
    ],
)
async def test_a_binary_event_is_on_the_log_with_all_that_it_says(
    door: Door, prefix: str, content_type: str | None
) -> None:
    """Headers in any case; the content type is the data's, and need not be there."""
    event = forecast()
    headers = [*binary(event, prefix), *([("Content-Type", content_type)] if content_type else [])]
    answer = await door.post(json.dumps(event["data"]), headers)
    assert answer.status_code == 202, answer.text
    record = await door.record(event["id"])
    assert same(record, event)
    assert record.get("datacontenttype") == content_type


async def test_header_values_are_percent_decoded_once(door: Door) -> None:
    """HTTP binding, 3.1.3.2; the signs of a quoted string are no part of it."""
    event = forecast()
    more = [("ce-ext1", "Euro%20%E2%82%AC%20%f0%9f%98%80"), ("ce-ext2", "100%2525"), ("ce-ext3", '"a \\"b\\""')]
    answer = await door.post(json.dumps(event["data"]), [*binary(event), *more])
    assert answer.status_code == 202, answer.text
    record = await door.record(event["id"])
    assert (record["ext1"], record["ext2"], record["ext3"]) == ("Euro € 😀", "100%25", 'a "b"')


@pytest.mark.parametrize(
    ("headers", "status", "word"),
    [
        ([("Content-Type", "application/cloudevents+json; charset=utf-16")], 415, "UTF-8"),
        ([("Content-Type", "application/cloudevents-batch+json; charset=latin1")], 415, "UTF-8"),
        ([("Content-Type", "application/cloudevents+avro"), ("ce-specversion", "1.0")], 415, "avro"),
        ([("Content-Type", "application/json")], 415, "ce- headers"),
        ([("ce-specversion", "1.0"), ("Content-Type", "application/xml")], 400, "application/xml"),
        ([("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-id", "2")], 400, "twice"),
        ([("ce-specversion", "1.0"), ("ce-id", "%C0%A0")], 400, "UTF-8"),
        ([("ce-specversion", "1.0"), ("ce-my_ext", "x")], 422, "type"),
        ([("ce-specversion", "1.0"), ("ce-data", "{}")], 400, "body"),
    ],
)
async def test_what_is_in_no_mode_is_refused(
    door: Door, headers: list[tuple[str, str]], status: int, word: str
) -> None:
    """With a problem that says why."""
    answer = await door.post(json.dumps(forecast()), headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert word in answer.json()["detail"]


@pytest.mark.parametrize("declared", [None, "10", "1000"])
async def test_a_body_that_is_too_large_is_refused_before_all_of_it_has_come(door: Door, declared: str | None) -> None:
    """In chunks without a length, or with one that is a lie: what counts is what comes."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 100_000

    length = [("Content-Length", declared)] if declared else []
    answer = await door.post(endless(), [("Content-Type", STRUCTURED), *length])
    assert (answer.status_code, answer.json()["limit"]) == (413, 1_000_000)
    assert sent == 11


async def test_a_body_that_says_it_is_too_large_is_not_read(door: Door) -> None:
    """A client that waits for `100 Continue` need not send it."""

    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    answer = await door.post(unread(), [("Content-Type", STRUCTURED), ("Content-Length", "1000001")])
    assert answer.status_code == 413


async def test_an_event_in_chunks_is_an_event(door: Door) -> None:
    """Cut anywhere, in the middle of a letter too."""
    event = forecast(ext="Zürich")
    raw = json.dumps(event, ensure_ascii=False).encode()

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(raw), 7):
            yield raw[at : at + 7]

    assert (await door.post(chunks(), [("Content-Type", STRUCTURED)])).status_code == 202
    assert same(await door.record(event["id"]), event)
