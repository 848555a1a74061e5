"""Rules that one milestone's own state decides: when each holds, since when, and what it says to do."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dates import PreciseDate
from schemas.states import Blocked, Confidence, MilestoneState
from services.alerting.domain.rules import milestones
from services.alerting.domain.rules.every import Holding, of_milestone
from services.alerting.domain.rules.holds import Limits, reason
from tests.services.alerting.examples import NOW, RAIL, STATION, TODAY, Step, day, states

LIMITS = Limits(blocked_days=10)


def state(step: Step | None = None, **changes: Any) -> MilestoneState:
    """A milestone that is on time, or the step, with these changes."""
    return states([step or Step(RAIL, 100)])[0].model_copy(update=changes)


def holding(one: MilestoneState, now: dt.datetime = NOW) -> Holding:
    """What holds for it."""
    return of_milestone(one, {}, now, LIMITS)


def blocked(days: int, by: str | None = None) -> Blocked:
    """Blocked for so many days."""
    return Blocked(reason="Possession refused.", by=by, since=NOW - dt.timedelta(days=days))


def green(value: str = "Green") -> Confidence:
    """Somebody's word that all is well."""
    return Confidence(scale="RAG", value=value, assessor="Portfolio office", assessed=day(-20))


def test_nothing_holds_for_a_milestone_on_time() -> None:
    """Open, dated, within tolerance, approved."""
    assert holding(state(baseline_approved=True)) == {}


def test_slipped_says_by_how_much_and_what_to_do() -> None:
    """Its own date drives it."""
    found = holding(state(Step(RAIL, 100, 150)))["late"]
    assert (found.rule, found.days, found.by_day) == ("slipped", 50, False)
    assert found.says.startswith("50 days later than agreed; the plan tolerates 14 days. Its own date drives it:")


def test_an_inherited_slip_leaves_room_for_the_name_of_its_cause() -> None:
    """Who may not see the cause reads the same sentence without the name."""
    _, station = states([Step(RAIL, 100, 150), Step(STATION, 110, needs=(RAIL,))])
    found = holding(station)["late"]
    assert (found.rule, found.cause.milestone) == ("inherited-slip", RAIL)
    assert [node.milestone for node in found.path] == [RAIL, STATION]
    assert "Rail 2 drives it" in reason(found.says, "Rail 2")
    assert "another milestone drives it" in reason(found.says)


@pytest.mark.parametrize(("days", "holds"), [(10, False), (11, True), (40, True)])
def test_blocked_holds_after_its_limit(days: int, holds: bool) -> None:
    """Ten days are allowed; on the eleventh it is said, with the reason given."""
    found = holding(state(blocked=blocked(days))).get("blocked")
    assert (found is not None) is holds
    if found:
        assert found.says.startswith(f"blocked for {days} days: Possession refused. Find out who can end it")


def test_who_could_end_a_block_is_named() -> None:
    """`by` is whom to ask."""
    assert "Ask hmt to end it" in holding(state(blocked=blocked(12, "hmt")))["blocked"].says


def test_declared_green_but_late() -> None:
    """Green, however it is written, and over tolerance; amber-green is no green, nor is green on time a finding."""
    late = Step(RAIL, 100, 145)
    for value in ("Green", " GREEN", "g"):
        found = holding(state(late, confidence=green(value)))["declared-green"]
        assert found.days == 45
        assert "Portfolio office declared it green on 5 November 2026, and it is 45 days late" in found.says
    assert "declared-green" not in holding(state(late, confidence=green("Amber/Green")))
    assert "declared-green" not in holding(state(confidence=green()))


def test_an_uncontrolled_baseline_holds_of_a_met_milestone_too() -> None:
    """The agreed date was moved without an approval: being met by it does not mend that, an approval does."""
    moved: dict[str, Any] = {"baseline": PreciseDate(date=day(130)), "baseline_approved": False}
    for one in (state(**moved), state(Step(RAIL, 130, actual=120), **moved)):
        assert "4 April 2027, and nobody approved it" in holding(one)["uncontrolled-baseline"].says
    assert holding(state(baseline_approved=None)) == {}
    assert "uncontrolled-baseline" not in holding(state(Step(RAIL, 130, cancelled=True), **moved))


def test_reopened_holds_until_it_is_over_again() -> None:
    """It was said to be met, and is open."""
    again = NOW - dt.timedelta(days=3)
    assert "open again since 22 November 2026" in holding(state(reopened_at=again))["reopened"].says
    assert holding(state(Step(RAIL, 100, actual=99), reopened_at=again)) == {}


def test_what_waits_to_be_listed_raises_nothing() -> None:
    """Whatever is wrong with it."""
    wrong = state(Step(RAIL, -50, listed=False), blocked=blocked(40), baseline_approved=False, reopened_at=NOW)
    assert holding(wrong) == {}


def test_what_somebody_said_is_quoted_on_one_bounded_line() -> None:
    """Line ends and marks that turn the direction do not get through; nor do two thousand letters."""
    said = milestones.quoted("Refused.\r\nBcc: x@example.org\u202e " + "x" * 2_000)
    assert said.startswith("Refused. Bcc: x@example.org x")
    assert len(said) == milestones.LONGEST_QUOTE


@given(st.integers(-30, 30), st.one_of(st.none(), st.integers(0, 40)), st.integers(0, 60))
def test_nothing_changes_before_the_next_day_that_is_foretold(due: int, since: int | None, ahead: int) -> None:
    """Between now and the day on which it is to be judged again, each day's judgement is today's."""
    one = state(Step(RAIL, due), blocked=blocked(since) if since is not None else None)
    wakes = milestones.next_day(one, TODAY, LIMITS.blocked_days)
    assert wakes is not None
    assert wakes > TODAY
    then = NOW + dt.timedelta(days=ahead)
    if then.date() < wakes:
        assert holding(one, then) == holding(one)


def test_what_is_over_or_undated_is_never_judged_again_by_the_clock() -> None:
    """Met, cancelled, not listed, or without a date; nor does the end of the calendar matter."""
    for step in (Step(RAIL, 5, actual=3), Step(RAIL, 5, cancelled=True), Step(RAIL, 5, listed=False), Step(RAIL, None)):
        assert milestones.next_day(state(step), TODAY, 10) is None
    assert milestones.next_day(state(declared=dt.date.max), TODAY, 10) is None
