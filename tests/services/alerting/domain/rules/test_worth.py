"""Rules about money and outcomes, over plain values."""

import datetime as dt
from decimal import Decimal

import pytest

from schemas.states import Node
from services.alerting.domain.rules.worth import money_at_risk, outcome_off_path
from tests.services.alerting.examples import PLAN, RAIL

PAID = Node(plan=PLAN, milestone=RAIL)
SPEND_BY = dt.date(2027, 3, 31)
WHOLE = Node(plan=PLAN, milestone="")
PATH = [(dt.date(2026, 1, 1), Decimal(40)), (dt.date(2028, 1, 1), Decimal(60))]


def test_money_is_at_risk_when_the_date_passes_spend_by() -> None:
    """By how many days, how much, of which fund."""
    found = money_at_risk(PAID, dt.date(2027, 4, 30), "Towns Fund", SPEND_BY, Decimal(1_250_000))
    assert found is not None
    assert found.days == 30
    assert found.says.startswith(
        "£1,250,000 of Towns Fund must be spent by 31 March 2027, and this is projected 30 days"
    )


@pytest.mark.parametrize("projected", [None, SPEND_BY, dt.date(2027, 1, 1)])
def test_money_is_not_at_risk_before(projected: dt.date | None) -> None:
    """On the very day it can still be spent; without a date nothing is projected."""
    assert money_at_risk(PAID, projected, "Towns Fund", SPEND_BY, None) is None


def test_an_unknown_amount_is_at_risk_too() -> None:
    """Nobody has said how much."""
    found = money_at_risk(PAID, dt.date(2027, 4, 30), "Towns Fund", SPEND_BY, None)
    assert found is not None
    assert found.says.startswith("money of Towns Fund")


@pytest.mark.parametrize(
    ("direction", "value", "off"),
    [("increase", "49.9", True), ("increase", "50", False), ("decrease", "50.1", True), ("decrease", "50", False)],
)
def test_an_outcome_is_off_its_path(direction: str, value: str, off: bool) -> None:
    """Half-way in time the straight path has it at half of the way."""
    observed = dt.date(2027, 1, 1), Decimal(value)
    found = outcome_off_path(WHOLE, "Employment", direction, PATH, observed)  # type: ignore[arg-type]
    assert (found is not None) is off
    if found:
        assert found.says.startswith(
            f"Employment stood at {value} on 1 January 2027; its path to the target has it at 50."
        )


def test_after_the_target_s_date_the_path_stays_at_the_target() -> None:
    """As before the baseline's it is at the baseline."""
    assert outcome_off_path(WHOLE, "Employment", "increase", PATH, (dt.date(2030, 1, 1), Decimal(59))) is not None
    assert outcome_off_path(WHOLE, "Employment", "increase", PATH, (dt.date(2020, 1, 1), Decimal(40))) is None
