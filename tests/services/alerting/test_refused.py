"""What was refused of a department's records, on a real Kafka and a real store: told to its own list alone."""

import json
from typing import Any

from schemas import topics
from tests.kafka import committed
from tests.servers import Servers
from tests.services.alerting.examples import PLAN, department_state, plan_state
from tests.services.alerting.running import Receiver, alerting


async def told(receiver: Receiver, path: str) -> list[Any]:
    """What came to a path."""
    return [json.loads(one["text"])["data"] for one in await receiver.at(path)]


async def test_the_department_s_list_is_told_once_and_that_it_is_over(
    servers: Servers, namespace: str, receiver: Receiver
) -> None:
    """Others who listen to it, or to a plan, are told nothing; a restart and an older state change nothing."""
    async with alerting(servers, namespace, receiver, department="dft") as own:
        await own.subscribe(channel="webhook", target=receiver.url("/own"), department="dft")
        await own.subscribe(channel="webhook", target=receiver.url("/plan"), plan=PLAN)
        await own.announce(plan_state(), department_state(1))
    async with alerting(servers, namespace, receiver, department="dfe") as other:
        await other.subscribe(channel="webhook", target=receiver.url("/other"), department="dft")
        await other.announce(department_state(2, time=2))
        await other.announce(department_state(3, time=2), department_state(1, time=9, hours=9))
    async with alerting(servers, namespace, receiver, department="dft") as own:
        await own.settled()
        assert [(data["kind"], data["links"]) for data in await told(receiver, "/own")] == [
            ("raised", {"rejections": "http://ingest.example/publish/rejections"})
        ]
        await own.announce(department_state(4))
        assert [data["kind"] for data in await told(receiver, "/own")] == ["raised", "ended"]
    assert (await told(receiver, "/other"), await told(receiver, "/plan")) == ([], [])
    assert await committed(servers.kafka, topics.alerts(namespace).name) == []


async def test_a_new_list_hears_in_its_summary_what_waits(servers: Servers, namespace: str, receiver: Receiver) -> None:
    """Whoever subscribes to its own department; another's summary does not say it."""
    async with alerting(servers, namespace, receiver, department="dft") as own:
        await own.announce(department_state(1, time=2))
        await own.subscribe(channel="webhook", target=receiver.url("/own"), department="dft")
        await own.settled()
    async with alerting(servers, namespace, receiver, department="dfe") as other:
        await other.subscribe(channel="webhook", target=receiver.url("/other"), department="dft")
        await other.settled()
    assert [data["kind"] for data in await told(receiver, "/own")] == ["summary"]
    assert await told(receiver, "/other") == []
