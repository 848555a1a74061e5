"""What offices have answered to alerts, as the pages are told it."""

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import httpx
from aiokafka import ConsumerRecord

from schemas.alerts import Alert, AlertChanged
from services.plan_tracking.answers import Answers
from tests.services.plan_tracking.examples import NOW, PLAN, shelf
from tests.services.plan_tracking.paging import app

POSSESSION = "dft/riverside-halt/possession"
ANSWER = {"kind": "acknowledged", "by": "dft", "until": "2026-12-10", "why": "A new slot is agreed", "said": NOW}


def _record(**changes: Any) -> ConsumerRecord[bytes, bytes]:
    plain = {
        "plan": PLAN,
        "milestone": POSSESSION,
        "rule": "slipped",
        "level": "firing",
        "since": NOW - dt.timedelta(days=5),
        "days": 49,
        "by_day": False,
        "reason": "49 days later than agreed.",
        "cause": {"plan": PLAN, "milestone": POSSESSION},
        "version": 3,
        "answer": ANSWER,
    }
    data = Alert.model_validate({**plain, **changes})
    names = {"specversion": "1.0", "id": "a", "source": "/milepost/alerting", "plan": PLAN, "subject": POSSESSION}
    value = AlertChanged.model_validate({**names, "time": NOW, "data": data}).model_dump_json().encode()
    return cast("ConsumerRecord[bytes, bytes]", SimpleNamespace(key=b"k", value=value, partition=0, offset=0))


def _answers() -> Answers:
    return Answers("nowhere:9092", "t")


def test_an_answer_is_kept_while_its_alert_holds() -> None:
    """Taken back, or with the alert at its end, it is gone; rubbish on the topic is passed over."""
    answers = _answers()
    answers.take([cast("ConsumerRecord[bytes, bytes]", SimpleNamespace(key=b"x", value=b"{", partition=0, offset=0))])
    answers.take([_record()])
    assert [alert.answer.why for alert in answers.of(PLAN, POSSESSION) if alert.answer] == ["A new slot is agreed"]
    answers.take([_record(answer=None)])
    assert answers.of(PLAN, POSSESSION) == []
    answers.take([_record(), _record(level="ended", ended="completed")])
    assert answers.of(PLAN, POSSESSION) == []


async def test_the_milestones_page_says_who_has_answered() -> None:
    """As an office, with its reason and until when."""
    answers = _answers()
    answers.take([_record()])
    pages = httpx.ASGITransport(app(shelf(), answers.of))
    async with httpx.AsyncClient(transport=pages, base_url="http://pages") as client:
        text = (await client.get(f"/plans/{PLAN}/milestones/{POSSESSION}")).text
    assert "<strong>Acknowledged by Department for Transport</strong> until" in text
    assert "A new slot is agreed" in text
