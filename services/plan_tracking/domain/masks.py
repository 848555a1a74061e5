"""What is kept back from a reader: the names of milestones in plans, or of departments, that are not for them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from schemas.states import MilestoneState, Need, Node
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.writes import ABSORBED, ANSWER, NEEDS

Sees = Callable[[str, str, str], bool]
"""Whether the reader may know of a milestone that a plan speaks of: the plan that speaks, the milestone's, its name."""

_NAMED = {"needs": "needs_plan", "needed_by": "needed_by_plan", "replaced_by": ""}
"""What of an event's data names a milestone, and what may name its plan."""
_ABOUT_ANOTHER = (NEEDS, ABSORBED, ANSWER)


def masked(state: MilestoneState, sees: Sees) -> MilestoneState:
    """The state without what the reader may not know: such milestones have empty names and no dates; days stay."""

    def hidden(node: Node) -> dict[str, str]:
        return {} if sees(state.plan, node.plan, node.milestone) else {"plan": "", "milestone": ""}

    def need(one: Need) -> Need:
        return one.model_copy(update={**names, "projected": None}) if (names := hidden(one)) else one

    cause, replaced_by = state.cause, state.replaced_by
    if cause and (names := hidden(cause)):
        cause = cause.model_copy(update={**names, "department": ""})
    return state.model_copy(
        update={
            "cause": cause,
            "path": tuple(node.model_copy(update=hidden(node)) for node in state.path),
            "needs": tuple(map(need, state.needs)),
            "replaced_by": replaced_by if replaced_by and sees(state.plan, state.plan, replaced_by) else None,
        }
    )


def masked_entry(entry: HistoryEntry, plan: str, sees: Sees) -> HistoryEntry:
    """The same of a record of the plan's history: of what it said, and of the registers that it won."""
    hidden = dict(_hidden(entry.data, plan, sees))
    won = tuple(name if _knows(name, plan, sees) else f"{name.partition(':')[0]}:" for name in entry.won)
    return replace(entry, data={**entry.data, **hidden}, won=won)


def _hidden(data: Mapping[str, Any], plan: str, sees: Sees) -> Iterator[tuple[str, str]]:
    for name, of in _NAMED.items():
        other = data.get(of) or plan
        if data.get(name) and not sees(plan, other, data[name]):
            yield from ((field, "") for field in (name, of) if field in data)


def _knows(register: str, plan: str, sees: Sees) -> bool:
    if not register.startswith(_ABOUT_ANOTHER):
        return True
    other, _, name = register.partition(":")[2].partition("|")
    return sees(plan, other, name)


def named_plans(entries: Iterable[HistoryEntry]) -> set[str]:
    """The plans whose milestones these records name, beside their own."""
    return {entry.data[of] for entry in entries for of in _NAMED.values() if entry.data.get(of)}
