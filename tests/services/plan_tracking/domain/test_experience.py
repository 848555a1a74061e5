"""Experience: counts under five are withheld, and nothing that is published leads back to one."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LogRecord
from services.plan_tracking.domain.experience import LEAST, Counted, Experience, experience, published
from services.plan_tracking.domain.facts import Fact
from tests.events import PLAN, event
from tests.services.plan_tracking.domain.test_fold import fold_all

COUNT = st.one_of(st.integers(0, 6), st.integers(0, 60))


def reported(theme: str, count: int, period: str = "2026 Q1", name: str = "northgate/survey") -> LogRecord:
    """One count at a place."""
    data = {"place": "E06000001", "theme": theme, "count": count, "period": period}
    return event("experience.reported", name, data)


def shown(*said: LogRecord) -> Experience:
    """What is published of these."""
    _, subjects = fold_all([said])
    return experience(Fact(PLAN, subject) for subject in subjects.values())


@given(st.integers(0, 10_000_000))
def test_a_count_is_rounded_to_ten_and_withheld_below_five(count: int) -> None:
    """Nought too: what is withheld is what would round to it."""
    made = published(count)
    assert (made is None) == (count < LEAST)
    assert made is None or (made % 10 == 0 and -5 <= count - made <= 4)


@given(st.lists(COUNT, min_size=1, max_size=6), st.data())
def test_no_view_differs_by_what_is_withheld(counts: list[int], data: st.DataObject) -> None:
    """Put any other count below five in its place, and everything that is published, totals too, is the same."""
    other = [count if count >= LEAST else data.draw(st.integers(0, LEAST - 1)) for count in counts]
    views = [shown(*(reported(f"theme {n}", count) for n, count in enumerate(of))) for of in (counts, other)]
    assert views[0] == views[1]


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5), st.data())
def test_no_series_of_views_differs_by_what_was_withheld(history: list[int], data: st.DataObject) -> None:
    """One count, corrected again and again: what is shown on each day tells nothing of the days on which it is not."""
    other = [count if count >= LEAST else data.draw(st.integers(0, LEAST - 1)) for count in history]
    assert [published(count) for count in history] == [published(count) for count in other]


@given(st.lists(st.integers(LEAST, 40), max_size=3), st.lists(st.integers(0, LEAST - 1), min_size=1, max_size=2))
def test_subtracting_from_a_number_that_includes_it_fixes_no_withheld_count(
    parts: list[int], hidden: list[int]
) -> None:
    """A year beside its quarters, a county beside its towns, said earlier or later: 3 and 4 both stay possible."""
    total = published(sum(parts) + sum(hidden))
    if total is None:
        return
    ranges = [range(count - 5, count + 5) for part in parts if (count := published(part)) is not None]
    least, most = sum(one[0] for one in ranges), sum(one[-1] for one in ranges)
    others = list(itertools.product(range(LEAST), repeat=len(hidden) - 1))
    possible = {
        one
        for one in range(LEAST)
        for rest in others
        if one + sum(rest) + least <= total + 4 and one + sum(rest) + most >= total - 5
    }
    assert {3, 4} <= possible


def test_rounding_to_five_would_fix_one() -> None:
    """The example of the docstring: 28 with 12 and 12 published as 30, 10 and 10 leaves only 4."""
    possible = {whole - a - b for whole in range(28, 33) for a in range(8, 13) for b in range(8, 13)} & set(range(5))
    assert possible == {4}


def test_totals_are_sums_of_what_is_published() -> None:
    """By source and period, with the number of counts that are withheld."""
    made = shown(reported("Waits", 37), reported("Buses", 12), reported("Parks", 3), reported("Waits", 8, "2026 Q2"))
    assert [(one.period, one.count, one.withheld) for one in made.totals] == [("2026 Q2", 10, 0), ("2026 Q1", 50, 1)]
    assert (made.least, made.rounded_to) == (5, 10)


def test_counts_are_listed_by_period_and_theme_the_latest_first() -> None:
    """What is no period comes last."""
    made = shown(reported("b", 9, "spring"), reported("b", 9), reported("a", 2), reported("a", 9, "2026 Q2"))
    assert [(one.period, one.theme, one.count) for one in made.counts] == [
        ("2026 Q2", "a", 10),
        ("2026 Q1", "a", None),
        ("2026 Q1", "b", 10),
        ("spring", "b", 10),
    ]


def test_sources_are_kept_apart_and_one_that_speaks_in_two_plans_counts_once() -> None:
    """Two surveys may have asked the same people; the same survey's later word holds."""
    _, one = fold_all([[reported("Waits", 20), reported("Waits", 30, name="northgate/helpline")]])
    later = reported("Waits", 40).model_copy(update={"id": "9"})
    _, two = fold_all([[later]])
    facts = [*(Fact(PLAN, each) for each in one.values()), *(Fact("dft/other", each) for each in two.values())]
    made = experience(facts).counts
    assert [(each.source, each.count) for each in made] == [("northgate/helpline", 30), ("northgate/survey", 40)]
    assert all(isinstance(each, Counted) for each in made)
