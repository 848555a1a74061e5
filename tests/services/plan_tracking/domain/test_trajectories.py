"""Outcomes off their path: what a plan's state says of them, in whatever order it was said."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LogRecord
from schemas.states import OffPath
from services.plan_tracking.domain.fold import network_moves
from services.plan_tracking.domain.known import known_on
from services.plan_tracking.domain.model import Entry
from services.plan_tracking.domain.trajectories import MOST_OFF_PATH, Outcomes
from tests.events import NOON, PLAN, event
from tests.services.plan_tracking.domain.test_fold import concluded, fold_all

PATH = {"target": 100, "target_date": "2028-12-31"}


def defined(name: str = "dluhc/jobs", hours: int = 0, **changes: Any) -> LogRecord:
    """Jobs, which are to be 100 by the end of 2028, said so many hours after NOON."""
    data = {"title": "Jobs", "unit": "jobs", "direction": "increase", "source": "Survey", **PATH, **changes}
    said = {field: value for field, value in data.items() if value is not None}
    return event("outcome.defined", name, said, id=f"d-{name}-{hours}", **_at(hours))


def observed(period: str, value: Any, hours: int = 0, name: str = "dluhc/jobs", **more: Any) -> LogRecord:
    """A value of it."""
    data = {"period": period, "value": value, **more}
    return event("outcome.observed", name, data, id=f"o-{period}-{hours}", **_at(hours))


def _at(hours: int) -> dict[str, str]:
    moment = (NOON + dt.timedelta(hours=hours)).isoformat()
    return {"time": moment, "acceptedtime": moment}


def off(*said: LogRecord) -> tuple[OffPath, ...]:
    """What is off its path once these were said, one after another."""
    return concluded([[one] for one in said])[0].off_path


START = observed("2024", 20)


def test_what_is_worse_than_the_straight_way_to_the_target_is_off_its_path() -> None:
    """From 20 at the end of 2024 to 100 at the end of 2028 it is to be 60 at the end of 2026."""
    [found] = off(defined(), START, observed("2026", "59.9"))
    assert (found.outcome, found.title, found.place, found.period) == ("dluhc/jobs", "Jobs", None, "2026")
    assert (found.value, round(found.wanted, 1), found.target) == (Decimal("59.9"), Decimal(60), Decimal(100))
    assert off(defined(), START, observed("2026", 61)) == ()


def test_an_outcome_that_is_to_decrease_is_off_its_path_above_it() -> None:
    """From 100 to 20 it is to be 60 half-way."""
    less = defined(direction="decrease", target=20)
    assert off(less, observed("2024", 100), observed("2026", 61))
    assert off(less, observed("2024", 100), observed("2026", 59)) == ()


@pytest.mark.parametrize(
    "said",
    [
        [defined(target=None), START, observed("2026", 1)],
        [defined(target_date=None), START, observed("2026", 1)],
        [defined(), observed("2026", 1)],
        [START, observed("2026", 1)],
        [defined(), START, observed("2026", 1, provisional=True)],
        [defined(), START, observed("2026", None)],
        [defined(), START, observed("2026 Q4", 1)],
        [defined(), observed("2024", 200), observed("2026", 120)],
        [defined(), observed("2024", 20, group="Women"), observed("2026", 1, group="Women")],
    ],
    ids=[
        "no target",
        "no date",
        "one period",
        "undefined",
        "provisional",
        "unknown",
        "another kind",
        "reached",
        "group",
    ],
)
def test_nothing_is_judged_without_a_path(said: list[LogRecord]) -> None:
    """Nor by what may still change, nor by what cannot be compared; what has reached its target is on its path."""
    assert off(*said) == ()


def test_after_the_targets_date_only_the_target_will_do() -> None:
    """The path stays there; also where the series begins after it."""
    assert off(defined(), START, observed("2030", 99))
    assert off(defined(), START, observed("2030", 100)) == ()
    assert off(defined(), observed("2030", 20), observed("2031", 99))


def test_a_later_word_puts_it_right() -> None:
    """A value that was corrected, a target that was lowered."""
    worse = observed("2026", 30)
    assert off(defined(), START, worse, observed("2026", 70, 1)) == ()
    assert off(defined(), START, worse, defined(hours=1, target=30)) == ()
    assert off(defined(), START, worse, observed("2026", None, 1)) == ()


def test_places_are_judged_by_themselves_the_first_are_named_and_the_rest_is_counted() -> None:
    """A plan's state is never larger than a record on Kafka may be."""
    places = [f"E06{number:06}" for number in range(MOST_OFF_PATH + 3)]
    said = [observed(year, value, place=place) for place in places for year, value in (("2024", 20), ("2026", 30))]
    plan, _ = concluded([[defined(), *said]])
    assert [one.place for one in plan.off_path] == places[:MOST_OFF_PATH]
    assert plan.more == {"off_path": 3}


def test_what_a_department_says_that_is_not_listed_is_told_once_it_is() -> None:
    """As of everything else that it says."""
    said = [defined("dwp/jobs"), observed("2024", 20, name="dwp/jobs"), observed("2026", 30, name="dwp/jobs")]
    assert off(*said) == ()
    assert off(*said, event("contributor.listed", PLAN, {"department": "dwp"}))


HOURS = st.integers(-2, 2)
SAID = st.one_of(
    st.builds(
        defined, hours=HOURS, target=st.sampled_from([None, 3, 50]), direction=st.sampled_from(["increase", "decrease"])
    ),
    st.builds(
        observed,
        st.sampled_from(["2024", "2025", "2026", "2026 Q1", "Q1 2026", "soon"]),
        st.none() | st.integers(0, 99),
        HOURS,
        place=st.sampled_from([None, "E06000001"]),
        group=st.sampled_from([None, "Women"]),
        provisional=st.booleans(),
    ),
)


@given(st.lists(SAID, min_size=1, max_size=9), st.data())
def test_the_level_is_a_function_of_the_set_of_records(said: list[LogRecord], data: st.DataObject) -> None:
    """Law 1: any order, repetition and split; in memory it is what is read from the store, and was so on the day."""
    shuffled = data.draw(st.permutations(said + data.draw(st.lists(st.sampled_from(said), max_size=3))))
    edges = sorted({0, len(shuffled), *data.draw(st.lists(st.integers(0, len(shuffled)), max_size=3))})
    folded, subjects = fold_all([shuffled[a:b] for a, b in itertools.pairwise(edges)])
    assert folded.network.outcomes.off == fold_all([said])[0].network.outcomes.off
    assert folded.network.outcomes.off == Outcomes().after(network_moves(subjects.items()).outcomes).off
    entries = [Entry(number, one) for number, one in enumerate(said)]
    assert known_on(PLAN, entries, NOON + dt.timedelta(days=1)).plan.off_path == concluded([said])[0].off_path
