"""Rules that one milestone's own state decides."""

import datetime as dt
from collections.abc import Collection

from schemas.states import Confidence, MilestoneState, Node
from services.alerting.domain.rules.holds import CAUSE, Holds
from services.kit.words import counted, day_in_words, london_day, readable

LONGEST_QUOTE = 300
"""Characters of what somebody said that a reason quotes."""

_GREEN = frozenset({"green", "g"})


def late(state: MilestoneState) -> Holds | None:
    """*slipped* when its own date drives it, *inherited-slip* when another's does; only over the plan's tolerance."""
    if state.lifecycle != "open" or state.slip is None or state.slip <= state.tolerance:
        return None
    own = node(state)
    cause = Node(plan=state.cause.plan, milestone=state.cause.milestone) if state.cause else own
    stands = f"{counted(state.slip, 'day')} later than agreed; the plan tolerates {counted(state.tolerance, 'day')}"
    by_day = bool(state.cause and state.cause.by_day)
    if cause == own:
        says = f"{stands}. Its own date drives it: bring it forward, or have another date agreed."
        return Holds("slipped", state.slip, by_day, says, cause)
    says = f"{stands}. {CAUSE} drives it: ask who owns that, or absorb the slip until a stated date."
    return Holds("inherited-slip", state.slip, by_day, says, cause, state.path)


def overdue(state: MilestoneState, today: dt.date) -> Holds | None:
    """*overdue*: its own date has passed in London and nobody has said that it was met."""
    if state.lifecycle != "open" or state.declared is None or state.declared >= today:
        return None
    says = f"its own date, {day_in_words(state.declared)}, has passed. Say that it was met, or give another forecast."
    return Holds("overdue", (today - state.declared).days, True, says, node(state))


def blocked(state: MilestoneState, today: dt.date, limit: int) -> Holds | None:
    """*blocked* for more than `limit` days."""
    if state.lifecycle != "open" or state.blocked is None:
        return None
    days = (today - london_day(state.blocked.since)).days
    if days <= limit:
        return None
    could = f"Ask {state.blocked.by} to end it" if state.blocked.by else "Find out who can end it"
    says = f"blocked for {counted(days, 'day')}: {quoted(state.blocked.reason)}. {could}, and say when it goes on."
    return Holds("blocked", days, True, says, node(state))


def declared_green(state: MilestoneState) -> Holds | None:
    """*declared green*, and late all the same."""
    if state.confidence is None or not is_green(state.confidence) or not late(state):
        return None
    slip = state.slip or 0
    says = (
        f"{quoted(state.confidence.assessor)} declared it green on {day_in_words(state.confidence.assessed)}, "
        f"and it is {counted(slip, 'day')} late. Ask for a fresh assessment."
    )
    return Holds("declared-green", slip, bool(state.cause and state.cause.by_day), says, node(state))


def uncontrolled_baseline(state: MilestoneState) -> Holds | None:
    """*uncontrolled baseline*: the agreed date was changed, and no approval says so; of a met milestone too."""
    if state.lifecycle == "cancelled" or state.baseline_approved is not False or state.baseline is None:
        return None
    now = day_in_words(state.baseline.date, state.baseline.precision)
    says = f"its agreed date was changed to {now}, and nobody approved it. Have it approved, or put the old one back."
    return Holds("uncontrolled-baseline", 0, False, says, node(state))


def reopened(state: MilestoneState) -> Holds | None:
    """*reopened*: it was said to be over, and is open again."""
    if state.lifecycle != "open" or state.reopened_at is None:
        return None
    since = day_in_words(london_day(state.reopened_at))
    says = f"it was said to be over, and is open again since {since}. Ask its owner what is left to do, and until when."
    return Holds("reopened", 0, False, says, node(state))


def is_green(confidence: Confidence) -> bool:
    """Whether somebody said that all is well: green, without any amber in it."""
    return confidence.value.strip().casefold() in _GREEN


def quoted(text: str) -> str:
    """What somebody said, as one line of bounded length that a full stop may follow."""
    line = readable(text).rstrip(". ")
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 1].rstrip()}…"


def node(state: MilestoneState) -> Node:
    """The milestone alone, of a state."""
    return Node(plan=state.plan, milestone=state.milestone)


def next_day(state: MilestoneState, today: dt.date, limit: int) -> dt.date | None:
    """The next London date on which these rules say something else although nothing arrives; None for never."""
    if state.lifecycle != "open" or not state.listed:
        return None
    tomorrow = today + dt.timedelta(days=1)
    begins: Collection[dt.date] = [
        day + dt.timedelta(days=1)
        for day in (state.declared, _unblocked_by(state, limit))
        if day is not None and day < dt.date.max
    ]
    return min((max(day, tomorrow) for day in begins), default=None)


def _unblocked_by(state: MilestoneState, limit: int) -> dt.date | None:
    """The last day on which it may be blocked."""
    return london_day(state.blocked.since) + dt.timedelta(days=limit) if state.blocked else None
