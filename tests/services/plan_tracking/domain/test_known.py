"""The plan as known at a moment, what changed between two, and what a forecast is worth."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LogRecord
from services.plan_tracking.domain.compare import compare
from services.plan_tracking.domain.credibility import Credibility, credibility
from services.plan_tracking.domain.known import known_on
from services.plan_tracking.domain.model import Entry
from tests.events import NOON, PLAN, event, records
from tests.services.plan_tracking.domain.test_fold import concluded
from tests.services.plan_tracking.examples import entry

HOUR = dt.timedelta(hours=1)


def log(said: list[LogRecord]) -> list[Entry]:
    """Records in the order of their acceptance, as history has them."""
    accepted = sorted(said, key=lambda record: record.acceptedtime or NOON)
    return [Entry(offset, record) for offset, record in enumerate(accepted)]


@given(st.lists(records(), min_size=1, max_size=10), st.integers(0, 60))
def test_known_at_a_moment_is_a_fold_of_what_was_accepted_by_then(said: list[LogRecord], hours: int) -> None:
    """The rest of the log, later than the moment, changes nothing of it."""
    moment = NOON + hours * HOUR
    by_then = [record for record in said if record.acceptedtime and record.acceptedtime <= moment]
    known = known_on(PLAN, log(said), moment)
    assert known == known_on(PLAN, log(by_then), moment)
    day = event("plan.dated", PLAN, {}, source="/milepost/plan-tracking", acceptedtime=moment.isoformat())
    plan, states = concluded([[*by_then, day]])
    assert {name: state.model_copy(update={"version": 0}) for name, state in known.milestones.items()} == states
    assert known.plan.model_copy(update={"version": 0}) == plan


def forecast(day: str, hours: int) -> LogRecord:
    """The owner's date, said and accepted so many hours after NOON."""
    at = (NOON + hours * HOUR).isoformat()
    return event("milestone.forecast", "dft/a", {"forecast": day, "reason": "Why"}, id=day, time=at, acceptedtime=at)


def test_what_changed_between_two_moments_names_who_moved_by_how_many_days_and_why() -> None:
    """A milestone that moved, one that is new; what stayed is not named."""
    first = [
        event("milestone.planned", "dft/a", {"title": "A", "baseline": "2027-01-01"}),
        event("milestone.planned", "dft/b", {"title": "B", "baseline": "2027-01-05"}),
        event("dependency.declared", "dft/b", {"needs": "dft/a"}),
        event("milestone.planned", "dft/c", {"title": "C", "baseline": "2027-01-05"}),
    ]
    later = (NOON + 5 * HOUR).isoformat()
    fresh = event("milestone.planned", "dft/d", {"title": "D"}, acceptedtime=later)
    said = log([*first, forecast("2027-01-31", 3), fresh])
    moved = compare(known_on(PLAN, said, NOON + HOUR), known_on(PLAN, said, NOON + 9 * HOUR))
    assert [(one.milestone, one.changes, one.days) for one in moved] == [
        ("dft/a", ("moved",), 30),
        ("dft/b", ("moved",), 26),
        ("dft/d", ("new",), None),
    ]
    assert moved[1].cause is not None
    assert (moved[1].cause.milestone, moved[0].reason) == ("dft/a", "Why")


def test_credibility_counts_moves_and_their_average() -> None:
    """The same date again is no move; a new baseline agreed is none of the owner's moves."""
    said = [
        entry("milestone.planned", {"title": "A", "baseline": "2027-01-01"}, "2026-01-01T09:00"),
        entry("milestone.forecast", {"forecast": "2027-01-31", "reason": "x"}, "2026-02-01T09:00"),
        entry("milestone.forecast", {"forecast": "2027-01-31", "reason": "x"}, "2026-03-01T09:00"),
        entry("milestone.rebaselined", {"baseline": "2027-03-01"}, "2026-03-05T09:00"),
        entry("milestone.reported", {"forecast": "2027-04-01"}, "2026-04-01T09:00"),
    ]
    assert credibility(said) == Credibility(2, 45)
    assert credibility(said[:1]) == Credibility(0, None)
