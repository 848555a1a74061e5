"""Escalation: what nobody answers goes to the lead, once."""

import datetime as dt

import pytest

from services.alerting.domain.answers import Answer, level
from services.alerting.domain.answers import Scope as Answered
from services.alerting.domain.escalation import working_days_after
from services.alerting.domain.scopes import Scope, found_under
from tests.services.alerting.examples import NOW, PLAN, RAIL, TODAY, Step
from tests.services.alerting.world import World, each, names

LATE = f"{PLAN}|{RAIL}|late"
FIVE_WORKING_DAYS = 7
"""From a Wednesday, in calendar days."""


@pytest.mark.parametrize(
    ("day", "number", "after"),
    [("2026-11-25", 1, "2026-11-26"), ("2026-11-25", 3, "2026-11-30"), ("2026-11-28", 1, "2026-11-30")],
)
def test_working_days_leave_out_the_week_s_end(day: str, number: int, after: str) -> None:
    """Of a Saturday the first working day after it is Monday."""
    assert working_days_after(dt.date.fromisoformat(day), number) == dt.date.fromisoformat(after)


@pytest.fixture
def lead() -> World:
    """The lead's own list listens to what is its department's; another's milestone has slipped."""
    world = World(departments=("dluhc",), scope=Scope("department", "dluhc"))
    world.hear([Step(RAIL, 100)])
    world.hear([Step(RAIL, 100, 150)])
    return world


def concerns(world: World) -> bool:
    """Whether the lead's list finds the alert."""
    return "department:dluhc" in found_under(world.alerts[LATE])


def test_what_nobody_answers_goes_to_the_lead_after_five_working_days(lead: World) -> None:
    """Not a day before; it is said why, and only once."""
    lead.passed = FIVE_WORKING_DAYS - 1
    assert lead.rejudge() == []
    assert not concerns(lead)
    lead.passed = FIVE_WORKING_DAYS
    lead.rejudge()
    assert concerns(lead)
    assert lead.alerts[LATE].alert.escalated == TODAY + dt.timedelta(days=FIVE_WORKING_DAYS)
    (told,) = each(lead.told())
    assert "Nobody answered it within 5 working days" in told.reason
    lead.passed += 10
    assert lead.rejudge() == []
    assert lead.told() is None


def test_what_was_answered_stays_where_it_is(lead: World) -> None:
    """Whoever did; when the answer is over, nobody has answered again."""
    scope = Answered(PLAN, RAIL)
    until = TODAY + dt.timedelta(days=20)
    lead.answers = [Answer("a", "acknowledged", scope, "dft", until, "we know", NOW, {LATE: level(lead.alerts[LATE])})]
    lead.rejudge()
    lead.passed = FIVE_WORKING_DAYS
    lead.rejudge()
    assert not concerns(lead)
    lead.passed = 21
    lead.rejudge()
    assert concerns(lead)


def test_who_was_told_already_is_not_told_again_because_it_is_the_lead_s() -> None:
    """A subscriber to the plan heard of it when it slipped."""
    world = World()
    world.hear([Step(RAIL, 100)])
    world.hear([Step(RAIL, 100, 150)])
    assert names(world.told()) == [RAIL]
    world.passed = FIVE_WORKING_DAYS
    world.rejudge()
    assert world.told() is None


def test_what_is_over_is_the_lead_s_no_more(lead: World) -> None:
    """And when it slips again, five working days begin again."""
    lead.passed = FIVE_WORKING_DAYS
    lead.rejudge()
    lead.hear([Step(RAIL, 100)])
    assert lead.alerts[LATE].alert.escalated is None
    lead.hear([Step(RAIL, 100, 150)])
    assert lead.alerts[LATE].alert.escalated is None
