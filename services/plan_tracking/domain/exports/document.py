"""A plan and its milestones as one JSON document."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from schemas.states import MilestoneState, PlanState
from services.plan_tracking.domain.directory import is_overdue
from services.plan_tracking.domain.floats import Outlook, outlook, total_floats
from services.plan_tracking.domain.masks import Sees
from services.plan_tracking.domain.working_days import Holidays

_OUTLOOK = TypeAdapter(Outlook)


@dataclass(frozen=True, slots=True)
class Picture:
    """A plan as one reader may see it: on the day `today`, with the milestones that are `shown`.

    Their room is worked out from `everything`, all milestones that there are.
    """

    plan: PlanState
    shown: Collection[MilestoneState]
    everything: Collection[MilestoneState]
    holidays: Holidays
    today: dt.date

    @property
    def floats(self) -> Mapping[str, int | None]:
        """The total float of every milestone, in days."""
        return total_floats(self.plan, self.everything, self.holidays)


def document(picture: Picture) -> dict[str, Any]:
    """The state of the plan with those of its milestones, where it ends, and when each department was last heard.

    Of each milestone also whether it is overdue, and its total float: the days by which it may still move before
    something is later than the plan's target.
    """
    ends, floats = outlook(picture.plan, picture.shown), picture.floats
    return {
        **picture.plan.model_dump(mode="json"),
        "outlook": _OUTLOOK.dump_python(ends, mode="json") if ends else None,
        "last_heard": last_heard(picture.shown),
        "milestones": [milestone(state, picture.today, floats) for state in picture.shown],
    }


def milestone(state: MilestoneState, today: dt.date, floats: Mapping[str, int | None]) -> dict[str, Any]:
    """One milestone of the document."""
    said = state.model_dump(mode="json")
    return {**said, "overdue": is_overdue(state, today), "total_float": floats.get(state.milestone)}


def masked_plan(plan: PlanState, sees: Sees) -> PlanState:
    """The plan's state without what the reader may not know: in its cycles such milestones have empty names."""
    cycles = (tuple(name if sees(plan.plan, plan.plan, name) else "" for name in ring) for ring in plan.cycles)
    return plan.model_copy(update={"cycles": tuple(cycles)}) if plan.cycles else plan


def last_heard(states: Iterable[MilestoneState]) -> dict[str, dt.datetime]:
    """When each department last spoke of a milestone of the plan."""
    found: dict[str, dt.datetime] = {}
    for state in states:
        found[state.department] = max(found.get(state.department, state.last_heard), state.last_heard)
    return dict(sorted(found.items()))
