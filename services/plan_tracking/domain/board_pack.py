"""The board pack: what changed in a plan between two moments, and what stands out now, as tables to print or file."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.states import MilestoneState, Node
from services.kit.words import counted, london_day, readable
from services.plan_tracking.domain.compare import Change, Moved, compare
from services.plan_tracking.domain.directory import is_overdue, title_of
from services.plan_tracking.domain.exports.document import last_heard
from services.plan_tracking.domain.floats import Outlook, outlook
from services.plan_tracking.domain.known import Known
from services.plan_tracking.domain.sentences import STATUS_WORDS

Cell = str | int | dt.date | None

CHANGES: Mapping[Change, str] = {
    "new": "new",
    "moved": "moved",
    "met": "met",
    "cancelled": "cancelled",
    "reopened": "reopened",
    "rebaselined": "new baseline",
    "undated": "lost its date",
    "dated": "got a date",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the pack: dates as dates, days as numbers; a row for each line under the headers."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class BoardPack:
    """The pack of a plan between two moments; `tables` in the order in which a board reads them."""

    title: str
    plan: str
    since: dt.datetime
    until: dt.datetime
    tables: tuple[Table, ...]


def board_pack(before: Known, after: Known, today: dt.date) -> BoardPack:
    """The pack, of milestones that its reader may see; `today` is the date in London of the later moment."""
    states = list(after.milestones.values())
    tables = (
        Table("Where it ends", ("", "Then", "Now"), tuple(_ends(before, after))),
        Table("What changed", _CHANGED, tuple(_changed(one, after) for one in compare(before, after))),
        Table("What stands out", ("Milestone", "Department", "What", "Why"), tuple(_standing_out(states, today))),
        Table("Departments", ("Department", "Last heard", *STATUS_WORDS.values()), tuple(_departments(states))),
    )
    return BoardPack(
        readable(after.plan.title) or after.plan.plan, after.plan.plan, before.moment, after.moment, tables
    )


_CHANGED = ("Milestone", "Department", "Change", "Then", "Now", "Days later", "Slip, days", "Because of", "Reason")


def _ends(before: Known, after: Known) -> Iterator[tuple[Cell, ...]]:
    was, now = (outlook(known.plan, known.milestones.values()) for known in (before, after))
    targets = [known.plan.target.date if known.plan.target else None for known in (before, after)]
    yield "Target", *targets
    yield "Last milestone expected", *(one.projected if one else None for one in (was, now))
    yield "Days after the target", *(one.days if one else None for one in (was, now))
    yield "Last milestone", _last(was, before), _last(now, after)
    yield "Milestones", len(before.milestones), len(after.milestones)
    counts = [Counter(state.status for state in known.milestones.values()) for known in (before, after)]
    for status, words in STATUS_WORDS.items():
        yield words, *(count[status] for count in counts)  # type: ignore[index]


def _last(ends: Outlook | None, known: Known) -> str | None:
    return _titled(ends.last, known) if ends else None


def _titled(node: Node | None, known: Known) -> str | None:
    """The title of a milestone of the plan; the name of another plan's; nothing of one that may not be known."""
    if node is None or not node.milestone:
        return None
    state = known.milestones.get(node.milestone) if node.plan == known.plan.plan else None
    return title_of(state) if state else f"{node.milestone} ({node.plan})"


def _changed(moved: Moved, after: Known) -> tuple[Cell, ...]:
    own = moved.cause is None or (moved.cause.plan, moved.cause.milestone) == (after.plan.plan, moved.milestone)
    return (
        title_of(after.milestones[moved.milestone]),
        moved.department,
        ", ".join(CHANGES[change] for change in moved.changes),
        moved.before,
        moved.after,
        moved.days,
        moved.slip,
        None if own else _titled(moved.cause, after),
        readable(moved.reason) if moved.reason else None,
    )


def _standing_out(states: Iterable[MilestoneState], today: dt.date) -> Iterator[tuple[Cell, ...]]:
    for state in states:
        for what, why in _remarks(state, today):
            yield title_of(state), state.department, what, readable(why) if why else None


def _remarks(state: MilestoneState, today: dt.date) -> Iterator[tuple[str, str | None]]:
    reason = state.reason.text if state.reason else None
    if state.baseline_approved is False:
        yield "baseline changed without an approval", reason
    if state.lifecycle != "open":
        return
    if state.status == "late":
        yield f"{counted(state.slip or 0, 'day')} late", reason
    if is_overdue(state, today):
        yield "past its owner's own date", reason
    if state.blocked:
        yield "blocked", state.blocked.reason
    if state.confidence and state.status == "late" and state.confidence.value.casefold() == "green":
        yield f"declared green, {counted(state.slip or 0, 'day')} late", f"by {state.confidence.assessor}"
    if state.baseline is None:
        yield "no baseline agreed", None


def _departments(states: Iterable[MilestoneState]) -> Iterator[tuple[Cell, ...]]:
    states = list(states)
    for department, heard in last_heard(states).items():
        counts = Counter(state.status for state in states if state.department == department)
        yield department, london_day(heard), *(counts[status] for status in STATUS_WORDS)  # type: ignore[index]
