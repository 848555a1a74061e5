"""Rules about money and outcomes: when each holds, and what it says to do."""

import datetime as dt
from decimal import Decimal
from typing import Any

from schemas.states import FundAtRisk, MilestoneState, MoneyAtRisk, OffPath, PlanState
from services.alerting.domain.rules.every import of_milestone, of_plan
from services.alerting.domain.rules.holds import LIMITS
from services.alerting.domain.rules.worth import money_at_risk
from tests.services.alerting.examples import NOW, RAIL, TODAY, Step, plan_state, states
from tests.services.alerting.world import World, each

SPEND_BY = dt.date(2027, 3, 31)


def fund(amount: Decimal | None = Decimal(1_250_000)) -> FundAtRisk:
    """A fund that must be spent 30 days before the milestone that it pays for is projected."""
    return FundAtRisk(
        fund="Towns Fund",
        place="E06000001",
        financial_year="2026/27",
        use="capital",
        department="dluhc",
        amount=amount,
        spend_by=SPEND_BY,
        days=30,
    )


def paid(*funds: FundAtRisk, more: int = 0, **changes: Any) -> MilestoneState:
    """A milestone that these funds pay for."""
    risk = MoneyAtRisk(spend_by=SPEND_BY, days=30, funds=funds, more=more)
    return states([Step(RAIL, 100)])[0].model_copy(update={"money_at_risk": risk, **changes})


def test_money_is_at_risk_when_the_date_passes_spend_by() -> None:
    """By how many days, how much, of which fund; it is among what holds for the milestone."""
    found = of_milestone(paid(fund()), {}, NOW, LIMITS)["money-at-risk"]
    assert (found.rule, found.days, found.by_day, found.cause.milestone) == ("money-at-risk", 30, False, RAIL)
    assert found.says.startswith(
        "£1,250,000 of Towns Fund is at risk: it must be spent by 31 March 2027, and this is projected 30 days later. "
    )


def test_other_funds_are_counted() -> None:
    """One alert has one sentence: the first fund by its date, and how many there are besides."""
    found = money_at_risk(paid(fund(), fund(), more=7))
    assert found is not None
    assert "30 days later; so is money of 8 other funds. Ask" in found.says


def test_an_unknown_amount_is_at_risk_too() -> None:
    """Nobody has said how much."""
    found = money_at_risk(paid(fund(None)))
    assert found is not None
    assert found.says.startswith("money of Towns Fund is at risk")


def test_money_of_what_is_over_or_not_listed_or_on_time_is_no_alert() -> None:
    """Nothing can be brought forward any more, or nobody may hear of it, or the state says that none is at risk."""
    for one in (paid(fund(), lifecycle="done"), paid(fund(), listed=False), paid(fund(), money_at_risk=None)):
        assert "money-at-risk" not in of_milestone(one, {}, NOW, LIMITS)


def off_path(**changes: Any) -> OffPath:
    """An outcome that is worse than on its path."""
    return OffPath(
        **{
            "outcome": "dluhc/jobs",
            "department": "dluhc",
            "title": "Jobs",
            "unit": "jobs",
            "period": "2026 Q3",
            "value": Decimal(70),
            "wanted": Decimal("82.5060"),
            "target": Decimal(1000),
            "target_date": dt.date(2028, 3, 31),
            **changes,
        }
    )


def plan_off(*off: OffPath, **changes: Any) -> PlanState:
    """The plan with these outcomes off their path."""
    return plan_state().model_copy(update={"off_path": off, **changes})


def test_an_outcome_off_its_path_is_a_level_of_the_plan() -> None:
    """What it stands at, since when, where its path has it, and how many more there are."""
    found = of_plan(plan_off(off_path()))["outcome-off-path"]
    assert (found.rule, found.days, found.cause.milestone) == ("outcome-off-path", 0, "")
    assert found.says.startswith(
        "Jobs stood at 70 (jobs) in 2026 Q3; its path to 1,000 by 31 March 2028 has it at 82.51. Ask"
    )
    found = of_plan(plan_off(off_path(place="E06000001"), off_path(), more={"off_path": 3}))["outcome-off-path"]
    assert found.says.startswith("Jobs at E06000001 stood at 70")
    assert "So are 4 other series of its outcomes." in found.says


def test_outcomes_on_their_path_or_of_a_plan_that_was_withdrawn_are_no_alert() -> None:
    """Nobody works on it any more."""
    assert of_plan(plan_off()) == {}
    assert "outcome-off-path" not in of_plan(plan_off(off_path(), withdrawn=TODAY))


def test_it_is_said_in_the_weekly_digest_only() -> None:
    """Whatever rhythm a subscriber asked for; and so is its end."""
    world = World(rhythm="at_once")
    world.lead(off_path=(off_path(),))
    assert world.told("at_once") is None
    assert world.told("daily") is None
    assert [told.rule for told in each(world.told("weekly"))] == ["outcome-off-path"]
    world.lead(off_path=())
    assert world.told("at_once") is None
    assert [told.ended for told in each(world.told("weekly"))] == ["resolved"]
