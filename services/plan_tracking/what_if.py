"""The wire of what if: what may be asked, and the answer as one reader may see it."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from schemas.dates import Instant
from schemas.names import MilestoneName, owner
from schemas.payloads import ReportedData
from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from schemas.visibility import is_held, may_see_milestone
from services.plan_tracking.domain.network import Network
from services.plan_tracking.domain.tally import latest, recount
from services.plan_tracking.domain.what_if import Moved, Tried

MOST_CHANGES = 5_000

HIDDEN = {"plan": "", "milestone": "", "title": "A milestone that is not public"}
"""Stands in a path for a milestone that the reader may not see."""


class Change(ReportedData):
    """What would be said of one milestone, as a row of a return says it: absent says nothing, null ends it."""

    model_config = ConfigDict(extra="forbid")

    milestone: MilestoneName


def _each_once(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    seen: dict[str, int] = {}
    for number, change in enumerate(changes):
        if (first := seen.setdefault(change.milestone, number)) != number:
            raise ValueError(f"[{number}].milestone: {change.milestone} is at [{first}] already; name each once")
    return changes


class Asked(BaseModel):
    """Changes to try on a plan, and as at when they would be so: now, unless said otherwise.

    What was said of a later time than `time` is not changed by them.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"changes": [{"milestone": "dft/rail-2", "forecast": "2027-03-01"}]}]},
    )

    changes: Annotated[tuple[Change, ...], Field(max_length=MOST_CHANGES), AfterValidator(_each_once)]
    time: Instant | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Everything that would follow: the plan asked about, who moves in any plan, what was said later otherwise.

    `states` and `plans` are the present states of whatever `moved` names, by milestone key and plan.
    """

    asked: Tried
    moved: list[Moved]
    superseded: Mapping[str, list[str]]
    states: Mapping[str, MilestoneState]
    plans: Mapping[str, PlanState]


@dataclass(frozen=True, slots=True)
class View:
    """What one reader sees; `named` are the milestones that the reader has named, with the titles given."""

    foreseen: Foreseen
    departments: Collection[str]
    named: Mapping[str, str | None]

    def answer(self) -> dict[str, Any]:
        """The answer. What is kept back is counted as `hidden`, or is `new` where the reader has named it."""
        plan = self.foreseen.asked.plan
        new = sorted(name for name in self.named if not self._seen(milestone_key(plan.name, name)))
        shown = [one for one in self.foreseen.moved if self._seen(milestone_key(one.plan, one.milestone))]
        unnamed = [one for one in self.foreseen.moved if one.plan != plan.name or one.milestone not in new]
        superseded = {n: lost for n, lost in self.foreseen.superseded.items() if n not in new}
        return {
            "plan": plan.name,
            "version": plan.version,
            "moved": [self._moved(one) for one in shown],
            "hidden": len(unnamed) - len(shown),
            "new": new,
            "superseded": [{"milestone": name, "registers": lost} for name, lost in superseded.items()],
            "target": self._target(),
        }

    def _seen(self, key: str) -> bool:
        state = self.foreseen.states.get(key)
        plan = self.foreseen.plans.get(state.plan) if state else None
        today = dt.date.fromordinal(self.foreseen.asked.after.terms.day)
        on_hold = plan is not None and is_held(plan, self.departments, today)
        return not on_hold and may_see_milestone(plan, state, self.departments)

    def _moved(self, moved: Moved) -> dict[str, Any]:
        key = milestone_key(moved.plan, moved.milestone)
        baseline = self.foreseen.states[key].baseline
        return {
            **self._node(key),
            "department": owner(moved.milestone),
            "from": _date(moved.before),
            "to": _date(moved.after),
            "days": moved.days,
            "against_baseline": _days(baseline.date.toordinal() if baseline else None, moved.after),
            "path": [self._node(step) for step in moved.path],
            "money_at_risk": moved.money_at_risk,
        }

    def _node(self, key: str) -> dict[str, str]:
        plan, _, name = key.partition("|")
        mine = plan == self.foreseen.asked.plan.name and name in self.named
        if not mine and not self._seen(key):
            return HIDDEN
        known = self.foreseen.states[key].title if self._seen(key) else None
        title = known or self.named.get(name) or name.rpartition("/")[2]
        return {"plan": plan, "milestone": name, "title": title}

    def _target(self) -> dict[str, Any]:
        """Where the plan as a whole would end: the latest projected date of its listed milestones."""
        asked = self.foreseen.asked
        target, was, now = asked.plan.said("target"), *(_last(asked, one) for one in (asked.before, asked.after))
        day = target["date"] if isinstance(target, dict) else target
        return {
            "date": target,
            "from": _date(was),
            "to": _date(now),
            "days": _days(was, now),
            "against_target": _days(dt.date.fromisoformat(day).toordinal(), now) if day else None,
        }


def _last(asked: Tried, network: Network) -> int | None:
    tolerance = asked.plan.tolerance
    tallies = recount({}, Network(network.plan), network, network.given, (tolerance, tolerance))
    return latest(tallies, {department for department in tallies if asked.plan.listed(department)})


def _date(ordinal: int | None) -> str | None:
    return None if ordinal is None else dt.date.fromordinal(ordinal).isoformat()


def _days(earlier: int | None, later: int | None) -> int | None:
    return None if earlier is None or later is None else later - earlier
