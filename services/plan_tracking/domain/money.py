"""Money that pays for milestones and must be spent by a date: kept with the network, and what of it is at risk."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from schemas.names import owner, slugify
from schemas.payloads import FundingData
from services.plan_tracking.domain.registers import Registers, Stamp
from services.plan_tracking.domain.writes import ALLOCATED

MOST_FUNDS = 5
"""Funds that a milestone's state names; the rest is counted."""

Listed = Callable[[str], bool]
"""Whether the lead has listed a department: what others say of money is not told."""


@dataclass(frozen=True, slots=True)
class Paying:
    """An allocation that says by when (an ordinal) it must be spent, and which milestones of its plan it pays for."""

    department: str
    data: FundingData
    spend_by: int
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Money:
    """What pays for a plan's milestones: the allocations by fact, the facts by milestone. It never changes."""

    by_fact: Mapping[str, tuple[Paying, ...]] = field(default_factory=dict)
    by_milestone: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def after(self, moves: Mapping[str, tuple[Paying, ...]]) -> "Money":
        """The money once these facts say this."""
        moves = {fact: said for fact, said in moves.items() if said != self.by_fact.get(fact, ())}
        if not moves:
            return self
        by_fact, by_milestone = {**self.by_fact, **moves}, dict(self.by_milestone)
        for fact, said in moves.items():
            now = _paid(said)
            for name in now - _paid(self.by_fact.get(fact, ())):
                by_milestone[name] = by_milestone.get(name, frozenset()) | {fact}
            for name in _paid(self.by_fact.get(fact, ())) - now:
                by_milestone[name] -= {fact}
        return Money(by_fact, by_milestone)

    def paying(self, milestone: str) -> Iterator[Paying]:
        """The allocations that pay for a milestone."""
        for fact in self.by_milestone.get(milestone, ()):
            yield from (one for one in self.by_fact[fact] if milestone in one.data.pays_for)


def _paid(said: Iterable[Paying]) -> set[str]:
    return {name for one in said for name in one.data.pays_for}


def paying(fact: str, registers: Registers) -> tuple[Paying, ...]:
    """What the registers of a fact about funding allocate to milestones, with a date to spend it by."""
    return tuple(_paying(fact, registers))


def _paying(fact: str, registers: Registers) -> Iterator[Paying]:
    for name, register in registers.items():
        if name.startswith(ALLOCATED) and register.value.get("pays_for") and register.value.get("spend_by"):
            data = FundingData.model_validate(register.value)
            assert data.spend_by  # noqa: S101 - asked for above
            yield Paying(owner(fact.partition("|")[2]), data, data.spend_by.date.toordinal(), register.stamp)


def repaid(before: Money, after: Money, facts: Collection[str]) -> set[str]:
    """The milestones that these facts paid for, or pay for now."""
    if before is after:
        return set()
    return {name for money in (before, after) for fact in facts for name in _paid(money.by_fact.get(fact, ()))}


def heard_anew(money: Money, before: Listed, now: Listed) -> set[str]:
    """The milestones paid for by a department that has come to be listed."""
    said = (one for of_fact in money.by_fact.values() for one in of_fact)
    return _paid(one for one in said if before(one.department) != now(one.department))


def money_said(money: Money, milestone: str, projected: int | None, listed: Listed) -> dict[str, Any] | None:
    """A milestone's `money_at_risk` as JSON values: what must be spent before it is projected (or was met).

    Departments may speak of the same fund (its title as a slug, place, year and use): the one that spoke last of those
    that put it at risk is believed, the allocations that it names differently are added, and nothing counts twice.
    """
    if projected is None or milestone not in money.by_milestone:
        return None
    by_fund: dict[tuple[str, str, str, str], list[Paying]] = defaultdict(list)
    for one in money.paying(milestone):
        if one.spend_by < projected and one.data.amount != 0 and listed(one.department):
            by_fund[fund_key(one.data)].append(one)
    funds = sorted((_fund(said, projected) for _, said in sorted(by_fund.items())), key=lambda fund: fund["spend_by"])
    return _together(funds) if funds else None


def fund_key(data: FundingData) -> tuple[str, str, str, str]:
    """What two departments must both say to speak of the same fund: place, title as a slug, year and use."""
    return data.place, fund_slug(data.fund), data.financial_year, data.use


def fund_slug(title: str) -> str:
    """A fund's title as it is compared."""
    try:
        return slugify(title)
    except ValueError:  # no letter of it is Latin
        return title.casefold()


def _fund(said: Iterable[Paying], projected: int) -> dict[str, Any]:
    *earlier, last = sorted(said, key=lambda one: one.stamp)
    own = [*(one for one in earlier if one.department == last.department), last]
    first = min(one.spend_by for one in own)
    return {
        "fund": last.data.fund,
        "place": last.data.place,
        "financial_year": last.data.financial_year,
        "use": last.data.use,
        "department": last.department,
        "amount": _sum(one.data.amount for one in own),
        "spend_by": dt.date.fromordinal(first).isoformat(),
        "days": projected - first,
    }


def _together(funds: list[dict[str, Any]]) -> dict[str, Any]:
    amounts = (Decimal(fund["amount"]) if fund["amount"] is not None else None for fund in funds)
    return {
        "amount": _sum(amounts),
        "spend_by": funds[0]["spend_by"],
        "days": funds[0]["days"],
        "funds": funds[:MOST_FUNDS],
        "more": max(0, len(funds) - MOST_FUNDS),
    }


def _sum(amounts: Iterable[Decimal | None]) -> str | None:
    """Pounds as a JSON value; None where one of them is unknown."""
    found = list(amounts)
    known = [amount for amount in found if amount is not None]
    return str(sum(known, Decimal())) if len(known) == len(found) else None
