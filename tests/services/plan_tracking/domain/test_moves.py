"""What each record moved."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LogRecord
from services.plan_tracking.domain.known import known_on
from services.plan_tracking.domain.moves import MOST_NAMED, Step, moved
from tests.events import NOON, PLAN, event, records
from tests.services.plan_tracking.domain.test_known import HOUR, forecast, log


def day(said: str) -> int:
    """An ISO date as an ordinal."""
    return dt.date.fromisoformat(said).toordinal()


def test_a_record_moves_its_milestone_and_all_that_follow() -> None:
    """From which date to which; a record that was superseded already moves nothing."""
    old = {"time": "2026-01-01T09:00:00Z", "acceptedtime": (NOON + 4 * HOUR).isoformat()}
    said = log(
        [
            event("milestone.planned", "dft/a", {"title": "A", "baseline": "2027-01-01"}),
            event("milestone.planned", "dft/b", {"title": "B", "baseline": "2027-01-05"}),
            event("dependency.declared", "dft/b", {"needs": "dft/a"}),
            forecast("2027-01-31", 3),
            event("milestone.forecast", "dft/a", {"forecast": "2027-05-01", "reason": "Old"}, id="old", **old),
        ]
    )
    found = moved(PLAN, said, range(5))
    assert found[0].steps == (Step("dft/a", None, day("2027-01-01")),)
    assert found[2].steps == ()
    assert found[3].steps == (
        Step("dft/a", day("2027-01-01"), day("2027-01-31")),
        Step("dft/b", day("2027-01-05"), day("2027-01-31")),
    )
    assert found[4].steps == ()


def test_a_milestone_that_stays_where_it_is_is_not_moved() -> None:
    """Although another drives it now."""
    planned = [event("milestone.planned", f"dft/{n}", {"title": n, "baseline": "2027-01-31"}) for n in "ab"]
    needs = [event("dependency.declared", "dft/c", {"needs": f"dft/{n}"}, id=n) for n in "ab"]
    said = log([*planned, event("milestone.planned", "dft/c", {"title": "C"}), *needs, forecast("2027-01-30", 3)])
    assert moved(PLAN, said, {5})[5].steps == (Step("dft/a", day("2027-01-31"), day("2027-01-30")),)


@given(st.lists(records(), min_size=1, max_size=10), st.data())
def test_asking_for_some_records_says_the_same_of_them(said: list[LogRecord], data: st.DataObject) -> None:
    """What lies between is folded together, and comes to the same; the steps lead from nothing to the present."""
    entries = log(said)
    some = data.draw(st.sets(st.sampled_from(range(len(entries)))))
    whole = moved(PLAN, entries, range(len(entries)))
    assert moved(PLAN, entries, some) == {offset: whole[offset] for offset in some}
    last = entries[-1].event.acceptedtime
    assert last is not None
    ends = {step.milestone: step.after for one in whole.values() for step in one.steps}
    known = known_on(PLAN, entries, last)
    for name, state in known.milestones.items():
        projected = state.projected.toordinal() if state.projected else None
        assert ends.get(name) == projected


def test_of_a_very_wide_move_some_are_named_and_the_rest_is_counted() -> None:
    """Whoever reads it is not sent thousands."""
    planned = [event("milestone.planned", f"dft/m{n}", {"title": "M"}) for n in range(MOST_NAMED + 20)]
    needs = [event("dependency.declared", f"dft/m{n}", {"needs": "dft/a"}) for n in range(MOST_NAMED + 20)]
    first = event("milestone.planned", "dft/a", {"title": "A", "baseline": "2027-01-01"})
    said = log([*planned, *needs, first])
    found = moved(PLAN, said, {len(said) - 1})
    assert (len(found[len(said) - 1].steps), found[len(said) - 1].more) == (MOST_NAMED, 21)
