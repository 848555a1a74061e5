"""Outcomes in words: values, what is left to the target, and gaps."""

from decimal import Decimal

import pytest

from services.plan_tracking.domain.outcome_words import figure, gap_words, pounds, target_words
from tests.services.plan_tracking.domain.test_outcomes import A, B, defined, found, observed, only

NAMES = {A: "Aldermoor", B: "Brackwater"}


@pytest.mark.parametrize(
    ("value", "said"), [("1450", "1,450"), ("100", "100"), ("12.500", "12.5"), ("-3", "−3"), ("0.00", "0")]
)
def test_a_number_is_written_as_people_do(value: str, said: str) -> None:
    """Thousands parted, no empty decimals, a minus that is one."""
    assert figure(Decimal(value)) == said


def test_pounds_are_whole_or_have_pence() -> None:
    """And what is unknown is said to be."""
    assert [pounds(Decimal(one)) for one in ("25000000", "12.5", "0")] == ["£25,000,000", "£12.50", "£0"]
    assert pounds(None) == "amount unknown"


def test_the_target_is_told_with_what_is_left_to_it() -> None:
    """Whichever way the outcome is meant to move; with its date, where it has one."""
    by = defined(target_date="2028-03-31")
    series = only(found(by, observed("2026", 20)))
    assert target_words(series, found(by).defined) == "2 days to go to the target of 18 by 31 March 2028"
    reached = found(defined(), observed("2026", 17))
    assert target_words(only(reached), reached.defined) == "the target of 18 is reached"
    assert target_words(only(found(observed("2026", 17))), None) == "nobody has defined this outcome yet"
    nothing = found(defined(target=None), observed("2026", 17))
    assert target_words(only(nothing), nothing.defined) == "no target stated"


def test_a_gap_is_told_with_what_it_was_and_whether_it_closes() -> None:
    """Both ends by name, the difference and the ratio."""
    made = found(
        *(observed(f"2026 Q{q}", v, p) for q, p, v in ((1, A, 20), (1, B, 30), (2, A, 20), (2, B, 25))), defined()
    )
    assert made.between_places is not None
    assert gap_words(made.between_places, "days", NAMES) == (
        "Aldermoor 20 and Brackwater 25 are 5 days apart (1.25 times) in 2026 Q2. "
        "It was 10 days apart (1.50 times) in 2026 Q1. The gap is closing."
    )


def test_one_period_says_nothing_of_closing_and_a_gap_that_closes_downwards_is_told() -> None:
    """Nor does a provisional value pass for a final one."""
    one = found(observed("2026 Q1", 20, provisional=True), observed("2026 Q1", 30, B), defined())
    assert one.between_places is not None
    said = gap_words(one.between_places, "days", NAMES)
    assert "in 2026 Q1, provisional." in said
    assert said.endswith("Whether it closes cannot be said from one period.")
    down = found(
        *(observed(f"2026 Q{q}", v, p) for q, p, v in ((1, A, 20), (1, B, 30), (2, A, 29), (2, B, 30))), defined()
    )
    assert down.between_places is not None
    assert "people are worse off than before" in gap_words(down.between_places, "days", NAMES)
