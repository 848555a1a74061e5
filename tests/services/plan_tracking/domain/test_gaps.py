"""Gaps: measured as difference and ratio, judged between two comparable periods, on final values."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.plan_tracking.domain.gaps import Direction, Gap, Value, gap
from services.plan_tracking.domain.periods import Period, period


def values(**of: dict[str, Any]) -> dict[str, dict[Period, Value]]:
    """By place: period to value; a value in a tuple is provisional."""
    made: dict[str, dict[Period, Value]] = {}
    for place, said in of.items():
        made[place] = {}
        for written, value in said.items():
            at = period(written)
            assert at is not None
            provisional = isinstance(value, tuple)
            made[place][at] = Value(written, Decimal(str(value[0] if provisional else value)), provisional)
    return made


def found(way: Direction = "increase", **of: dict[str, Any]) -> Gap:
    """The gap between these places."""
    made = gap(values(**of), way)
    assert made is not None
    return made


def test_a_gap_is_a_difference_and_a_ratio_between_best_and_worst() -> None:
    """Which end is best follows from the direction."""
    ways: list[tuple[Direction, str, str]] = [("increase", "c", "a"), ("decrease", "a", "c")]
    for way, best, worst in ways:
        spread = found(way, a={"2026": 20}, b={"2026": 30}, c={"2026": 50}).latest
        assert (spread.best, spread.worst) == (best, worst)
        assert (spread.absolute, spread.relative) == (Decimal(30), Decimal("2.5"))


def test_a_ratio_needs_a_least_value_above_zero() -> None:
    """Nothing is so many times nought, or a loss."""
    assert found(a={"2026": 0}, b={"2026": 3}).latest.relative is None
    assert found(a={"2026": -1}, b={"2026": 3}).latest.relative is None


def test_one_place_alone_has_no_gap() -> None:
    """Nor two that were never observed in the same period."""
    assert gap(values(a={"2026": 1}), "increase") is None
    assert gap(values(a={"2026": 1}, b={"2025": 1}), "increase") is None
    assert gap({}, "increase") is None


def test_one_period_says_nothing_of_closing() -> None:
    """A verdict needs two comparable periods: of one kind, of the same places."""
    assert found(a={"2026": 1}, b={"2026": 2}).verdict is None
    kinds = found(a={"2026": 1, "2025/26": 1}, b={"2026": 2, "2025/26": 5})
    assert (kinds.latest.period, kinds.verdict) == ("2026", None)
    others = found(a={"2026": 1, "2025": 1}, b={"2026": 2}, c={"2025": 9})
    assert others.verdict is None


def test_a_gap_closes_or_widens_when_neither_measure_contradicts() -> None:
    """Both measures fall, or rise, or stay."""
    assert found(a={"2025": 10, "2026": 12}, b={"2025": 20, "2026": 20}).verdict == "closing"
    assert found(a={"2025": 10, "2026": 9}, b={"2025": 20, "2026": 20}).verdict == "widening"
    assert found(a={"2025": 10, "2026": 20}, b={"2025": 20, "2026": 10}).verdict == "unchanged"


def test_measures_that_contradict_each_other_are_mixed() -> None:
    """Ten and twenty to forty and sixty: ten apart becomes twenty, twice becomes one and a half times."""
    mixed = found(a={"2025": 10, "2026": 40}, b={"2025": 20, "2026": 60})
    assert mixed.verdict == "mixed"
    assert mixed.judged is not None
    assert [one.absolute for one in mixed.judged] == [10, 20]


def test_a_gap_that_closes_because_the_best_fall_back_is_levelled_down() -> None:
    """In the direction in which the outcome is meant to move."""
    a, b = {"2025": 10, "2026": 10}, {"2025": 20, "2026": 12}
    assert (found(a=a, b=b).verdict, found(a=a, b=b).levelled_down) == ("closing", True)
    assert not found("decrease", a=a, b=b).levelled_down
    assert not found(a={"2025": 10, "2026": 15}, b={"2025": 20, "2026": 20}).levelled_down


def test_provisional_values_are_shown_and_judged_only_where_there_are_no_final_ones() -> None:
    """And then said so."""
    a, b = {"2024": 10, "2025": 12, "2026": (19,)}, {"2024": 20, "2025": 20, "2026": 20}
    shown = found(a=a, b=b)
    assert (shown.latest.period, shown.latest.provisional) == ("2026", True)
    assert shown.judged is not None
    assert [(one.period, one.provisional) for one in shown.judged] == [("2024", False), ("2025", False)]
    only = found(a={"2025": (10,), "2026": (12,)}, b={"2025": 20, "2026": 20})
    assert only.judged is not None
    assert (only.verdict, [one.provisional for one in only.judged]) == ("closing", [True, True])


def test_only_those_with_values_in_both_periods_are_compared() -> None:
    """A place that joins does not widen a gap, and takes part in the latest."""
    joined = found(a={"2025": 10, "2026": 12}, b={"2025": 20, "2026": 20}, c={"2026": 90})
    assert joined.latest.best == "c"
    assert joined.judged is not None
    assert [sorted(one.values) for one in joined.judged] == [["a", "b"], ["a", "b"]]
    assert joined.verdict == "closing"


POINTS = st.dictionaries(
    st.sampled_from(["2024", "2025", "2026", "2026 Q1", "2025/26"]),
    st.one_of(st.integers(0, 30), st.tuples(st.integers(0, 30))),
    max_size=5,
)


@given(st.dictionaries(st.sampled_from("abcd"), POINTS, max_size=4), st.sampled_from(["increase", "decrease"]))
def test_a_spread_holds_every_value_between_its_ends(of: dict[str, dict[str, Any]], direction: Direction) -> None:
    """Whatever is observed: nobody is better than the best or worse than the worst, and no verdict without two."""
    made = gap(values(**of), direction)
    if made is None:
        return
    for spread in (made.latest, *(made.judged or ())):
        ends = sorted((spread.values[spread.best], spread.values[spread.worst]), reverse=direction == "increase")
        assert ends == [spread.values[spread.best], spread.values[spread.worst]]
        assert spread.absolute == max(spread.values.values()) - min(spread.values.values())
    assert (made.verdict is None) == (made.judged is None)
