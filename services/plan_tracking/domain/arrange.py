"""How a reader wants to see a plan, as the address says: which milestones, over which days, in which order."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from schemas.states import STATUSES, MilestoneState, PlanState
from services.plan_tracking.domain.directory import Directory, title_of
from services.plan_tracking.domain.sentences import STATUS_WORDS

GROUPS = {"department": "Department", "place": "Place", "state": "State"}
RANGES = {"quarter": "Quarter", "year": "Year", "all": "All"}
SORTS = {"title": "Milestone", "status": "Status", "agreed": "Agreed", "expected": "Expected", "slip": "Slip"}
_DAYS = {"quarter": (14, 92), "year": (60, 365)}
"""Days before and after today of each range."""
MOST_TEXT = 200
_FAR = dt.date.max
_PLACELESS = "No place named"

Groups = list[tuple[str, list[MilestoneState]]]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the address asks for; `sort` begins with `-` where the order is turned, and is empty for groups by date.

    What the address names wrongly is as if it were not named.
    """

    group: str = "department"
    range: str = "all"
    sort: str = ""
    department: str = ""
    status: str = ""
    place: str = ""
    q: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Arrangement":
        """The arrangement that a query asks for."""
        said = {field.name: query.get(field.name, "").strip()[:MOST_TEXT] for field in fields(cls)}
        allowed = {"group": GROUPS, "range": RANGES, "status": STATUSES}
        wrong = {name for name, among in allowed.items() if said[name] not in among}
        wrong |= {"sort"} if said["sort"].removeprefix("-") not in SORTS else set()
        return cls(**{name: value for name, value in said.items() if name not in wrong})

    def href(self, **changes: str) -> str:
        """The address of the page with some of it changed; what is as usual is not in it."""
        said, usual = asdict(replace(self, **changes)), asdict(Arrangement())
        return "?" + urlencode({name: value for name, value in said.items() if value != usual[name]})

    def sorting(self, by: str) -> tuple[str, str]:
        """The address that sorts by a column (the other way round, if it does already), and how it does now."""
        if self.sort == by:
            return self.href(sort=f"-{by}"), "ascending"
        return self.href(sort=by), "descending" if self.sort == f"-{by}" else ""

    @property
    def filtered(self) -> bool:
        """Whether it leaves milestones out."""
        return replace(self, group="department", sort="") != Arrangement()

    def days(self, today: dt.date) -> tuple[dt.date, dt.date] | None:
        """The first and last day of the range; None of all."""
        if self.range not in _DAYS:
            return None
        before, after = _DAYS[self.range]
        return _date(today.toordinal() - before), _date(today.toordinal() + after)

    def shows(self, state: MilestoneState, plan: PlanState, today: dt.date) -> bool:
        """Whether a milestone is among those wanted."""
        return (
            self.department in ("", state.department)
            and self.status in ("", state.status)
            and self.place in ("", *_places(state, plan))
            and self.q.casefold() in f"{title_of(state)} {state.milestone}".casefold()
            and _within(state, self.days(today))
        )


def arranged(plan: PlanState, known: Directory, how: Arrangement, today: dt.date) -> Groups:
    """The wanted milestones under the titles of their groups, each by date, the undated last; or all in one order."""
    wanted = [state for state in known.milestones.values() if how.shows(state, plan, today)]
    if how.sort:
        return [("", ordered(wanted, how.sort))] if wanted else []
    return _grouped(plan, known, wanted, how.group)


def _grouped(plan: PlanState, known: Directory, states: Iterable[MilestoneState], group: str) -> Groups:
    """Departments in the plan's order (the lead first), places by name, states in the order of the words."""
    found: defaultdict[str, list[MilestoneState]] = defaultdict(list)
    heading = _HEADINGS[group]
    for state in states:
        found[heading(state, plan)].append(state)
    if group == "state":
        return [(STATUS_WORDS[name], sorted(found[name], key=_when)) for name in STATUS_WORDS if name in found]
    if group == "place":
        names = sorted(found, key=lambda name: (name == _PLACELESS, name.casefold()))
        return [(name, sorted(found[name], key=_when)) for name in names]
    first = [plan.lead, *(each.department for each in plan.contributors)]
    order = list(dict.fromkeys([*(name for name in first if name in found), *sorted(found)]))
    return [(known.department(name), sorted(found[name], key=_when)) for name in order]


def _places(state: MilestoneState, plan: PlanState) -> tuple[str, ...]:
    """The codes of a milestone's places: its own, else its plan's."""
    return state.places or tuple(place.code for place in plan.places)


def _place_heading(state: MilestoneState, plan: PlanState) -> str:
    names = {place.code: place.name for place in plan.places}
    return " and ".join(names.get(code) or code for code in _places(state, plan)) or _PLACELESS


_HEADINGS: dict[str, Callable[[MilestoneState, PlanState], str]] = {
    "department": lambda state, _: state.department,
    "place": _place_heading,
    "state": lambda state, _: state.status,
}


def shown_date(state: MilestoneState) -> dt.date | None:
    """Where the marker stands: the expected date; of a cancelled milestone the date it last had."""
    last = state.declared if state.lifecycle == "cancelled" else None
    return state.projected or last


def _when(state: MilestoneState) -> tuple[dt.date, int, str]:
    """By date; of one date what drives others before what it drives."""
    return shown_date(state) or _FAR, len(state.path), state.milestone


_KEYS: dict[str, Callable[[MilestoneState], Any]] = {
    "title": lambda state: title_of(state).casefold(),
    "status": lambda state: list(STATUS_WORDS).index(state.status),
    "agreed": lambda state: state.baseline.date if state.baseline else None,
    "expected": shown_date,
    "slip": lambda state: state.slip,
}


def ordered(states: Iterable[MilestoneState], sort: str) -> list[MilestoneState]:
    """By a column; whatever has nothing in it stands last, whichever way round."""
    key, down = _KEYS[sort.removeprefix("-")], sort.startswith("-")
    by_name = sorted(states, key=lambda state: state.milestone)
    filled = sorted((state for state in by_name if key(state) is not None), key=key, reverse=down)
    return [*filled, *(state for state in by_name if key(state) is None)]


def _within(state: MilestoneState, days: tuple[dt.date, dt.date] | None) -> bool:
    """Whether anything from the agreed date to the expected one lies within these days; the undated lies in any."""
    dates = [day for day in (state.baseline.date if state.baseline else None, shown_date(state)) if day]
    return days is None or not dates or (min(dates) <= days[1] and days[0] <= max(dates))


def _date(ordinal: int) -> dt.date:
    return dt.date.fromordinal(min(max(ordinal, 1), _FAR.toordinal()))
