"""The story: a date moves in one department, and everyone downstream is told why, once."""

import json
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer

from tests.events import body
from tests.flow.publisher import Publisher, until
from tests.servers import Stack

PLAN = "dluhc/river-town"


async def received(stack: Stack, plan: str) -> list[dict[str, Any]]:
    """The webhooks that the receiver got about a plan."""
    async with httpx.AsyncClient() as http:
        got = (await http.get(stack.webhook)).json()
    return [one for one in got if any(c["cause"]["plan"] == plan for c in one["body"]["data"]["causes"])]


async def mails(stack: Stack, to: str) -> list[dict[str, Any]]:
    """The mails that the receiver got for an address."""
    async with httpx.AsyncClient() as http:
        return [mail for mail in (await http.get(stack.mail)).json() if to in mail["to"]]


async def publish_chain(publisher: Publisher, plan: str) -> None:
    """Three departments, each needing the one before."""
    await publisher.say("plan.published", plan, {"title": "River town", "tolerance": 10}, plan)
    for department in ("dft", "dwp"):
        await publisher.say("contributor.listed", plan, {"department": department}, plan)
    for name, day in (("dft/bridge", "2027-03-01"), ("dwp/course", "2027-03-20"), ("dluhc/opening", "2027-04-10")):
        await publisher.say("milestone.planned", name, {"title": name.title(), "baseline": day}, plan)
    await publisher.say("dependency.declared", "dwp/course", {"needs": "dft/bridge", "lag": 14}, plan)
    await publisher.say("dependency.declared", "dluhc/opening", {"needs": "dwp/course", "lag": 14}, plan)
    await until(lambda: publisher.plan(plan), lambda p: len(p["milestones"]) == 3)
    await until(lambda: publisher.plan(plan), lambda p: p["milestones"]["dluhc/opening"]["needs"])


async def test_a_date_moves_and_everyone_downstream_is_told_once(stack: Stack) -> None:
    """Page, webhook, mail and metrics, naming cause, days and path; the same call again tells nobody."""
    publisher = Publisher(stack, "dluhc", "dft", "dwp")
    await publish_chain(publisher, PLAN)
    about: dict[str, Any] = {"plan": PLAN, "least_days": 5, "rhythm": "at_once"}
    await publisher.subscribe(channel="webhook", target=f"{stack.webhook}/river", **about)
    await publisher.subscribe(channel="mail", target="river@example.org", **about)

    moved = {"forecast": "2027-03-31", "reason": "Possession moved by Network Rail"}
    attributes = {"id": "move-1", "time": "2026-11-25T02:00:00Z"}
    answer = await publisher.say("milestone.forecast", "dft/bridge", moved, PLAN, **attributes)
    assert answer.status_code == 202
    [hook] = await until(lambda: received(stack, PLAN), len)
    [mail] = await until(lambda: mails(stack, "river@example.org"), len)

    [section] = hook["body"]["data"]["causes"]
    assert hook["body"]["data"]["kind"] == "moved"
    cause = section["cause"]
    assert (cause["milestone"], cause["department"], cause["days"]) == ("dft/bridge", "dft", 30)
    assert cause["reason"] == "Possession moved by Network Rail"
    told = {one["milestone"]: one for one in section["moved"]}
    assert set(told) == {"dft/bridge", "dwp/course", "dluhc/opening"}
    opening = told["dluhc/opening"]
    assert (opening["days"], opening["against_baseline"]) == (18, 18)
    assert [step["milestone"] for step in opening["path"]] == ["dft/bridge", "dwp/course", "dluhc/opening"]
    assert "30 days" in mail["subject"]
    assert "Possession moved by Network Rail" in mail["text"]

    plan = await publisher.plan(PLAN)
    assert [plan["milestones"][n]["slip"] for n in ("dft/bridge", "dwp/course", "dluhc/opening")] == [30, 25, 18]
    page = (await publisher.http.get(f"{stack.plans}/plans/{PLAN}")).text
    assert "18 days later than agreed" in page
    await until(lambda: scraped(stack), lambda text: f'department="dluhc",plan="{PLAN}",status="late"}} 1\n' in text)

    assert (await publisher.say("milestone.forecast", "dft/bridge", moved, PLAN, **attributes)).status_code == 202
    again = await until(lambda: publisher.plan(PLAN), lambda p: len(p["milestones"]) == 3)
    assert again["milestones"] == plan["milestones"]
    await publisher.say("milestone.forecast", "dft/bridge", {"forecast": "2027-06-09", "reason": "Again"}, PLAN)
    hooks = await until(lambda: received(stack, PLAN), lambda got: len(got) > 1)
    assert [one["body"]["data"]["causes"][0]["cause"]["days"] for one in hooks] == [30, 100]


async def scraped(stack: Stack) -> str:
    """The metrics service's page."""
    async with httpx.AsyncClient() as http:
        return (await http.get(f"{stack.metrics}/metrics")).text


async def test_a_publisher_can_ask_what_came_of_an_event(stack: Stack) -> None:
    """Waiting until the lead lists it, applied, superseded by a later one, rejected with the reason."""
    plan = "dluhc/asked"
    publisher = Publisher(stack, "dluhc", "dft")
    await publisher.say("plan.published", plan, {"title": "Asked"}, plan)

    async def asked(identifier: str) -> Any:
        query = {"source": "/dft", "id": identifier}
        answer = await publisher.http.get(f"{stack.ingest}/events", params=query)
        return answer.json()["outcomes"][0] if answer.status_code == 200 else {"outcome": None}

    await publisher.say("milestone.forecast", "dft/x", {"forecast": "2027-03-01", "reason": "First"}, plan, id="ask-1")
    await until(lambda: asked("ask-1"), lambda one: one["outcome"] == "waiting")
    await publisher.say("contributor.listed", plan, {"department": "dft"}, plan)
    await until(lambda: asked("ask-1"), lambda one: one["outcome"] == "applied")
    await publisher.say("milestone.forecast", "dft/x", {"forecast": "2027-04-01", "reason": "Second"}, plan, id="ask-2")
    one = await until(lambda: asked("ask-1"), lambda one: one["outcome"] == "superseded")
    assert {by["id"] for by in one["superseded_by"]} == {"ask-2"}

    forged = body("milestone.forecast", "dft/x", {"forecast": "2027-05-01", "reason": "Forged"}, id="ask-3", plan=plan)
    producer = AIOKafkaProducer(bootstrap_servers=stack.env["MILEPOST_KAFKA"])
    await producer.start()
    await producer.send_and_wait(f"{stack.namespace}.events", json.dumps(forged).encode(), b"dluhc/other", partition=0)
    await producer.stop()
    one = await until(lambda: asked("ask-3"), lambda one: one["outcome"] == "rejected")
    assert "the key is" in one["reason"]
