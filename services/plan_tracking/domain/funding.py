"""Money: what is allocated to a place, counted once, and what of it is at risk."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from schemas.dates import PreciseDate
from schemas.payloads import FundingData
from schemas.states import MilestoneState, Node
from schemas.topics import milestone_key
from services.plan_tracking.domain.facts import Fact
from services.plan_tracking.domain.lines import Mentioned, Named
from services.plan_tracking.domain.masks import Sees
from services.plan_tracking.domain.money import fund_slug
from services.plan_tracking.domain.registers import Stamp, instant
from services.plan_tracking.domain.writes import ALLOCATED

Use = Literal["capital", "revenue"]


@dataclass(frozen=True, slots=True)
class Allocation:
    """One allocation as its publisher said it, in a plan and under a name; `amount` in pounds, None where unknown."""

    plan: str
    name: str
    department: str
    place: str
    fund: str
    financial_year: str
    use: Use
    amount: Decimal | None
    route: str | None
    pays_for: tuple[str, ...]
    spend_by: PreciseDate | None
    evidence: str | None
    said: dt.datetime


Stamped = tuple[Stamp, Allocation]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one department says of a fund: its allocations, one for each name that it uses, and their sum.

    The sum is None where an amount is unknown.
    """

    department: str
    amount: Decimal | None
    allocations: tuple[Allocation, ...]


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund for a place, financial year and use: the statement that holds, and those that say otherwise."""

    place: str
    fund: str
    financial_year: str
    use: Use
    holds: Statement
    differing: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Pounds, of the statements that hold; `unknown` counts the funds whose amount is unknown and left out."""

    capital: Decimal
    revenue: Decimal
    unknown: int


def paid_for(facts: Iterable[Fact]) -> set[Node]:
    """The milestones that these facts pay for."""
    said = ((fact.plan, value) for fact in facts for value, _ in fact.said(ALLOCATED))
    return {Node(plan=plan, milestone=name) for plan, value in said for name in value.get("pays_for", ())}


def allocations(facts: Iterable[Fact], sees: Sees) -> Iterator[Stamped]:
    """What these facts allocate, each with its stamp; without the milestones that the reader may not know of."""
    for fact in facts:
        for value, stamp in fact.said(ALLOCATED):
            data = FundingData.model_validate(value)
            pays_for = tuple(name for name in data.pays_for if sees(fact.plan, fact.plan, name))
            yield stamp, _allocation(fact, data, pays_for, instant(stamp[0]))


def _allocation(fact: Fact, data: FundingData, pays_for: tuple[str, ...], said: dt.datetime) -> Allocation:
    return Allocation(
        plan=fact.plan,
        name=fact.name,
        department=fact.department,
        place=data.place,
        fund=data.fund,
        financial_year=data.financial_year,
        use=data.use,
        amount=data.amount,
        route=data.route,
        pays_for=pays_for,
        spend_by=data.spend_by,
        evidence=data.evidence,
        said=said,
    )


def funds(said: Iterable[Stamped], current: Mapping[str, str]) -> list[Fund]:
    """Each fund once, by place, fund, year and use; `current` has the code that a code has become.

    What two departments say of the same fund (its title compared as a slug), place, financial year and use is one
    fund: the statement with the latest stamp holds, and alone is summed; every other that differs from it (in amount,
    route, spend-by date or what it pays for) is shown beside it. A department that uses several names speaks of several
    allocations of that fund, which are added; one name holds once, as last said, whatever the plans and spellings that
    it was said in.
    """
    found: dict[tuple[str, str, str, Use], list[Allocation]] = defaultdict(list)
    for _, one in sorted(said, key=lambda stamped: stamped[0]):
        found[current.get(one.place, one.place), fund_slug(one.fund), one.financial_year, one.use].append(one)
    made = [_fund(place, year, use, of) for (place, _, year, use), of in found.items()]
    return sorted(made, key=lambda fund: (fund.fund.casefold(), fund.financial_year, fund.use, fund.place))


def _fund(place: str, financial_year: str, use: Use, said: list[Allocation]) -> Fund:
    """The fund of what was said of it, the latest word last."""
    by_department: dict[str, dict[str, Allocation]] = {}
    for one in said:  # whoever speaks goes to the end
        by_department[one.department] = {**by_department.pop(one.department, {}), one.name: one}
    holds, *others = [_statement(department, of.values()) for department, of in reversed(by_department.items())]
    differing = tuple(one for one in others if _content(one) != _content(holds))
    return Fund(place, said[-1].fund, financial_year, use, holds, differing)


def _content(statement: Statement) -> object:
    details = {(one.route, one.spend_by and one.spend_by.date, one.pays_for) for one in statement.allocations}
    return statement.amount, details


def _statement(department: str, said: Collection[Allocation]) -> Statement:
    return Statement(department, _sum(one.amount for one in said), tuple(sorted(said, key=lambda one: one.name)))


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum; None where one of them is unknown."""
    found = list(amounts)
    known = [amount for amount in found if amount is not None]
    return sum(known, Decimal()) if len(known) == len(found) else None


def totals(of: Iterable[Fund]) -> Totals:
    """What these funds come to; give it one place's only, for a parent area's money is not its districts'."""
    sums, unknown = {"capital": Decimal(), "revenue": Decimal()}, 0
    for fund in of:
        if fund.holds.amount is None:
            unknown += 1
        else:
            sums[fund.use] += fund.holds.amount
    return Totals(sums["capital"], sums["revenue"], unknown)


Why = Literal["late", "undated", "cancelled", "unplanned"]


@dataclass(frozen=True, slots=True)
class Threat:
    """A milestone that puts money at risk, and why; `days` is how long after the spend-by date it is projected."""

    milestone: Named
    why: Why
    days: int | None


@dataclass(frozen=True, slots=True)
class Threatened:
    """An allocation that may not be spent in time, with the milestones that threaten it, the latest first."""

    plan: str
    name: str
    amount: Decimal | None
    spend_by: dt.date
    threats: tuple[Threat, ...]


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A fund of which money may not be spent in time: how many pounds, by what its department says; None if unknown."""

    place: str
    fund: str
    financial_year: str
    use: Use
    department: str
    amount: Decimal | None
    allocations: tuple[Threatened, ...]


def at_risk(of: Iterable[Fund], mentioned: Mentioned) -> list[AtRisk]:
    """The funds whose spend-by date is passed by a milestone that they pay for, the first date at the top.

    The milestone is projected (or was met) after that date, or has no date, or was cancelled, or has not been planned.
    Judged is the statement that holds; where nothing of it is at risk, the next that says otherwise: that a later
    statement says nothing of milestones does not make the money safe. Never more than the fund holds is at risk, and
    an allocation counts once, however many milestones threaten it.
    """
    found = [risk for fund in of if (risk := _at_risk(fund, mentioned))]
    return sorted(found, key=lambda risk: (min(one.spend_by for one in risk.allocations), risk.fund, risk.place))


def _at_risk(fund: Fund, mentioned: Mentioned) -> AtRisk | None:
    for statement in (fund.holds, *fund.differing):
        if found := tuple(_threatened(statement, mentioned)):
            amount = _sum(one.amount for one in found)
            if amount is not None and fund.holds.amount is not None:
                amount = min(amount, fund.holds.amount)
            key = (fund.place, fund.fund, fund.financial_year, fund.use)
            return AtRisk(*key, statement.department, amount, found)
    return None


def _threatened(statement: Statement, mentioned: Mentioned) -> Iterator[Threatened]:
    for one in statement.allocations:
        if one.spend_by and (threats := _threats(one, one.spend_by.date, mentioned)):
            yield Threatened(one.plan, one.name, one.amount, one.spend_by.date, threats)


def _threats(one: Allocation, by: dt.date, mentioned: Mentioned) -> tuple[Threat, ...]:
    threats = []
    for name in one.pays_for:
        why, days = _why(mentioned.states.get(milestone_key(one.plan, name)), by)
        if why:
            threats.append(Threat(mentioned.named(one.plan, Node(plan=one.plan, milestone=name)), why, days))
    return tuple(sorted(threats, key=lambda threat: (-(threat.days or 0), threat.milestone.milestone)))


def _why(state: MilestoneState | None, by: dt.date) -> tuple[Why | None, int | None]:
    if state is None:
        return "unplanned", None
    if state.lifecycle == "cancelled":
        return "cancelled", None
    if state.projected is None:
        return "undated", None
    days = (state.projected - by).days
    return ("late", days) if days > 0 else (None, None)
