"""A place as one reader sees it: milestones, money, outcomes and experience in one view."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from schemas.states import PlanState, Status
from services.plan_tracking.domain.about import FUNDING
from services.plan_tracking.domain.experience import Experience, experience
from services.plan_tracking.domain.facts import EXPERIENCE, Fact
from services.plan_tracking.domain.funding import (
    AtRisk,
    Fund,
    Totals,
    allocations,
    at_risk,
    funds,
    totals,
)
from services.plan_tracking.domain.lines import Line, Mentioned, PlanLine, Seen, counts, lines
from services.plan_tracking.domain.outcomes import Outcome
from services.plan_tracking.domain.places import Places, named


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place by its code and name; None where nobody has named it."""

    code: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Money:
    """The funds of one place, their totals in pounds (over all, and by financial year), and what is at risk.

    `amount_at_risk` leaves out what is unknown.
    """

    funds: tuple[Fund, ...]
    totals: Totals
    by_year: dict[str, Totals]
    at_risk: tuple[AtRisk, ...]
    amount_at_risk: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """The milestones and the money of one place, nothing of another's among them."""

    place: NamedPlace
    counts: dict[Status, int]
    milestones: tuple[Line, ...]
    money: Money


@dataclass(frozen=True, slots=True)
class PlaceView:
    """What a reader sees of a place.

    `asked` is the code that was asked for where `here` has replaced it, `answers_for` all that it has replaced.
    `wider` is what the place lies in: its milestones and money are its own, and in none of the numbers of `here`.
    `plans` are all from which anything is shown; `names` has the names of all places that outcomes speak of.
    """

    here: Part
    plans: tuple[PlanLine, ...]
    asked: str | None
    answers_for: tuple[NamedPlace, ...]
    wider: Part | None
    parts: tuple[NamedPlace, ...]
    outcomes: tuple[Outcome, ...]
    experience: Experience
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for the reader: plans, milestones, facts and outcomes, and what these mention."""

    plans: tuple[PlanLine, ...]
    milestones: Sequence[Seen]
    facts: Sequence[Fact]
    outcomes: Sequence[Outcome]
    mentioned: Mentioned
    today: dt.date


def place_view(asked: str, places: Places, found: Found) -> PlaceView:
    """The view of a place, from everything found at its codes and at those of what it lies in."""
    code = places.current(asked)
    codes, up = places.codes(code), places.parent(code)
    names = named(places, [place for plan in found.plans for place in plan.places])

    def name(one: str) -> NamedPlace:
        return NamedPlace(one, names.get(one))

    return PlaceView(
        here=_part(name(code), codes, places, found),
        plans=found.plans,
        asked=asked if asked != code else None,
        answers_for=tuple(map(name, codes[1:])),
        wider=_part(name(up), places.codes(up), places, found) if up else None,
        parts=tuple(map(name, places.parts(code))),
        outcomes=tuple(one.at(codes) for one in found.outcomes),
        experience=experience(_at(found.facts, EXPERIENCE, codes)),
        names={one: names[one] for one in sorted(_spoken_of(found.outcomes)) if one in names},
    )


def places_of(seen: Seen) -> set[str]:
    """Where a milestone is: at the places that it names, else at those of its plan."""
    return set(seen.state.places) or {place.code for place in seen.plan.places}


def _part(place: NamedPlace, codes: Sequence[str], places: Places, found: Found) -> Part:
    made = lines((seen for seen in found.milestones if places_of(seen) & set(codes)), found.mentioned, found.today)
    said = funds(allocations(_at(found.facts, FUNDING, codes), found.mentioned.sees), places.became)
    return Part(place, counts(made), made, _money(said, found.mentioned))


def _at(facts: Iterable[Fact], noun: str, codes: Sequence[str]) -> list[Fact]:
    return [fact for fact in facts if fact.is_a(noun) and fact.place in codes]


def _money(said: list[Fund], mentioned: Mentioned) -> Money:
    years: dict[str, list[Fund]] = defaultdict(list)
    for fund in said:
        years[fund.financial_year].append(fund)
    risks = tuple(at_risk(said, mentioned))
    by_year = {year: totals(of) for year, of in sorted(years.items())}
    amount = sum((risk.amount for risk in risks if risk.amount is not None), Decimal())
    return Money(tuple(said), totals(said), by_year, risks, amount)


def _spoken_of(outcomes: Iterable[Outcome]) -> set[str]:
    return {series.place for outcome in outcomes for series in outcome.series if series.place}


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place of some plans: what it lies in, and how many of the plans that the reader may see are about it."""

    code: str
    name: str | None
    wider: NamedPlace | None
    plans: int


def place_lines(plans: Collection[PlanState], places: Places) -> list[PlaceLine]:
    """The places of plans by name, each under its current code."""
    names = named(places, [place for plan in plans for place in plan.places])
    count = Counter(code for plan in plans for code in {places.current(place.code) for place in plan.places})
    lines = [PlaceLine(code, names.get(code), _wider(code, places, names), number) for code, number in count.items()]
    return sorted(lines, key=lambda one: ((one.name or "").casefold(), one.code))


def _wider(code: str, places: Places, names: Mapping[str, str]) -> NamedPlace | None:
    up = places.parent(code)
    return NamedPlace(up, names.get(up)) if up else None
