"""Outcomes: their series by place and group, how far from the target, and the gaps."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from schemas.events import LogRecord
from services.plan_tracking.domain.facts import Fact
from services.plan_tracking.domain.outcomes import Outcome, Series, outcomes
from tests.events import PLAN, event
from tests.services.plan_tracking.domain.test_fold import fold_all

A, B, COUNTY = "E06000001", "E06000002", "E10000001"
DEFINED = {"title": "Waits", "unit": "days", "direction": "decrease", "source": "NHS", "target": "18"}


def defined(**more: Any) -> LogRecord:
    """The definition: waits, which are to fall."""
    return event("outcome.defined", "nhs/waits", {**DEFINED, **more})


def observed(period: str, value: Any, place: str | None = A, group: str | None = None, **more: Any) -> LogRecord:
    """One value."""
    said = {"place": place, "group": group}
    data = {"period": period, "value": value, **{name: one for name, one in said.items() if one}, **more}
    return event("outcome.observed", "nhs/waits", data)


def found(*said: LogRecord, within: Mapping[str, Collection[str]] | None = None) -> Outcome:
    """The one outcome of these records."""
    _, subjects = fold_all([said])
    [made] = outcomes((Fact(PLAN, subject) for subject in subjects.values()), within or {})
    return made


def only(made: Outcome) -> Series:
    """The one series."""
    [series] = made.series
    return series


def test_a_series_is_in_the_order_of_time_with_its_latest_value() -> None:
    """Whatever the order in which it was said."""
    series = only(found(defined(), observed("2026 Q2", 20), observed("2025 Q4", 30), observed("2026 Q1", 25)))
    assert [one.period for one in series.observed] == ["2025 Q4", "2026 Q1", "2026 Q2"]
    assert series.latest is not None
    assert (series.latest.value, series.to_target) == (Decimal(20), Decimal(2))


def test_what_is_left_to_the_target_is_above_zero_whichever_way_it_is_meant_to_move() -> None:
    """And zero or below once it is reached."""
    for direction, value, left in (
        ("decrease", "18.5", "0.5"),
        ("decrease", 17, -1),
        ("increase", 17, 1),
        ("increase", 18, 0),
    ):
        series = only(found(defined(direction=direction), observed("2026", value)))
        assert series.to_target == Decimal(left)
    assert only(found(defined(target=None), observed("2026", 17))).to_target is None
    assert only(found(observed("2026", 17))).to_target is None


def test_what_cannot_be_compared_is_listed_apart() -> None:
    """Periods of another kind than the latest, and what is no period at all."""
    series = only(found(defined(), observed("2026", 9), observed("2026 Q1", 8), observed("spring", 7)))
    assert [one.period for one in series.observed] == ["2026"]
    assert [one.period for one in series.apart] == ["2026 Q1", "spring"]


def test_a_value_that_is_no_longer_known_is_shown_and_not_judged() -> None:
    """Null says so."""
    series = only(found(defined(), observed("2026 Q1", 20), observed("2026 Q2", None)))
    assert [one.value for one in series.observed] == [20, None]
    assert series.latest is not None
    assert series.latest.period == "2026 Q1"


def test_a_provisional_value_is_marked() -> None:
    """Until it is said again without."""
    series = only(found(defined(), observed("2026", 20, provisional=True)))
    assert series.latest is not None
    assert series.latest.provisional


def test_of_a_period_written_in_two_ways_the_later_word_counts() -> None:
    """In the gap, where each place has one value."""
    later = {"time": "2026-11-25T12:00:01Z"}
    again = event("outcome.observed", "nhs/waits", {"period": "2025/26 Q4", "value": 40, "place": A}, id="2", **later)
    made = found(defined(), observed("2026 Q1", 20), again, observed("2026 Q1", 30, B))
    assert made.between_places is not None
    assert made.between_places.latest.values == {A: 40, B: 30}


def test_the_gap_between_places_leaves_out_groups_and_what_others_lie_in() -> None:
    """A county is not compared with its own towns."""
    said = (defined(), observed("2026", 20), observed("2026", 30, B), observed("2026", 90, COUNTY))
    made = found(*said, observed("2026", 99, A, "Over 65"), within={A: [COUNTY], B: [COUNTY]})
    assert made.between_places is not None
    assert made.between_places.latest.values == {A: 20, B: 30}
    assert found(*said).between_places is not None
    assert COUNTY in found(*said).between_places.latest.values  # type: ignore[union-attr]


def test_groups_are_compared_inside_each_place() -> None:
    """And those of all places among themselves."""
    made = found(
        defined(),
        observed("2026", 20, A, "Men"),
        observed("2026", 30, A, "Women"),
        observed("2026", 25, None, "Men"),
        observed("2026", 26, None, "Women"),
        observed("2026", 20, B, "Men"),
    )
    gaps = {one.place: one.gap.latest for one in made.between_groups}
    assert {place: (spread.best, spread.absolute) for place, spread in gaps.items()} == {
        None: ("Men", Decimal(1)),
        A: ("Men", Decimal(10)),
    }


def test_a_place_sees_its_own_series_and_the_gap_between_all() -> None:
    """And what was observed of no place."""
    made = found(defined(), observed("2026", 20), observed("2026", 30, B), observed("2026", 25, None)).at([A])
    assert [one.place for one in made.series] == [None, A]
    assert made.between_places is not None
    assert set(made.between_places.latest.values) == {A, B}


def test_an_outcome_that_is_not_defined_has_series_and_no_gaps() -> None:
    """Which end is best is not known; its title is the last part of its name."""
    made = found(observed("2026", 20), observed("2026", 30, B))
    assert (made.title, made.defined, made.between_places) == ("waits", None, None)
    assert len(made.series) == 2


def test_the_same_outcome_of_two_plans_is_two() -> None:
    """Each plan answers for what it says."""
    _, subjects = fold_all([[defined(), observed("2026", 20)]])
    facts = [Fact(plan, subject) for plan in (PLAN, "dft/rail") for subject in subjects.values()]
    assert [one.plan for one in outcomes(facts, {})] == ["dft/rail", PLAN]


def test_any_words_can_be_a_group_or_a_period() -> None:
    """Signs that separate names elsewhere, dots, line ends and letters of any script."""
    odd = ["a|b@c.d", "$x.y", "женщины", "two\nlines", "%40"]
    made = found(defined(), *(observed(f"{word} 2026", 1, A, word) for word in odd))
    assert sorted(one.group or "" for one in made.series) == sorted(odd)
