"""A plan as a first version would keep it: one dictionary, the later time wins, all dates computed anew each time.

Standard library only, since each peer runs in an environment of its own. It is less than plan-tracking does: no
stamps, registers, precision, working days, calendars, visibility, cycles or plans that need each other.
"""

import datetime as dt
from graphlib import TopologicalSorter
from typing import Any

Body = dict[str, Any]
FIELDS = ("title", "baseline", "forecast", "actual", "state", "reason", "percent")


def new_plan() -> Body:
    """Before anything was said of it."""
    return {"milestones": {}, "needs": {}, "states": {}}


def fold(plan: Body, event: Body) -> list[Body]:
    """Puts an event into its plan, and answers with the states that are new by it."""
    kind, name = event["type"].split(".")[3:5], event["subject"]
    if event["type"].startswith("org.milepost.milestone."):
        _say(plan["milestones"].setdefault(name, {}), kind, event)
    elif event["type"].startswith("org.milepost.dependency."):
        plan["needs"].setdefault(name, {})[event["data"]["needs"]] = event["data"].get("lag", 0)
    return _renew(plan, event["plan"])


def _say(milestone: Body, kind: list[str], event: Body) -> None:
    for field in FIELDS:
        if field in event["data"] and milestone.get(f"{field}_time", "") <= event["time"]:
            milestone[field] = event["data"][field]
            milestone[f"{field}_time"] = event["time"]
    if kind[0] == "completed":
        milestone["state"] = "completed"


def _renew(plan: Body, name: str) -> list[Body]:
    needs = {milestone: set(plan["needs"].get(milestone, {})) for milestone in plan["milestones"]}
    projected: dict[str, tuple[dt.date, str]] = {}
    changed = []
    for milestone in TopologicalSorter(needs).static_order():
        state = _state(plan, name, milestone, projected)
        if state and plan["states"].get(milestone) != state:
            plan["states"][milestone] = state
            changed.append(state)
    return changed


def _state(plan: Body, name: str, milestone: str, projected: dict[str, tuple[dt.date, str]]) -> Body | None:
    said = plan["milestones"].get(milestone, {})
    own = said.get("actual") or said.get("forecast") or said.get("baseline")
    if own is None:
        return None
    latest, cause = dt.date.fromisoformat(own), milestone
    for needed, lag in plan["needs"].get(milestone, {}).items():
        if needed in projected and not said.get("actual"):
            inherited = projected[needed][0] + dt.timedelta(days=lag)
            if inherited > latest:
                latest, cause = inherited, projected[needed][1]
    projected[milestone] = latest, cause
    slip = (latest - dt.date.fromisoformat(said["baseline"])).days if said.get("baseline") else None
    kept = {field: said.get(field) for field in FIELDS}
    return {
        "_id": f"{name}|{milestone}",
        "plan": name,
        "milestone": milestone,
        "projected": latest.isoformat(),
        "slip": slip,
        "cause": cause,
        **kept,
    }
