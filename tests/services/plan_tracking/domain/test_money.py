"""Money at risk: what a milestone's state says of the money that pays for it, in whatever order it was said."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LogRecord
from schemas.states import MilestoneState, MoneyAtRisk
from services.plan_tracking.domain.conclude import milestone_said, milestone_state
from services.plan_tracking.domain.fold import network_moves
from services.plan_tracking.domain.known import known_on
from services.plan_tracking.domain.model import Entry
from services.plan_tracking.domain.money import MOST_FUNDS
from tests.events import MILESTONES, NOON, PLAN, event, records
from tests.services.plan_tracking.domain.test_fold import concluded, fold_all

PLANNED = event("milestone.planned", "dluhc/f", {"title": "Opening", "baseline": "2027-05-01"})


def allocated(name: str = "dluhc/fund", hours: int = 0, **changes: Any) -> LogRecord:
    """Money for dluhc/f, to be spent by April, so many hours after NOON."""
    data = {
        "place": "E06000001",
        "fund": "Towns Fund",
        "amount": "2500000.50",
        "financial_year": "2026/27",
        "use": "capital",
        "pays_for": ["dluhc/f"],
        "spend_by": "2027-04-01",
    }
    moment = (NOON + dt.timedelta(hours=hours)).isoformat()
    said = {name: value for name, value in (data | changes).items() if value is not ...}
    return event("funding.allocated", name, said, id=f"{name}-{hours}", time=moment, acceptedtime=moment)


def risk(*said: LogRecord) -> MoneyAtRisk | None:
    """What is at risk of the money of dluhc/f once it was planned and these were said, one after another."""
    return concluded([[PLANNED], *([one] for one in said)])[1]["dluhc/f"].money_at_risk


def test_money_is_at_risk_once_the_milestone_it_pays_for_passes_its_date() -> None:
    """How much of which fund, by when, by how many days."""
    found = risk(allocated())
    assert found is not None
    assert (found.amount, found.spend_by, found.days, found.more) == (Decimal("2500000.50"), dt.date(2027, 4, 1), 30, 0)
    [fund] = found.funds
    assert (fund.fund, fund.place, fund.department, fund.days) == ("Towns Fund", "E06000001", "dluhc", 30)


def test_on_the_very_day_or_without_a_date_or_a_milestone_or_a_pound_nothing_is_at_risk() -> None:
    """Nor where the money pays for something else."""
    for changes in ({"spend_by": "2027-05-01"}, {"spend_by": ...}, {"pays_for": ["dft/a"]}, {"amount": 0}):
        assert risk(allocated(**changes)) is None


def test_what_moves_the_milestone_or_the_allocation_changes_the_level() -> None:
    """A forecast, a later date to spend it by, another milestone that it pays for: each the same in memory as anew."""
    safe = allocated(spend_by="2027-06-01")
    late = event("milestone.forecast", "dluhc/f", {"forecast": "2027-06-15", "reason": "Steel"})
    assert risk(safe) is None
    assert risk(safe, late) is not None
    assert risk(allocated(), allocated(hours=1, spend_by="2027-06-01")) is None
    assert risk(allocated(), allocated(hours=1, pays_for=[])) is None
    cancelled = event("milestone.cancelled", "dluhc/f", {"reason": "No longer needed"})
    assert risk(allocated(), cancelled) is None


def test_an_inherited_slip_puts_money_at_risk() -> None:
    """The milestone's owner has said nothing: what it needs has moved."""
    needed = event("milestone.planned", "dluhc/a", {"title": "Bridge", "baseline": "2027-03-01"})
    needs = event("dependency.declared", "dluhc/f", {"needs": "dluhc/a"})
    moved = event("milestone.forecast", "dluhc/a", {"forecast": "2027-06-15", "reason": "Possession"})
    found = risk(allocated(spend_by="2027-06-01"), needed, needs, moved)
    assert found is not None
    assert found.days == 14


def test_the_same_fund_counts_once_and_names_of_one_department_are_added() -> None:
    """The department that spoke last is believed."""
    listed = event("contributor.listed", PLAN, {"department": "dft"})
    found = risk(listed, allocated(amount=5), allocated("dft/fund", 1, amount=7, fund="towns fund"))
    assert found is not None
    assert (found.amount, [fund.department for fund in found.funds]) == (Decimal(7), ["dft"])
    found = risk(listed, allocated(amount=5), allocated("dluhc/more", 1, amount=7, spend_by="2027-04-05"))
    assert found is not None
    assert (found.amount, found.days, len(found.funds)) == (Decimal(12), 30, 1)


def test_an_amount_that_nobody_knows_leaves_the_sum_unknown() -> None:
    """Part of a sum would be read as the whole."""
    found = risk(allocated(), allocated("dluhc/other", fund="Levelling up", amount=None))
    assert found is not None
    assert (found.amount, len(found.funds)) == (None, 2)


def test_of_very_many_funds_the_first_by_date_are_named_and_the_rest_is_counted() -> None:
    """A state is never larger than a record on Kafka may be; the sum has them all."""
    many = [allocated(f"dluhc/fund-{n}", fund=f"Fund {n}", amount=1, spend_by=f"2027-04-{20 - n}") for n in range(9)]
    found = risk(*many)
    assert found is not None
    assert (found.amount, found.more, len(found.funds)) == (Decimal(9), 9 - MOST_FUNDS, MOST_FUNDS)
    assert (found.spend_by, found.funds[0].fund) == (dt.date(2027, 4, 12), "Fund 8")


def test_what_a_department_says_that_is_not_listed_is_told_once_it_is() -> None:
    """Nobody outside knows of its money before, as of everything else that it says."""
    said = allocated("dwp/fund")
    listed = event("contributor.listed", PLAN, {"department": "dwp"})
    assert risk(said) is None
    assert risk(said, listed) is not None
    assert fold_all([[PLANNED], [said], [listed]])[0].affected == {"dluhc/f"}


ALLOCATED = st.builds(
    allocated,
    st.sampled_from(["dluhc/fund", "dluhc/more", "dft/fund"]),
    st.integers(-2, 2),
    fund=st.sampled_from(["Towns Fund", "Towns fund", "Other"]),
    amount=st.none() | st.integers(0, 9),
    pays_for=st.lists(st.sampled_from(MILESTONES), max_size=3),
    spend_by=st.sampled_from([..., "2026-10-01", "2026-12-01", "2027-04-01"]),
)


@st.composite
def about_money(draw: st.DrawFn) -> list[LogRecord]:
    """Records of which many allocate money to milestones that are planned."""
    return [*draw(st.lists(ALLOCATED, min_size=1, max_size=5)), *draw(st.lists(records(), max_size=8)), PLANNED]


@given(about_money(), st.data())
def test_the_level_is_a_function_of_the_set_of_records(said: list[LogRecord], data: st.DataObject) -> None:
    """Law 1: any order, repetition and split; and all that differs is among the affected."""
    shuffled = data.draw(st.permutations(said + data.draw(st.lists(st.sampled_from(said), max_size=3))))
    whole = concluded([said])
    stored = dict[str, MilestoneState]()
    for number in range(1, len(shuffled) + 1):
        folded, subjects = fold_all([[one] for one in shuffled[:number]])
        stored |= {n: milestone_state(folded.plan, subjects[n], folded.network, None) for n in folded.affected}
    assert {n: one.money_at_risk for n, one in stored.items()} == {n: one.money_at_risk for n, one in whole[1].items()}
    assert concluded([[one] for one in shuffled]) == whole


@given(about_money(), st.lists(st.integers(0, 13), max_size=3))
def test_what_is_kept_in_memory_is_what_is_read_from_the_store(said: list[LogRecord], at: list[int]) -> None:
    """After any split the money of the network is that of the facts alone, but for those that pay for nothing."""
    edges = sorted({0, len(said), *(cut for cut in at if cut < len(said))})
    folded, subjects = fold_all([said[a:b] for a, b in itertools.pairwise(edges)])
    read = network_moves((name, one) for name, one in subjects.items() if name.startswith("funding|")).money
    assert {fact: one for fact, one in folded.network.money.by_fact.items() if one} == {
        f: o for f, o in read.items() if o
    }
    paid = {name: facts for name, facts in folded.network.money.by_milestone.items() if facts}
    assert paid == {
        name: frozenset(fact for fact, said in read.items() if any(name in one.data.pays_for for one in said))
        for name in paid
    }
    assert paid.keys() == {name for said in read.values() for one in said for name in one.data.pays_for}


@given(about_money())
def test_it_was_known_on_a_day_and_is_said_as_a_state_is_dumped(said: list[LogRecord]) -> None:
    """The past is folded by the same fold; JSON values are those of the model."""
    folded, subjects = fold_all([said])
    last = max(one.acceptedtime for one in said if one.acceptedtime)
    known = known_on(PLAN, [Entry(number, one) for number, one in enumerate(said)], last)
    for name in folded.network.given:
        state = milestone_state(folded.plan, subjects[name], folded.network, None)
        assert known.milestones[name].money_at_risk == state.money_at_risk
        assert milestone_said(folded.plan, subjects[name], folded.network, None) == state.model_dump(mode="json")
