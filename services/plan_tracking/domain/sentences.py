"""What states mean in plain English: why a date is what it is, what a need comes to, how a plan stands."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.states import Explained, MilestoneState, Need, PlanState, Waiting
from services.kit.words import counted, day_in_words, listed, london_day, readable, slip_in_words
from services.plan_tracking.domain.directory import Directory, Step, is_overdue, title_of


@dataclass(frozen=True, slots=True)
class LastMove:
    """The last time that an owner's date moved: by how many days, on which day it was so."""

    days: int
    day: dt.date


STATUS_WORDS = {
    "done": "Done",
    "on-track": "On track",
    "slipping": "Slipping",
    "late": "Late",
    "undated": "No date",
    "cancelled": "Cancelled",
}
"""The schedule statuses as pages say them, in the order in which pages show them."""

WAITING_WORDS: dict[Waiting, str] = {
    "unknown": "it has not been planned",
    "undated": "it has no date",
    "cancelled": "it was cancelled",
    "in-a-cycle": "the two wait for each other, directly or through others",
    "withdrawn": "its plan was withdrawn",
    "other-plan": "its plan has not answered yet",
}
"""Why a need adds no date."""


@dataclass(frozen=True, slots=True)
class Why:
    """A sentence about a milestone: `before`, the milestone it names (if any), `after`; and those in between."""

    before: str
    step: Step | None = None
    after: str = ""
    via: tuple[Step, ...] = ()

    @property
    def text(self) -> str:
        """The sentence without links."""
        through = f" Through {listed([step.title for step in self.via])}." if self.via else ""
        return f"{self.before}{self.step.title if self.step else ''}{self.after}{through}"


def status_words(state: MilestoneState, today: dt.date) -> str:
    """The status, with "overdue" where the owner's own date has passed."""
    return STATUS_WORDS[state.status] + (", overdue" if is_overdue(state, today) else "")


def why(state: MilestoneState, known: Directory, moved: LastMove | None = None) -> Why | None:
    """Why the milestone's date is what it is: the milestone that drives it, or its own reason; None if unremarkable.

    `moved` is the last move of what drives it, where that is to be told.
    """
    cause = state.cause
    if state.lifecycle != "open" or cause is None or cause.milestone == state.milestone:
        return _own_reason(state)
    driver, step = known.state(cause), known.step(cause)
    department = f" ({step.department})" if step.department else ""
    standing = "." if driver is None else _standing(driver, cause.by_day, moved)
    return Why("Waits for ", step, f"{department}{standing}", tuple(known.step(node) for node in state.path[1:-1]))


def _standing(driver: MilestoneState, by_day: bool, moved: LastMove | None) -> str:
    if by_day:
        late = f"{counted(driver.slip, 'day')} late" if driver.slip and driver.slip > 0 else "past its date"
        return f", which is {late} and counting: nobody has said that it is done."
    said = f"which is {slip_in_words(driver.slip)}" if driver.slip is not None else "which has no agreed baseline"
    if moved:
        now = f" and is now {slip_in_words(driver.slip)}" if driver.slip not in (None, moved.days) else ""
        way = "later" if moved.days > 0 else "earlier"
        said = f"which moved {counted(abs(moved.days), 'day')} {way} on {day_in_words(moved.day)}{now}"
    said = f", {said}"
    return f"{said}: {ended(driver.reason.text)}" if driver.reason else f"{said}. No reason was given."


def _own_reason(state: MilestoneState) -> Why | None:
    if state.cause and state.cause.by_day:
        return Why("Its own date has passed and nobody has said that it is done: each day moves it by one.")
    if state.reason and (state.lifecycle == "cancelled" or state.slip):
        return Why(ended(state.reason.text))
    if state.lifecycle == "open" and state.slip and state.slip > 0:
        return Why("Its owner's date is later than agreed. No reason was given.")
    return None


def ended(text: str) -> str:
    """A text as a sentence that others may follow: with its full stop."""
    text = text.rstrip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def reason_given(reason: Explained) -> str:
    """When a reason was given, and for which date."""
    date = f" for {day_in_words(reason.explains)}" if reason.explains else ""
    return f"Reason given on {day_in_words(london_day(reason.said))}{date}"


def room(need: Need, giver: MilestoneState | None, receiver: MilestoneState) -> str:
    """What a need leaves: days of room, or days by which it pushes, or why it adds no date; "" once it is over."""
    if receiver.lifecycle != "open":
        return ""
    if need.waiting:
        return f"Adds no date: {WAITING_WORDS[need.waiting]}"
    if need.float_days is None:
        return "Sets the date: the owner has given none"
    if giver is not None and giver.lifecycle == "done" and need.float_days >= 0:
        return "Done"
    if need.float_days < 0:
        return f"Comes {counted(-need.float_days, 'day')} too late for the owner's date"
    return "No room" if need.float_days == 0 else f"{counted(need.float_days, 'day')} of room"


def lag_words(need: Need) -> str:
    """How much earlier the need has to be met."""
    if need.lag == 0:
        return "before this"
    unit = "working day" if need.unit == "working" else "day"
    days = counted(abs(need.lag), unit)
    return f"at least {days} before this" if need.lag > 0 else f"at most {days} after this"


def tally(states: Iterable[MilestoneState]) -> dict[str, int]:
    """How many of each status, in the order in which pages show them, none left out."""
    counts = Counter(state.status for state in states)
    return {status: counts[status] for status in STATUS_WORDS}  # type: ignore[index]


def plan_counts(plan: PlanState) -> dict[str, int]:
    """A plan's milestones by status, in the order of the words."""
    counts: Counter[str] = Counter()
    for department in plan.counts.values():
        counts.update(department.statuses)
    return {status: counts[status] for status in STATUS_WORDS}


def tally_words(counts: dict[str, int]) -> str:
    """A tally as a phrase: "9 done, 12 on track and 3 late"."""
    words = {status: said.lower() for status, said in STATUS_WORDS.items()} | {"undated": "without a date"}
    return listed([f"{number:,} {words[status]}" for status, number in counts.items() if number])


def summary(states: Sequence[MilestoneState], today: dt.date) -> str:
    """How a plan stands, in two sentences at most."""
    if not states:
        return "No milestones yet."
    counts = tally(states)
    said = f"{counted(len(states), 'milestone').capitalize()}: {tally_words(counts)}."
    overdue = sum(is_overdue(state, today) for state in states)
    if overdue:
        said += f" {counted(overdue, 'open milestone is', 'open milestones are')} past the owner's own date."
    opened = [state for state in states if state.lifecycle == "open" and state.slip]
    worst = max(opened, key=lambda state: (state.slip or 0, state.milestone), default=None)
    if worst is not None and worst.slip and worst.slip > 0:
        said += f" The largest slip is {counted(worst.slip, 'day')}: {title_of(worst)}."
    return said


def days_late(plan: PlanState, last: MilestoneState | None) -> int | None:
    """By how many days the milestone that is expected last misses the plan's target."""
    return (last.projected - plan.target.date).days if last and last.projected and plan.target else None


def confidence_words(state: MilestoneState) -> str | None:
    """What was declared, against the slip: "Declared green, 45 days late"; None where nothing was declared."""
    if state.confidence is None:
        return None
    said = f"Declared {readable(state.confidence.value).lower()}"
    if state.lifecycle != "open" or not state.slip or state.slip <= 0:
        return said
    return f"{said}, {counted(state.slip, 'day')} late"


def outlook(plan: PlanState, known: Directory) -> tuple[Why, MilestoneState | None]:
    """Where the plan's end stands against its target, and the milestone that is expected last."""
    last = max(
        (state for state in known.milestones.values() if state.projected and state.lifecycle != "cancelled"),
        key=lambda state: (state.projected or dt.date.min, state.milestone),
        default=None,
    )
    if last is None or last.projected is None:
        return Why("No milestone has a date yet."), None
    verb = "was met" if last.lifecycle == "done" else "is expected"
    when = f" ({known.department(last.department)}), {verb} on {day_in_words(last.projected)}"
    return Why("The last milestone, ", known.step(last), f"{when}{_against(plan, last.projected)}."), last


def _against(plan: PlanState, end: dt.date) -> str:
    if plan.target is None:
        return ""
    days = (end - plan.target.date).days
    return f", {counted(abs(days), 'day')} {'after' if days > 0 else 'before'} the target" if days else ", on target"
