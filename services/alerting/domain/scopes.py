"""Scopes: what a subscription listens to, and the keys under which subscriptions and alerts find each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from schemas.names import owner, slugify
from schemas.states import Node, PlanState
from services.alerting.domain.model import KeptAlert

ScopeKind = Literal["plan", "department", "milestone", "place", "mission"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a subscription listens to: `name` is of a plan, department or milestone, a place's code, a mission's slug.

    `plan` narrows a milestone to one plan, and adds what is said there of its department and of the plan as a whole;
    `downstream` adds everything that is late, or waits, because of the milestone.
    """

    kind: ScopeKind
    name: str
    plan: str | None = None
    downstream: bool = False

    @property
    def key(self) -> str:
        """The key under which it is found."""
        return f"{self.kind}:{self.name}"

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys under which it is found."""
        more = [f"downstream:{self.name}"] if self.downstream else []
        if self.kind == "milestone" and self.plan:
            more += [_whole(self.plan), _part(self.plan, owner(self.name))]
        return self.key, *more

    def holds(self, found: Node, path: Iterable[Node] = ()) -> bool:
        """Whether a milestone (or its alert) that was found under one of the keys is meant; `path` leads to it."""
        if self.plan is None or (found.plan == self.plan and found.milestone in ("", self.name)):
            return True
        return self.downstream and Node(plan=self.plan, milestone=self.name) in path


def found_under(kept: KeptAlert) -> tuple[str, ...]:
    """The keys under which an alert is kept, whatever its plan now says of itself; of no plan, its department's."""
    if not kept.plan:
        return (f"department:{kept.department}",)
    alert, keys = kept.alert, _keys(kept.alert, kept.concerns, kept.places)
    if not alert.milestone:
        return (*keys, _part(alert.plan, alert.department) if alert.department else _whole(alert.plan))
    through = dict.fromkeys(f"downstream:{node.milestone}" for node in kept.path if node != kept.own)
    return (*keys, *through)


def listened_to(kept: KeptAlert, plan: PlanState | None) -> set[str]:
    """The keys under which subscriptions to an alert are found; `plan` is the newest state of its plan."""
    return {*found_under(kept), *_by_plan(kept.places, plan)}


def listened_to_node(found: Node, places: Iterable[str] = (), plan: PlanState | None = None) -> set[str]:
    """The same for a milestone of which there is no alert."""
    places = tuple(places)
    return {*_keys(found, (owner(found.milestone),), places), *_by_plan(places, plan)}


def looked_up(scope: Scope, plans: Iterable[str]) -> list[str]:
    """The keys of alerts that fall under a scope; `plans` are those that serve the mission, or cover the place."""
    if scope.kind == "mission":
        return [f"plan:{plan}" for plan in plans]
    if scope.kind == "place":
        return [scope.key, *(_unplaced(plan) for plan in plans)]
    return list(scope.keys)


def mission_slug(mission: str | None) -> str | None:
    """The name of a mission by its text; None where none can be made of it."""
    try:
        return slugify(mission) if mission else None
    except ValueError:
        return None


def _keys(found: Node, departments: Iterable[str], places: tuple[str, ...]) -> tuple[str, ...]:
    own = (f"milestone:{found.milestone}",) if found.milestone else ()
    there = tuple(f"place:{place}" for place in places) or (_unplaced(found.plan),)
    return (f"plan:{found.plan}", *(f"department:{one}" for one in departments), *own, *there)


def _by_plan(places: tuple[str, ...], plan: PlanState | None) -> Iterable[str]:
    """What only the plan knows: its mission, and the places of a milestone that names none."""
    if plan is None:
        return
    if slug := mission_slug(plan.mission):
        yield f"mission:{slug}"
    if not places:
        yield from (f"place:{place.code}" for place in plan.places)


def _unplaced(plan: str) -> str:
    return f"unplaced:{plan}"


def _whole(plan: str) -> str:
    return f"whole:{plan}"


def _part(plan: str, department: str) -> str:
    return f"part:{plan}|{department}"
