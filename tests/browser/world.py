"""What the pages are looked at with: towns and their plans, a large plan, and names made to break pages."""

import asyncio
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer

from schemas.envelope import BATCH
from services.kit.identity import Sessions
from services.kit.kafka import partition_of
from tests.events import body
from tests.flow.publisher import Publisher, until
from tests.servers import Stack
from tests.services.ingest.readers.books import Line, quarterly_return, saved
from tests.services.plan_tracking import towns
from tests.services.plan_tracking.domain.hostile import HOSTILE as OF_FEEDS

DEPARTMENTS = ("dluhc", "dft", "dwp", "dfe", "aldermoor-council")
LEAD = "dluhc"
LARGE, HOSTILE = "dluhc/three-hundred", "dluhc/hostile"
HOSTILE_PLACE = "E06000066"
LATE = "2031-03-15"

NAMES = (
    *(name for name in OF_FEEDS if "\x00" not in name),
    "<img src=x onerror=alert(1)>",
    "{{7*7}} ${7*7} {% raw %}",
    "\u202eturned \u2067and turned again",
    "שדרוג תחנת הרכבת (שלב 2)",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘ station",
    "W" * 300,
)
"""Names in every place where a publisher may write one."""

EVIL = NAMES[-6]
"""One for every field that is not a title."""

Said = tuple[str, str, dict[str, Any]]
"""Which event, about what, and its data."""


def large() -> Iterator[Said]:
    """Three hundred milestones of six departments, each of which needs one or two before it."""
    yield "plan.published", LARGE, {"title": "Three hundred milestones", "mission": towns.MISSION, "target": LATE}
    for number in range(300):
        owner = DEPARTMENTS[number % len(DEPARTMENTS)]
        due = dt.date(2029, 1, 5) + dt.timedelta(days=2 * number)
        name = f"{owner}/stage-{number}"
        yield "milestone.planned", name, {"title": f"Stage {number} of the works", "baseline": due.isoformat()}
        for earlier in {number - 5, number - 7} if number >= 7 else ():
            needed = f"{DEPARTMENTS[earlier % len(DEPARTMENTS)]}/stage-{earlier}"
            yield "dependency.declared", name, {"needs": needed}
    moved = {"forecast": "2029-04-01", "reason": "Possession moved"}
    yield "milestone.forecast", f"{DEPARTMENTS[3]}/stage-3", moved


def hostile() -> Iterator[Said]:
    """A plan in which each text is one of NAMES."""
    place = {"code": HOSTILE_PLACE, "name": NAMES[-5]}
    titled = {"title": NAMES[-4], "mission": f"Mission {EVIL}", "contact": EVIL}
    yield "plan.published", HOSTILE, {**titled, "places": [place], "target": LATE}
    for number, title in enumerate(NAMES):
        name = f"dft/m-{number}"
        data = {"title": title, "baseline": "2031-01-01", "forecast": "2031-02-15", "places": [HOSTILE_PLACE]}
        yield "milestone.planned", name, data
        yield "milestone.forecast", name, {"forecast": LATE, "reason": title}
        if number:
            yield "dependency.declared", name, {"needs": "dft/m-0"}
    yield "milestone.blocked", "dft/m-1", {"reason": EVIL}
    agreed = {"baseline": "2031-01-02", "approved_by": EVIL, "reason": NAMES[-2]}
    yield "milestone.rebaselined", "dft/m-2", agreed
    assessed = {"scale": EVIL[:100], "value": "green", "assessor": EVIL, "assessed": "2026-11-01"}
    yield "confidence.assessed", "dft/m-3", assessed
    measure = {"title": EVIL, "unit": "<b>%</b>\u202e", "direction": "increase", "source": NAMES[-1], "target": "9"}
    yield "outcome.defined", "dft/measure", measure
    groups = (("2026 Q1", EVIL[:100]), ("2026 Q2", EVIL[:100]), ("2026 Q2", "{{7*7}} sum"), (EVIL[:50], None))
    for period, group in groups:
        value = {"period": period, "value": 3, "place": HOSTILE_PLACE, "provisional": True}
        yield "outcome.observed", "dft/measure", value | ({"group": group} if group else {})
    for number, title in enumerate(NAMES):
        fund = {"place": HOSTILE_PLACE, "fund": title, "amount": 5, "financial_year": "2026/27", "use": "capital"}
        spent = {"pays_for": [f"dft/m-{number}"], "spend_by": "2031-01-01", "route": title[:200], "evidence": title}
        yield "funding.allocated", f"dft/fund-{number}", fund | spent
        reported = {"place": HOSTILE_PLACE, "theme": title[:100], "count": 40, "period": "2026 Q3"}
        yield "experience.reported", "dft/survey", reported


def listed(plan: str) -> Iterator[Said]:
    """The contributors of a plan; one department is left to wait where there are milestones of it."""
    for number, name in enumerate(DEPARTMENTS):
        if name != plan.partition("/")[0] and not (plan == HOSTILE and name == "dfe"):
            yield "contributor.listed", plan, {"department": name, "title": NAMES[number] if plan == HOSTILE else name}


@dataclass(frozen=True, slots=True)
class World:
    """Running services with everything in them, the lead's session, and the addresses that are made when first used."""

    stack: Stack
    publisher: Publisher
    session: str
    receipt: str
    rejection: str
    confirming: str
    leaving: str
    answering: str


async def founded(stack: Stack) -> World:
    """Says everything, and returns when it shows."""
    publisher = await asyncio.to_thread(Publisher, stack, *DEPARTMENTS)
    said = {
        LARGE: (*listed(LARGE), *large()),
        HOSTILE: (*listed(HOSTILE), *hostile(), ("milestone.planned", "dfe/waits", {"title": EVIL})),
    }
    for plan, events in said.items():
        await say_all(publisher, plan, events, stack)
    for records in (towns.renewal(reporting={"every": "quarter", "due_days": 30}), towns.jobs()):
        of_towns = ((one.type[13:-3], one.subject, one.model_dump(mode="json")["data"]) for one in records)
        await say_all(publisher, records[0].plan, of_towns, stack)
    last = f"dft/m-{len(NAMES) - 1}"
    await until(lambda: publisher.plan(HOSTILE), lambda plan: plan["milestones"].get(last, {}).get("needs"), 60)
    await until(lambda: publisher.plan(LARGE), lambda plan: len(plan["milestones"]) == 300, 60)
    await until(lambda: publisher.plan(towns.JOBS), lambda plan: len(plan["milestones"]) == 2, 60)
    await publisher.subscribe(channel="mail", target="listener@example.org", plan=HOSTILE)
    sessions = Sessions(stack.env["MILEPOST_SESSION_SECRET"])
    return World(
        stack=stack,
        publisher=publisher,
        session=sessions.issue((LEAD, "dft")),
        receipt=await _receipt(stack, publisher),
        rejection=await _rejection(stack, publisher),
        confirming=await _mailed(stack, publisher, "team@example.org", "/subscriptions/confirm"),
        leaving=await _mailed(stack, publisher, "listener@example.org", "/subscriptions/leave"),
        answering=await _mailed(stack, publisher, "listener@example.org", "/alerts/answer"),
    )


async def say_all(publisher: Publisher, plan: str, events: Iterable[Said], stack: Stack) -> None:
    """Posts the events in one batch."""
    now = dt.datetime.now(dt.UTC)
    batch = [
        {
            "specversion": "1.0",
            "id": f"{plan}-{number}",
            "source": f"/{subject.partition('/')[0]}",
            "type": f"org.milepost.{kind}.v1",
            "subject": subject,
            "plan": plan,
            "time": (now + dt.timedelta(milliseconds=number)).isoformat(),
            "data": data,
        }
        for number, (kind, subject, data) in enumerate(events)
    ]
    headers = {"Content-Type": BATCH}
    answer = await publisher.http.post(f"{stack.ingest}/events", content=json.dumps(batch), headers=headers)
    assert answer.status_code == 202, answer.text[:2000]


async def _receipt(stack: Stack, publisher: Publisher) -> str:
    """The address of a receipt: a return whose titles are hostile."""
    day = dt.date(2026, 9, 30)
    lines: list[Line] = [
        ("6.01.1", NAMES[-6], day, day, "Complete", EVIL),
        ("6.01.2", NAMES[-5], day, dt.date(2031, 1, 1), "Live", NAMES[-4]),
    ]
    form = {"plan": towns.RENEWAL, "department": "dft", "project": "ARE_0024", "as_at": "2026-09-30", "publish": "true"}
    file = {"file": (f"{EVIL}.xlsx", await asyncio.to_thread(lambda: saved(quarterly_return(*lines))))}
    answer = await publisher.http.post(f"{stack.ingest}/returns", data=form, files=file)
    assert answer.status_code == 202, answer.text
    return f"/publish/receipts/{answer.json()['receipt'].rpartition('/')[2]}"


async def _rejection(stack: Stack, publisher: Publisher) -> str:
    """The address of what was refused: a record with a hostile title, written to a partition that is not its plan's."""
    now = dt.datetime.now(dt.UTC).isoformat()
    said = body("milestone.planned", "dft/refused", {"title": EVIL}, plan=HOSTILE, time=now, acceptedtime=now)
    async with AIOKafkaProducer(bootstrap_servers=stack.env["MILEPOST_KAFKA"]) as producer:
        wrong = (partition_of(HOSTILE) + 1) % 24
        topic = f"{stack.namespace}.events"
        await producer.send_and_wait(topic, json.dumps(said).encode(), HOSTILE.encode(), partition=wrong)

    async def refused() -> list[dict[str, Any]]:
        found = (await publisher.http.get(f"{stack.ingest}/rejections")).json()
        return list(found["rejections"])

    [first, *_] = await until(refused, bool, 60)
    return f"/publish/rejections/{first['id']}"


async def _mailed(stack: Stack, publisher: Publisher, mailbox: str, link: str) -> str:
    """The address of a link in a mail to a mailbox, as soon as it has come."""

    async def found() -> str:
        mails = (await publisher.http.get(stack.mail)).json()
        texts = (f"{mail['headers'].get('list-unsubscribe')} {mail['text']}" for mail in mails if mailbox in mail["to"])
        return next((it[0] for text in texts if (it := re.search(rf"{link}/[^\s>]+", text))), "")

    return await until(found, bool, 60)
