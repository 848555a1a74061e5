"""The sample plan as events, and whether plan-tracking has taken all of it in."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from deploy.local import sample
from schemas.names import owner

TOLERANCE = 14
"""Days; a slip above it is late."""


def events(day: dt.date) -> Iterator[dict[str, Any]]:
    """The events that make the plan, first seeded on `day`; the same `day` gives the same events."""
    monday = day - dt.timedelta(day.weekday())
    for number, (department, subject, what, so, data) in enumerate(_said()):
        moment = dt.datetime.combine(monday + dt.timedelta(so), dt.time(9), dt.UTC)
        yield {
            "specversion": "1.0",
            "id": f"sample-{day}-{number}",
            "source": f"/{department}/sample",
            "type": f"org.milepost.{what}.v1",
            "subject": subject,
            "plan": sample.PLAN,
            "time": moment.isoformat(),
            "data": _dated(data, monday),
        }


DATES = ("target", "baseline", "forecast", "actual")


def _dated(data: dict[str, Any], monday: dt.date) -> dict[str, Any]:
    """The data with its days turned into dates."""
    return {
        name: (monday + dt.timedelta(value)).isoformat() if name in DATES else value for name, value in data.items()
    }


Said = tuple[str, str, str, int, dict[str, Any]]
"""Who says it, about what, which event, when it was so (days), and its data (dates as days)."""


def _said() -> Iterator[Said]:
    plan = {
        "title": "Aldermoor renewal",
        "mission": "A town that people can reach, learn in and work in",
        "target": 590,
        "tolerance": TOLERANCE,
        "visibility": "public",
        "places": [sample.TOWN],
        "contact": sample.mailbox(sample.LEAD),
    }
    yield sample.LEAD, sample.PLAN, "plan.published", -365, plan
    for department, title in sample.DEPARTMENTS.items():
        yield sample.LEAD, sample.PLAN, "contributor.listed", -365, {"department": department, "title": title}
    for milestone in sample.MILESTONES:
        yield from _said_of(milestone)


def _said_of(milestone: sample.Milestone) -> Iterator[Said]:
    department, name = owner(milestone.name), milestone.name
    planned = {"title": milestone.title, "type": milestone.type, "baseline": milestone.due, "forecast": milestone.due}
    planned |= {"places": [sample.TOWN["code"]], "contact": sample.mailbox(department)}
    yield department, name, "milestone.planned", -360, planned
    for needed, lag in milestone.needs:
        yield department, name, "dependency.declared", -360, {"needs": needed, "lag": lag}
    if milestone.actual is not None:
        yield department, name, "milestone.completed", milestone.actual, {"actual": milestone.actual}
    if milestone.forecast is not None:
        said = {"forecast": milestone.forecast, "reason": milestone.reason}
        yield department, name, "milestone.forecast", -9, said


def unplanned(plan: Mapping[str, Any]) -> str | None:
    """The first milestone of the sample that the plan lacks."""
    there = {state["milestone"] for state in plan["milestones"]}
    return next((one.name for one in sample.MILESTONES if one.name not in there), None)


def unfinished(plan: Mapping[str, Any]) -> str | None:
    """The first milestone of the sample of which the plan does not yet know all that was said."""
    states = {state["milestone"]: state for state in plan["milestones"]}
    return next((one.name for one in sample.MILESTONES if not _known(one, states.get(one.name))), None)


def _known(milestone: sample.Milestone, state: Mapping[str, Any] | None) -> bool:
    if state is None or len(state["needs"]) != len(milestone.needs):
        return False
    done, explained = state["lifecycle"] == "done", state["reason"] is not None
    return (done or milestone.actual is None) and (explained or milestone.reason is None)


def unalarmed(answer: Mapping[str, Any]) -> str | None:
    """The first milestone that is late from the beginning and about which no alert holds."""
    firing = {alert["milestone"] for alert in answer["alerts"]}
    late = (one.name for one in sample.MILESTONES if one.forecast is not None and one.forecast - one.due > TOLERANCE)
    return next((name for name in late if name not in firing), None)
