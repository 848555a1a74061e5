"""What the word of a status means: open, done or cancelled. A word that is not known is never guessed."""

import re
from collections.abc import Iterable

from services.ingest.domain.returns.grid import Value
from services.ingest.domain.returns.model import State

_WORDS: dict[State, str] = {
    "open": """
        live, new, open, active, to do, todo, backlog, selected for development, ready for development, planned,
        scheduled, to be scheduled, not started, not yet started, started, in progress, in development, in review,
        in testing, test failed, in specification, under way, underway, ongoing, on going, assigned, reopened, waiting,
        pending, blocked, upcoming, future, on track, on schedule, on target, at risk, off track, delayed, slipping,
        behind, behind schedule, overdue
    """,
    "done": "complete, completed, done, closed, resolved, finished, achieved, met, delivered",
    "cancelled": """
        superceded, superseded, redundant, cancelled, canceled, rejected, declined, withdrawn, abandoned, dropped,
        descoped, de scoped, removed, deleted, obsolete, duplicate, wont do, wont fix, wontfix, not required,
        no longer required
    """,
}
_STATES = {" ".join(word.split()): state for state, words in _WORDS.items() for word in words.split(",")}

_CONFIDENCE = re.compile(r"(?:red|amber|green|blue|r|a|g|b)(?: (?:red|amber|green|r|a|g))?|\d")


def plain(said: str) -> str:
    """A word as it is compared: in lower case, without apostrophes, hyphens as spaces."""
    return " ".join(re.sub(r"[-_/]", " ", re.sub(r"['’]", "", said.lower())).split())


def known_state(said: str) -> State | None:
    """The state that this status means; None where it is not known."""
    return _STATES.get(plain(said))


def is_status(value: Value | None) -> bool:
    """Whether the cell holds a status that is known."""
    return isinstance(value, str) and known_state(value) is not None


def says_confidence(values: Iterable[Value]) -> bool:
    """Whether all of these are ratings such as Amber/Red: how sure somebody is, and not how far things are."""
    return all(isinstance(value, str | int) and _CONFIDENCE.fullmatch(plain(str(value))) for value in values)
