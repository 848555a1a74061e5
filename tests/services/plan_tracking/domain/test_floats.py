"""How much room there is before the target, and what drives it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.plan_tracking.domain.floats import earlier, outlook, total_floats
from services.plan_tracking.domain.working_days import later
from tests.services.plan_tracking.examples import Spec, plan_state, states

SPECS = [
    Spec("dft/a", "A", "2027-01-01", "2027-01-11", None, ()),
    Spec("dft/b", "B", "2027-02-01", None, None, (("dft/a", 10),)),
    Spec("dft/c", "C", "2027-03-01", None, None, (("dft/b", 5),)),
    Spec("dft/d", "D", None, None, None, ()),
]


def test_what_drives_the_target_is_the_path_to_the_last_milestone() -> None:
    """With its date and how many days after the target."""
    made = states([*SPECS, Spec("dft/e", "E", "2027-03-02", None, None, (("dft/a", 80),))])
    found = outlook(plan_state(made, target="2027-03-31"), made)
    assert found is not None
    assert (found.last.milestone, found.projected, found.days) == ("dft/e", dt.date(2027, 4, 1), 1)
    assert [node.milestone for node in found.path] == ["dft/a", "dft/e"]


def test_a_milestone_may_move_until_something_behind_it_passes_the_target() -> None:
    """A through B and C: the target less 15 days; what has no date has no room to speak of."""
    made = states(SPECS)
    found = total_floats(plan_state(made, target="2027-03-31"), made)
    assert found == {"dft/a": 64, "dft/b": 53, "dft/c": 30, "dft/d": None}
    assert set(total_floats(plan_state(made, target=None), made).values()) == {None}


@pytest.mark.parametrize("room", [64, 65])
def test_moving_by_the_float_keeps_the_target_and_one_day_more_does_not(room: int) -> None:
    """The float is exact."""
    moved = dt.date(2027, 1, 11) + dt.timedelta(days=room)
    made = states([Spec("dft/a", "A", "2027-01-01", moved.isoformat(), None, ()), *SPECS[1:]])
    found = outlook(plan_state(made, target="2027-03-31"), made)
    assert found is not None
    assert found.days == room - 64


DAYS = st.integers(738_000, 741_000)


@given(DAYS, st.integers(-60, 60), st.frozensets(st.integers(738_000, 741_000).filter(lambda d: (d - 1) % 7 < 5)))
def test_earlier_is_the_inverse_of_later(day: int, lag: int, holidays: frozenset[int]) -> None:
    """The last day from which the lag does not lead past the day."""
    pinned = tuple(sorted(holidays))
    found = earlier(day, lag, "working", pinned)
    assert later(found, lag, "working", pinned) <= day < later(found + 1, lag, "working", pinned)


@given(DAYS, st.integers(-60, 60), st.frozensets(DAYS, max_size=40))
def test_working_days_pass_over_holidays_too(day: int, lag: int, holidays: frozenset[int]) -> None:
    """The same as walking day by day and counting those on which people work."""
    free = frozenset(one for one in holidays if (one - 1) % 7 < 5)
    walked, left, step = day, abs(lag), 1 if lag > 0 else -1
    while left:
        walked += step
        left -= (walked - 1) % 7 < 5 and walked not in free
    assert later(day, lag, "working", tuple(sorted(free))) == walked
