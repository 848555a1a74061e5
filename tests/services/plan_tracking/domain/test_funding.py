"""Money: a fund counts once, whoever says it; what may not be spent in time is named with its milestone and days."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LogRecord
from services.plan_tracking.domain.facts import Fact
from services.plan_tracking.domain.funding import AtRisk, Fund, allocations, at_risk, funds, paid_for, totals
from services.plan_tracking.domain.lines import Mentioned
from tests.events import NOON, PLAN, event
from tests.services.plan_tracking.domain.test_fold import fold_all
from tests.services.plan_tracking.examples import Spec, states

TOWN, OLD, COUNTY = "E06000001", "E07000001", "E10000001"
DATA = {"place": TOWN, "fund": "Towns Fund", "financial_year": "2026/27", "use": "capital"}


def allocated(name: str, amount: Any, hours: int = 0, **more: Any) -> LogRecord:
    """What a department says of the Towns Fund, so many hours after NOON."""
    at = (NOON + dt.timedelta(hours=hours)).isoformat()
    return event("funding.allocated", name, {**DATA, "amount": amount, **more}, time=at, acceptedtime=at)


def facts(said: Sequence[LogRecord], plan: str = PLAN) -> list[Fact]:
    """The facts of one plan."""
    return [Fact(plan, subject) for subject in fold_all([said])[1].values()]


def everything(*_: str) -> bool:
    """A reader who may know of all milestones."""
    return True


def found(*said: LogRecord) -> list[Fund]:
    """The funds; the old code has become the town's."""
    return funds(allocations(facts(said), everything), {OLD: TOWN})


def test_a_fund_said_by_two_departments_is_one_and_the_later_word_holds() -> None:
    """The other is shown beside it, since it differs; only what holds is summed."""
    [fund] = found(allocated("dluhc/fund", 25), allocated("council/grant", "24.50", 1, fund="Towns fund"))
    assert (fund.fund, fund.holds.department, fund.holds.amount) == ("Towns fund", "council", Decimal("24.50"))
    assert [(one.department, one.amount) for one in fund.differing] == [("dluhc", Decimal(25))]
    assert totals([fund]).capital == Decimal("24.50")


def test_departments_that_agree_are_not_shown_as_differing() -> None:
    """The same amount, route, spend-by date and milestones, whatever the evidence."""
    [fund] = found(allocated("dluhc/fund", 25), allocated("council/grant", "25.00", 1, evidence="Minutes"))
    assert fund.differing == ()
    [other] = found(allocated("dluhc/fund", 25), allocated("council/grant", 25, 1, route="Loan"))
    assert [one.department for one in other.differing] == ["dluhc"]


def test_what_differs_in_place_year_or_use_is_another_fund() -> None:
    """A parent area's too: it is never added to its districts'."""
    made = found(
        allocated("dluhc/a", 1),
        allocated("dluhc/b", 2, financial_year="2027/28"),
        allocated("dluhc/c", 4, use="revenue"),
        allocated("dluhc/d", 8, place=COUNTY),
        allocated("dluhc/e", 16, fund="Another fund"),
    )
    assert len(made) == 5
    town = [fund for fund in made if fund.place == TOWN]
    assert (totals(town).capital, totals(town).revenue) == (Decimal(19), Decimal(4))


def test_a_code_that_was_replaced_is_the_same_place() -> None:
    """One publisher still says the old code."""
    [fund] = found(allocated("dluhc/fund", 25, place=OLD), allocated("council/grant", 24, 1))
    assert (fund.place, fund.holds.department) == (TOWN, "council")


def test_one_department_s_names_are_added_and_one_name_counts_once() -> None:
    """Two projects from one fund; a name that was said in two spellings, or in two plans, holds as last said."""
    [fund] = found(allocated("dluhc/hall", 10), allocated("dluhc/market", 5), allocated("dluhc/hall", 11, 1))
    assert fund.holds.amount == 16
    [spelt] = found(allocated("dluhc/hall", 10), allocated("dluhc/hall", 12, 1, fund="TOWNS FUND"))
    assert spelt.holds.amount == 12
    two = [*facts([allocated("dluhc/hall", 10)]), *facts([allocated("dluhc/hall", 9, 1)], "dft/rail")]
    [once] = funds(allocations(two, everything), {})
    assert (once.holds.amount, once.differing) == (Decimal(9), ())


def test_an_unknown_amount_is_counted_and_not_summed() -> None:
    """Null says that it is no longer known."""
    made = found(allocated("dluhc/a", None), allocated("dluhc/b", 3, use="revenue"))
    assert (totals(made).capital, totals(made).revenue, totals(made).unknown) == (Decimal(0), Decimal(3), 1)


@given(st.permutations([("a", 1), ("b", 2), ("b", 3), ("c", 4)]))
def test_the_order_in_which_facts_are_read_changes_nothing(order: list[tuple[str, int]]) -> None:
    """The stamps decide."""
    said = [allocated(f"{department}/fund", amount, amount) for department, amount in order]
    assert found(*said) == found(*sorted(said, key=lambda record: record.time))


def risks(*said: LogRecord, sees: Any = everything) -> list[AtRisk]:
    """What is at risk, with these milestones: one late, one in time, one without a date, one cancelled."""
    made = states(
        [
            Spec("dft/late", "Late", "2027-02-01", "2027-03-15"),
            Spec("dft/later", "Later", "2027-02-01", "2027-04-15"),
            Spec("dft/in-time", "In time", "2027-02-01"),
            Spec("dft/undated", "Undated"),
            Spec("dft/cancelled", "Cancelled", "2027-02-01", cancelled=True),
        ],
        plan=PLAN,
    )
    mentioned = Mentioned({f"{PLAN}|{state.milestone}": state for state in made}, sees)
    assert {node.plan for node in paid_for(facts(said))} <= {PLAN}
    return at_risk(funds(allocations(facts(said), sees), {}), mentioned)


def pays(*names: str, amount: Any = 25, name: str = "dluhc/fund", hours: int = 0, **more: Any) -> LogRecord:
    """An allocation that pays for milestones of dft and is to be spent by March."""
    return allocated(
        name, amount, hours, pays_for=[f"dft/{one}" for one in names], **{"spend_by": "2027-03-01", **more}
    )


def test_money_is_at_risk_when_a_milestone_it_pays_for_passes_the_spend_by_date() -> None:
    """How much, which milestones, by how many days, the latest first; one in time is no threat."""
    [risk] = risks(pays("late", "in-time", "later"))
    [threatened] = risk.allocations
    assert (risk.amount, threatened.spend_by.isoformat()) == (Decimal(25), "2027-03-01")
    assert [(one.milestone.title, one.why, one.days) for one in threatened.threats] == [
        ("Later", "late", 45),
        ("Late", "late", 14),
    ]
    assert risks(pays("in-time")) == []
    assert risks(pays("late", spend_by="2027-03-15")) == []
    assert risks(pays("late", spend_by=None)) == []


def test_what_has_no_date_or_will_not_happen_threatens_too() -> None:
    """Without days."""
    [risk] = risks(pays("undated", "cancelled", "nowhere"))
    assert {(one.milestone.milestone, one.why, one.days) for one in risk.allocations[0].threats} == {
        ("dft/undated", "undated", None),
        ("dft/cancelled", "cancelled", None),
        ("dft/nowhere", "unplanned", None),
    }


def test_a_spend_by_date_means_the_last_day_of_what_was_said() -> None:
    """By March is by its end."""
    assert risks(pays("late", spend_by={"date": "2027-03-01", "precision": "month"})) == []


def test_a_fund_is_at_risk_once_and_never_above_what_it_holds() -> None:
    """A later word of another department that says nothing of milestones does not make it safe."""
    said = (pays("late", amount=25), allocated("council/grant", 24, 1))
    [risk] = risks(*said)
    assert (risk.department, risk.amount) == ("dluhc", Decimal(24))
    [holding] = risks(pays("late", amount=25), pays("later", amount=20, name="council/grant", hours=1))
    assert (holding.department, holding.amount) == ("council", Decimal(20))
    [part] = risks(pays("late", amount=10), allocated("dluhc/other", 5))
    assert part.amount == 10
    [unknown] = risks(pays("late", amount=None))
    assert unknown.amount is None


def test_a_milestone_that_the_reader_may_not_know_of_takes_no_part() -> None:
    """Neither among the threats nor among what is paid for."""

    def sees(speaker: str, plan: str, milestone: str) -> bool:
        return speaker == plan and milestone != "dft/late"

    assert risks(pays("late"), sees=sees) == []
    [fund] = funds(allocations(facts([pays("late", "in-time")]), sees), {})
    assert fund.holds.allocations[0].pays_for == ("dft/in-time",)
