"""Inboxes on a real Kafka and a real store: what a department writes there is accepted or refused, and never lost."""

import datetime as dt
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from schemas import topics
from services.ingest.app import build
from services.ingest.settings import IngestSettings
from services.kit.cursors import Cursor, Cursors
from services.kit.kafka import partition_of
from services.kit.mongo import Database, connect
from services.kit.refusal import Refused
from services.kit.topics import ensure_topics
from tests.events import PLAN, body
from tests.flow.publisher import until
from tests.servers import Servers
from tests.services.ingest.running import ingest, read, settings_for
from tests.services.kit.test_consume import Bad, batch_of

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox of dft, and how its department writes to it."""

    settings: IngestSettings
    producer: AIOKafkaProducer
    database: Database

    @property
    def topic(self) -> str:
        """Its name."""
        return topics.inbox("dft", self.settings.namespace).name

    async def write(self, said: Any, headers: Any = (), partition: int = 0) -> Any:
        """Writes a record, given as JSON values or bytes; answers with its offset and the arrival that it was given."""
        value = said if isinstance(said, bytes) else json.dumps(said).encode()
        return await self.producer.send_and_wait(self.topic, value, headers=list(headers), partition=partition)

    async def worked_on(self, offset: int) -> None:
        """Waits until all before this offset of partition 0 is done with."""
        here, cursors = TopicPartition(self.topic, 0), Cursors(self.database["cursors"])
        await until(lambda: cursors.read([here]), lambda found: found == {here: Cursor(offset)})

    async def events(self, least: int) -> list[Any]:
        """The records of `milepost.events`."""
        return await read(self.settings.kafka, topics.events(self.settings.namespace).name, least)

    async def rejected(self, least: int) -> list[Any]:
        """The records of `milepost.rejected`."""
        return await read(self.settings.kafka, topics.rejected(self.settings.namespace).name, least)


@pytest_asyncio.fixture
async def inbox(servers: Servers, namespace: str) -> AsyncIterator[Inbox]:
    """An inbox that is read as soon as ingest runs."""
    settings = settings_for(servers, namespace, inboxes=("dft",))
    await ensure_topics(servers.kafka, namespace, inboxes=settings.inboxes)
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, max_request_size=2_000_000)
    await producer.start()
    client = connect(servers.mongo)
    yield Inbox(settings, producer, client[settings.database("ingest")])
    client.close()
    await producer.stop()
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    await admin.delete_topics([topics.inbox("dft", namespace).name])
    await admin.close()


def forecast(identifier: str, **changed: Any) -> dict[str, Any]:
    """A good event of dft's, as of a minute ago."""
    now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    data = {"forecast": "2027-03-01", "reason": "Possession moved"}
    return {**body("milestone.forecast", "dft/rail-2", data, id=identifier, time=now.isoformat()), **changed}


def ids(records: list[Any]) -> list[str]:
    """The ids of accepted events."""
    return sorted(json.loads(record.value)["id"] for record in records)


async def test_the_good_are_accepted_and_the_bad_are_kept_byte_for_byte(inbox: Inbox) -> None:
    """Structured and binary; rubbish with a header that is no text, a forged name, a time to come, an empty value."""
    told = forecast("binary")
    attributes = [(f"ce_{name}", str(value).encode()) for name, value in told.items() if name != "data"]
    good = await inbox.write(forecast("structured"), [("trace", b"\xff")], partition=2)
    await inbox.write(told["data"], attributes)
    bad: list[tuple[bytes, list[tuple[str, bytes | None]]]] = [
        (b"\x00\xff rubbish", [("header", b"\xff\xfe"), ("null", None)]),
        (json.dumps(forecast("forged", source="/dwp", subject="dwp/x")).encode(), []),
        (json.dumps(forecast("early", time="2999-01-01T00:00:00Z")).encode(), []),
        (b"", []),
        (b"[" * 1_000_000, []),
        (json.dumps(forecast("x" * 900_000)).encode(), [("ce_header", b"\xff")]),
    ]
    for value, headers in bad:
        await inbox.write(value, headers)
    async with ingest(inbox.settings):
        events, rejected = await inbox.events(2), await inbox.rejected(len(bad))
    assert ids(events) == ["binary", "structured"]
    [record] = [record for record in events if b"structured" in record.value]
    event = json.loads(record.value)
    assert (record.key, record.partition) == (PLAN.encode(), partition_of(PLAN))
    arrived = EPOCH + dt.timedelta(milliseconds=good.timestamp, microseconds=good.offset % 1000)
    assert dt.datetime.fromisoformat(event["acceptedtime"]) == arrived
    assert event["correlationid"] == f"{inbox.topic}/2/{good.offset}"
    assert [
        (row.value, list(row.headers[: len(headers)])) for row, (_, headers) in zip(rejected, bad, strict=True)
    ] == bad
    for row in rejected:
        assert dict(row.headers)["milepost-from"].startswith(inbox.topic.encode())
        assert 0 < len(dict(row.headers)["milepost-reason"]) <= 2_000


async def test_what_is_sent_again_under_the_same_id_answers_what_was_refused(inbox: Inbox) -> None:
    """A program that mends its event writes it to the inbox again: only what it has not mended still waits."""
    await inbox.write(forecast("mended", time="soon"))
    await inbox.write(forecast("left", time="soon"))
    async with ingest(inbox.settings) as running:
        headers = await running.key_of("dft")

        async def waiting() -> list[str]:
            found = (await running.http.get("/rejections", headers=headers)).json()["rejections"]
            return sorted(one["event"]["id"] for one in found if not one["answered"])

        await until(waiting, lambda ids: ids == ["left", "mended"])
        await inbox.write(forecast("mended"))
        await until(waiting, lambda ids: ids == ["left"])


async def test_a_record_that_no_client_can_decode_is_refused_and_the_next_is_read(inbox: Inbox) -> None:
    """The name of its header is no text; the copy says so, and where the record itself still is."""
    sent = await inbox.producer.send_batch(batch_of(inbox.producer, Bad("header")), inbox.topic, partition=0)
    place = f"{inbox.topic}/0/{(await sent).offset}"
    await inbox.write(forecast("next"))
    async with ingest(inbox.settings):
        events, [refused] = await inbox.events(1), await inbox.rejected(1)
    assert ids(events) == ["next"]
    headers = dict(refused.headers)
    assert headers["milepost-from"] == place.encode()
    assert b"header whose name is not UTF-8" in headers["milepost-reason"]


async def test_a_restart_loses_nothing_and_what_is_read_again_is_the_same_word_for_word(inbox: Inbox) -> None:
    """Stopped, and started with an older cursor, as after a crash before the cursor was stored."""
    for number in range(3):
        await inbox.write(forecast(f"before-{number}"))
    async with ingest(inbox.settings):
        await inbox.worked_on(3)
    await inbox.write(forecast("between"))
    await inbox.write(b"rubbish")
    async with ingest(inbox.settings):
        await inbox.worked_on(5)
    await inbox.database["cursors"].update_one({"_id": f"{inbox.topic}/0"}, {"$set": {"next": 1}})
    async with ingest(inbox.settings):
        await inbox.worked_on(5)
    events, rejected = await inbox.events(7), await inbox.rejected(2)
    assert ids(events) == ["before-0", "before-1", "before-1", "before-2", "before-2", "between", "between"]
    assert len({record.value for record in events}) == 4
    assert len({(record.value, record.headers) for record in rejected}) == 1


async def test_an_inbox_that_anyone_could_write_to_is_refused(inbox: Inbox) -> None:
    """Outside local mode, on a broker that asks nobody who they are; the sentence says what to do."""
    service = await build(inbox.settings.model_copy(update={"mode": "production"}))
    with pytest.raises(Refused, match=r"without authentication.*unset MILEPOST_INBOXES"):
        await service.work()
    asked = inbox.settings.model_copy(update={"mode": "production", "kafka_security": "SASL_SSL"})
    asked.refuse_open_inboxes()
