"""The doors of ingest on a real Kafka and a real store: what is answered, and that a 202 is on the log."""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer

from schemas import topics
from services.ingest.settings import IngestSettings
from services.ingest.store.keys import KeyStore
from services.kit.kafka import partition_of
from tests.events import PLAN, body
from tests.servers import Servers
from tests.services.ingest import running

STRUCTURED = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


@dataclass
class Ingest:
    """A running ingest: a client with a key of dft's, the store, and the settings."""

    http: httpx.AsyncClient
    keys: KeyStore
    settings: IngestSettings


@pytest_asyncio.fixture
async def ingest(servers: Servers, namespace: str) -> AsyncIterator[Ingest]:
    """Ingest in this process, against the real servers."""
    settings = running.settings_for(servers, namespace)
    async with running.ingest(settings) as service:
        service.http.headers.update(await service.key_of("dft"))
        yield Ingest(service.http, KeyStore(service.database), settings)


def forecast(**attributes: Any) -> dict[str, Any]:
    """An event of dft's, as of a minute ago."""
    now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    data = {"forecast": "2027-03-01", "reason": "Possession moved"}
    return {**body("milestone.forecast", "dft/rail-2", data, time=now.isoformat()), **attributes}


async def test_what_is_answered_202_is_on_the_log(ingest: Ingest) -> None:
    """In the plan's partition, under the plan's key, with its acceptance and the request's correlation id."""
    answer = await ingest.http.post("/events", json=forecast(), headers={**STRUCTURED, "X-Correlation-ID": "c-1"})
    assert (answer.status_code, answer.headers["x-correlation-id"]) == (202, "c-1")
    [receipt] = answer.json()["accepted"]
    assert (receipt["source"], receipt["id"]) == ("/dft", "1")
    topic = topics.events(ingest.settings.namespace).name
    async with asyncio.timeout(20):
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=ingest.settings.kafka, auto_offset_reset="earliest")
        await consumer.start()
        record = await consumer.getone()
        await consumer.stop()
    event = json.loads(record.value)
    assert (record.key, record.partition) == (PLAN.encode(), partition_of(PLAN))
    assert event["acceptedtime"] >= event["time"]
    assert event["correlationid"] == "c-1"


@pytest.mark.parametrize(
    ("content", "headers", "status", "word"),
    [
        (forecast(), {**STRUCTURED, "Authorization": ""}, 401, "key"),
        (forecast(), {**STRUCTURED, "Authorization": "Bearer mp_wrong"}, 401, "key"),
        (forecast(source="/dfte", subject="dfte/x"), STRUCTURED, 403, "dft only"),
        (b"\xff\xfe", STRUCTURED, 400, "JSON"),
        (forecast(), {"Content-Type": "text/plain"}, 415, "application/cloudevents+json"),
        (forecast(type="org.milepost.nothing.v1"), STRUCTURED, 422, "known are"),
        (b" " * 1_000_001, STRUCTURED, 413, "1000000 bytes"),
    ],
)
async def test_a_refusal_is_a_problem_that_names_the_fix(
    ingest: Ingest, content: Any, headers: dict[str, str], status: int, word: str
) -> None:
    """RFC 9457: content type, status and detail."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer = await ingest.http.post("/events", content=raw, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert word in answer.json()["detail"]


async def test_a_revoked_key_is_refused_at_once(ingest: Ingest) -> None:
    """By whoever has not met it in the last ten seconds; by the others after that (test_identify)."""
    [key] = await ingest.keys.all()
    assert await ingest.keys.revoke(key.digest, dt.datetime.now(dt.UTC))
    assert (await ingest.http.post("/events", json=forecast(), headers=STRUCTURED)).status_code == 401


async def test_a_key_is_exchanged_for_a_session_that_opens_the_same_doors(ingest: Ingest) -> None:
    """The session names the departments and when it ends; it cannot be exchanged again."""
    answer = (await ingest.http.post("/session")).json()
    assert answer["departments"] == ["dft"]
    assert dt.datetime.fromisoformat(answer["expires"]) > dt.datetime.now(dt.UTC) + dt.timedelta(hours=7)
    by_session = {**STRUCTURED, "Authorization": f"Bearer {answer['session']}"}
    assert (await ingest.http.post("/events", json=forecast(), headers=by_session)).status_code == 202
    assert (await ingest.http.post("/session", headers=by_session)).status_code == 401


async def test_metrics_count_requests_by_route(ingest: Ingest) -> None:
    """The label is the route's template, never an address."""
    await ingest.http.post("/events", json=forecast(), headers=STRUCTURED)
    text = (await ingest.http.get("/metrics")).text
    assert 'milepost_http_request_duration_seconds_count{method="POST",route="/events",status="202"} 1.0' in text


async def test_an_event_in_binary_mode_is_accepted(ingest: Ingest) -> None:
    """Attributes in ce- headers, data in the body."""
    event = forecast()
    headers = {f"ce-{name}": value for name, value in event.items() if name != "data"}
    answer = await ingest.http.post("/events", json=event["data"], headers=headers)
    assert answer.status_code == 202, answer.text


async def test_a_batch_accepts_the_good_and_names_the_bad(ingest: Ingest) -> None:
    """202 all, 207 some (each bad one with its index, id and problem), 422 none, 202 for an empty one."""
    good = [forecast(id=f"g{n}") for n in range(97)]
    bad: list[Any] = [forecast(id="b1", type="x"), forecast(id="b2", source="/dfte", subject="dfte/x"), 7]

    async def post(events: list[Any]) -> httpx.Response:
        return await ingest.http.post("/events", json=events, headers=BATCH)

    assert [(await post(events)).status_code for events in (good, [], bad)] == [202, 202, 422]
    answer = await post([bad[0], *good, *bad[1:]])
    assert answer.status_code == 207
    assert [one["id"] for one in answer.json()["accepted"]] == [one["id"] for one in good]
    rejected = answer.json()["rejected"]
    assert [(one["index"], one["id"], one["problem"]["status"]) for one in rejected] == [
        (0, "b1", 422),
        (98, "b2", 403),
        (99, None, 422),
    ]
    assert (await ingest.http.post("/events", content=b"{}", headers=BATCH)).status_code == 400


async def test_an_id_that_is_no_text_is_not_sent_back(ingest: Ingest) -> None:
    """A number, half a letter, none at all: the index tells which element is meant."""
    content = b'[{"id": "\\ud800"}, {"id": NaN}, {"id": 7}, {}, {"id": "ok"}]'
    answer = await ingest.http.post("/events", content=content, headers=BATCH)
    assert answer.status_code == 422
    assert [one["id"] for one in answer.json()["rejected"]] == [None, None, None, None, "ok"]


async def test_an_id_used_again_for_something_else_is_accepted_with_a_warning(ingest: Ingest) -> None:
    """A repeat has none, however it is written; the receipt of each is the same address."""
    first = forecast(id="same")
    other = {**first, "data": {"forecast": "2027-09-01", "reason": "Moved again"}}
    written_anew = json.dumps(dict(reversed(first.items())), indent=2)

    async def receipt(content: str) -> dict[str, str]:
        answer = await ingest.http.post("/events", content=content, headers=STRUCTURED)
        assert answer.status_code == 202, answer.text
        return dict(answer.json()["accepted"][0])

    receipts = [await receipt(one) for one in (json.dumps(first), json.dumps(first), written_anew, json.dumps(other))]
    assert [one.pop("warning", "")[:9] for one in receipts] == ["", "", "", "id reused"]
    assert receipts == [receipts[0]] * 4
    batch = await ingest.http.post("/events", json=[forecast(id="b"), {**first, "id": "b"}, first], headers=BATCH)
    assert ["warning" in one for one in batch.json()["accepted"]] == [False, True, True]


async def test_an_address_finds_its_event_whatever_its_id_is(ingest: Ingest) -> None:
    """The receipt's address is one of HTTP: its id comes back as it was."""
    identifier = "a b&c=d/é?#%"
    answer = await ingest.http.post("/events", json=forecast(id=identifier), headers=STRUCTURED)
    address = httpx.URL(answer.json()["accepted"][0]["receipt"])
    assert (address.path, address.params["id"], address.params["source"]) == ("/events", identifier, "/dft")


async def test_a_dry_run_is_answered_as_in_earnest_and_writes_nothing(ingest: Ingest) -> None:
    """Alone, binary and in a batch: never 202, without receipts; the log has only what was sent in earnest."""

    async def post(content: Any, asked: str, headers: dict[str, str]) -> httpx.Response:
        return await ingest.http.post(f"/events{asked}", json=content, headers=headers)

    event, other = forecast(id="d"), forecast(id="d", data={"forecast": "2027-09-01", "reason": "Moved again"})
    in_headers = {f"ce-{name}": value for name, value in event.items() if name != "data"}
    for content, headers in ((event, STRUCTURED), (event["data"], in_headers)):
        answer = await post(content, "?dry_run=true", headers)
        said = {"source": "/dft", "id": "d", "receipt": None}
        assert (answer.status_code, answer.json()) == (200, {"dry_run": True, "accepted": [said]})
    bad = forecast(id="b", source="/dfte", subject="dfte/x")
    for sent, status, dry in (([event], 202, 200), ([event, bad], 207, 207), ([bad], 422, 422), (bad, 403, 403)):
        headers = BATCH if isinstance(sent, list) else STRUCTURED
        tried = await post(sent, "?dry_run=true", headers)
        earnest = await post(sent, "?dry_run=false", headers)
        assert (earnest.status_code, tried.status_code) == (status, dry)
        assert tried.json().get("rejected") == earnest.json().get("rejected")
    warned = await post([event, other, event], "?dry_run=true", BATCH)
    assert ["warning" in one for one in warned.json()["accepted"]] == [False, True, True]
    assert "warning" not in (await post(event, "", STRUCTURED)).json()["accepted"][0]
    records = await running.read(ingest.settings.kafka, topics.events(ingest.settings.namespace).name, 3)
    assert len(records) == 3


@pytest.mark.parametrize("asked", ["dry_run=yes", "dry_run=", "dryrun=true", "dry_run=true&plan=x"])
async def test_a_misspelt_dry_run_is_refused(ingest: Ingest, asked: str) -> None:
    """It would be published in earnest."""
    answer = await ingest.http.post(f"/events?{asked}", json=forecast(), headers=STRUCTURED)
    assert (answer.status_code, answer.json()["title"]) == (422, "The request is not valid")


async def test_every_example_is_what_it_says(ingest: Ingest) -> None:
    """Each request of the OpenAPI is accepted as it stands; each refusal is what that refusal is answered with."""
    operation = (await ingest.http.get("/openapi.json")).json()["paths"]["/events"]["post"]
    in_headers = {
        one["name"]: one["examples"]["binary"]["value"] for one in operation["parameters"] if one["in"] == "header"
    }
    for kind, content in operation["requestBody"]["content"].items():
        headers = {"Content-Type": kind, **(in_headers if kind == "application/json" else {})}
        [example] = content["examples"].values()
        answer = await ingest.http.post("/events", json=example["value"], headers=headers)
        assert answer.status_code == 202, answer.text
    event = operation["requestBody"]["content"]["application/cloudevents+json"]["examples"]["event"]["value"]
    unreasoned = json.dumps({**event, "data": {"forecast": "2027-03-01"}})
    for status, raw, headers in (
        (400, b"{forecast: tomorrow}", STRUCTURED),
        (401, json.dumps(event), {**STRUCTURED, "Authorization": ""}),
        (413, b" " * 1_000_001, STRUCTURED),
        (422, unreasoned, STRUCTURED),
    ):
        refused = await ingest.http.post("/events", content=raw, headers=headers)
        example = operation["responses"][str(status)]["content"]["application/problem+json"]["example"]
        assert refused.json() == example
