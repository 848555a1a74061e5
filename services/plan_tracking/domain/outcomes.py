"""Outcomes: what is better for people, by place and group; never whether a milestone was met."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from schemas.dates import PreciseDate
from schemas.payloads import ObservedData, OutcomeData
from services.plan_tracking.domain.facts import Fact
from services.plan_tracking.domain.gaps import Gap, Value, gap
from services.plan_tracking.domain.periods import Period, period
from services.plan_tracking.domain.registers import Stamp
from services.plan_tracking.domain.writes import DEFINED, OBSERVED


@dataclass(frozen=True, slots=True)
class Observed:
    """One value as it was said; None where it is no longer known."""

    period: str
    value: Decimal | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Series:
    """What was observed of one place and group (None: of all).

    `observed` are the periods of one kind, the earliest first; `apart` those of other kinds, which cannot be compared
    with them, and those that are no period. `to_target` is how far `latest` is from the target: above zero, still to
    go; zero or below, reached, whichever way the outcome is meant to move.
    """

    place: str | None
    group: str | None
    observed: tuple[Observed, ...]
    apart: tuple[Observed, ...]
    latest: Observed | None
    to_target: Decimal | None


@dataclass(frozen=True, slots=True)
class GroupGap:
    """The gap between the groups of one place (None: of all places)."""

    place: str | None
    gap: Gap


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome of a plan: its definition (None until it is defined), its series and its gaps."""

    plan: str
    outcome: str
    department: str
    title: str
    defined: OutcomeData | None
    series: tuple[Series, ...]
    between_places: Gap | None
    between_groups: tuple[GroupGap, ...]

    @property
    def target_date(self) -> PreciseDate | None:
        """When the target is to be reached."""
        return self.defined.target_date if self.defined else None

    def at(self, places: Collection[str]) -> "Outcome":
        """The outcome as these places see it: their series and groups, the series of all, the gap between places."""
        here = {None, *places}
        return replace(
            self,
            series=tuple(one for one in self.series if one.place in here),
            between_groups=tuple(one for one in self.between_groups if one.place in here),
        )


@dataclass(frozen=True, slots=True)
class _Said:
    data: ObservedData
    stamp: Stamp

    @property
    def period(self) -> Period | None:
        return period(self.data.period)


def outcomes(facts: Iterable[Fact], within: Mapping[str, Collection[str]]) -> list[Outcome]:
    """The outcomes that these facts are about, by title; `within` has the places that each place lies in.

    Places in which others of the same outcome lie take no part in the gap between places: a county is not compared
    with its own districts.
    """
    by_outcome: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        by_outcome[fact.plan, fact.name].append(fact)
    found = [_outcome(plan, name, of, within) for (plan, name), of in by_outcome.items()]
    return sorted(found, key=lambda one: (one.title.casefold(), one.plan, one.outcome))


def _outcome(plan: str, name: str, facts: list[Fact], within: Mapping[str, Collection[str]]) -> Outcome:
    defined = next((OutcomeData.model_validate(value) for fact in facts for value, _ in fact.said(DEFINED)), None)
    said: dict[tuple[str | None, str | None], list[_Said]] = defaultdict(list)
    for one in _observed(facts):
        said[one.data.place, one.data.group].append(one)
    order = sorted(said, key=lambda key: (key[0] or "", key[1] or ""))
    return Outcome(
        plan=plan,
        outcome=name,
        department=facts[0].department,
        title=defined.title if defined else name.rpartition("/")[2],
        defined=defined,
        series=tuple(_series(*key, said[key], defined) for key in order),
        between_places=_between_places(said, defined, within),
        between_groups=tuple(_between_groups(said, defined)),
    )


def _observed(facts: Iterable[Fact]) -> Iterator[_Said]:
    for fact in facts:
        for value, stamp in fact.said(OBSERVED):
            yield _Said(ObservedData.model_validate(value), stamp)


def _series(place: str | None, group: str | None, said: list[_Said], defined: OutcomeData | None) -> Series:
    known = [(at, one) for one in said if (at := one.period) and one.data.value is not None]
    newest = max(known, key=lambda pair: (pair[0].recency, pair[1].stamp), default=None)
    kind = newest[0].kind if newest else None
    ordered = sorted(said, key=lambda one: (((at := one.period) and at.first.isoformat()) or "~", one.data.period))
    of_kind = [one for one in ordered if (at := one.period) and at.kind == kind]
    latest = _plain(newest[1]) if newest else None
    return Series(
        place=place,
        group=group,
        observed=tuple(map(_plain, of_kind)),
        apart=tuple(_plain(one) for one in ordered if one not in of_kind),
        latest=latest,
        to_target=_to_target(latest, defined),
    )


def _plain(said: _Said) -> Observed:
    return Observed(said.data.period, said.data.value, said.data.provisional)


def _to_target(latest: Observed | None, defined: OutcomeData | None) -> Decimal | None:
    if latest is None or latest.value is None or defined is None or defined.target is None:
        return None
    short = defined.target - latest.value
    return short if defined.direction == "increase" else -short


_BySeries = Mapping[tuple[str | None, str | None], list[_Said]]


def _between_places(said: _BySeries, defined: OutcomeData | None, within: Mapping[str, Collection[str]]) -> Gap | None:
    places = {place: of for (place, group), of in said.items() if place and group is None}
    wider = {place for one in places for place in within.get(one, ())}
    return _gap({place: of for place, of in places.items() if place not in wider}, defined)


def _between_groups(said: _BySeries, defined: OutcomeData | None) -> Iterator[GroupGap]:
    for place in sorted({place for place, group in said if group}, key=lambda place: place or ""):
        found = _gap({group: of for (at, group), of in said.items() if at == place and group}, defined)
        if found:
            yield GroupGap(place, found)


def _gap(said: Mapping[str, list[_Said]], defined: OutcomeData | None) -> Gap | None:
    return gap({name: _values(of) for name, of in said.items()}, defined.direction) if defined else None


def _values(said: list[_Said]) -> Mapping[Period, Value]:
    """By period; of one that was written in two ways the later word."""
    found: dict[Period, Value] = {}
    for one in sorted(said, key=lambda one: one.stamp):
        if (at := one.period) and one.data.value is not None:
            found[at] = Value(one.data.period, one.data.value, one.data.provisional)
    return found
