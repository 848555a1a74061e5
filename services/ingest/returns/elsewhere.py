"""What the other services know of a return: today's plan, who would move, who would be told, what came of it.

Where one does not answer in time, what it knows is not known now; nothing waits for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from schemas.states import MilestoneState, PlanState
from services.kit.http import CORRELATION, correlation_id
from services.kit.logs import logger

log = logger(__name__)

MOST_IDS = 1_000
"""Events of which plan-tracking is asked at once."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """A plan as the caller may see it, and its milestones by name; None where there is none for the caller."""

    plan: PlanState | None = None
    milestones: Mapping[str, MilestoneState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Asks plan-tracking and alerting, for a caller's `token` (None: for what is public)."""

    plans: httpx.AsyncClient
    alerts: httpx.AsyncClient

    async def plan(self, name: str, token: str | None) -> Seen | None:
        """Today's plan; None when it is not known now."""
        return await _asked(self.plans, "GET", f"/api/plans/{name}", token, read=_seen)

    async def names(self, token: str | None) -> list[tuple[str, str]]:
        """The plans that the caller may see, as name and title; none when they are not known now."""
        found = await _asked(self.plans, "GET", "/api/plans", token, read=lambda a: list(_object(a)["plans"]))
        return [(one["plan"], one["title"]) for one in found or ()]

    async def what_if(self, plan: str, changes: Sequence[Any], time: str, token: str) -> Mapping[str, Any] | None:
        """Who would move if rows said this as at a time; None when it is not known now."""
        asked = {"changes": changes, "time": time}
        return await _asked(self.plans, "POST", f"/api/plans/{plan}/what-if", token, asked, _object)

    async def subscribers(self, moved: Sequence[Mapping[str, Any]], token: str) -> int | None:
        """How many subscribers would be told of these moves; None when it is not known now."""
        names = ("plan", "milestone", "days", "money_at_risk")
        asked = {"moved": [{name: one[name] for name in names if name in one} for one in moved]}
        return await _asked(
            self.alerts, "POST", "/api/alerting/reach", token, asked, lambda a: int(_object(a)["subscribers"])
        )

    async def outcomes(self, source: str, ids: Sequence[str], token: str) -> dict[str, list[Any]] | None:
        """What came of the events with these ids, by id; None when it is not known now."""
        found: dict[str, list[Any]] = {}
        for start in range(0, len(ids), MOST_IDS):
            asked = {"source": source, "ids": list(ids[start : start + MOST_IDS])}
            some = await _asked(
                self.plans, "POST", "/api/outcomes", token, asked, lambda a: dict(_object(a)["outcomes"])
            )
            if some is None:
                return None
            found |= some
        return found


async def _asked(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    token: str | None,
    body: Any = None,
    read: Callable[[httpx.Response], T] = httpx.Response.json,
) -> T | None:
    headers = {CORRELATION: correlation_id(), **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        return read(await client.request(method, path, json=body, headers=headers))
    except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:  # no answer, or none as the contract has it
        log.warning("a service does not answer as it should", path=path, error=f"{type(error).__name__}: {error}"[:300])
        return None


def _seen(answer: httpx.Response) -> Seen:
    if answer.status_code == 404:
        return Seen()
    found = _object(answer)
    states = [MilestoneState.model_validate(one) for one in found["milestones"]]
    return Seen(PlanState.model_validate(found), {one.milestone: one for one in states})


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    return dict(answer.raise_for_status().json())
