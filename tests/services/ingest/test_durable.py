"""The answer to a batch says which of its events are on the log, whatever becomes of the others."""

import datetime as dt
import json
from typing import Any

from schemas import topics
from services.kit.kafka import partition_of
from tests.events import PLAN, body
from tests.servers import Servers, limit_batches
from tests.services.ingest.running import ingest, read, settings_for

BATCH = {"Content-Type": "application/cloudevents-batch+json"}
OTHER = "dluhc/another-plan"


def forecast(identifier: str, plan: str, **attributes: Any) -> dict[str, Any]:
    """An event of dft's about a plan, as of a minute ago."""
    now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    data = {"forecast": "2027-03-01", "reason": "Possession moved"}
    made = body("milestone.forecast", "dft/rail-2", data, id=identifier, plan=plan, time=now.isoformat())
    return {**made, **attributes}


async def test_an_answer_names_the_events_that_kafka_has_and_those_to_send_again(
    servers: Servers, namespace: str
) -> None:
    """One partition takes what it is given, another refuses it: 207; where nothing is taken: 503 and Retry-After."""
    assert partition_of(PLAN) != partition_of(OTHER)
    topic = topics.events(namespace).name
    await limit_batches(servers.kafka, topic, 5_000)
    kept, refused = [forecast(f"kept-{n}", PLAN) for n in range(2)], forecast("bad", PLAN, type="x")
    lost = [forecast(f"lost-{n}", OTHER, ext="x" * 4_000) for n in range(2)]
    async with ingest(settings_for(servers, namespace)) as service:
        headers = {**await service.key_of("dft"), **BATCH}
        said = [kept[0], lost[0], refused, lost[1], kept[1]]
        some = await service.http.post("/events", content=json.dumps(said), headers=headers)
        none = await service.http.post("/events", content=json.dumps([refused, *lost]), headers=headers)
    assert (some.status_code, some.headers["retry-after"]) == (207, "5")
    assert [one["id"] for one in some.json()["accepted"]] == ["kept-0", "kept-1"]
    rejected = some.json()["rejected"]
    assert [(one["index"], one["id"], one["problem"]["status"]) for one in rejected] == [
        (1, "lost-0", 503),
        (2, "bad", 422),
        (3, "lost-1", 503),
    ]
    assert "same id" in rejected[0]["problem"]["detail"]
    assert (none.status_code, none.headers["retry-after"]) == (503, "5")
    assert none.headers["content-type"] == "application/problem+json"
    assert none.json()["accepted"] == []
    assert [one["problem"]["status"] for one in none.json()["rejected"]] == [422, 503, 503]
    assert {json.loads(record.value)["id"] for record in await read(servers.kafka, topic, 2)} == {"kept-0", "kept-1"}
