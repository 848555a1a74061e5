"""What the header of any table of milestones claims for its column, by its words, and how plainly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.ingest.domain.returns.columns import COMPUTED, LONGEST_HEADER, REASON, known_word
from services.ingest.domain.returns.model import Meaning

_PEOPLE = {
    *("assignee", "assigned", "reporter", "creator", "author", "owner", "owners", "user", "users", "watcher"),
    *("watchers", "lead", "leads", "sro", "responsible", "accountable", "contact", "contacts", "manager", "email"),
    *("mail", "person", "people", "resource", "resources", "staff", "sponsor", "pm", "approver", "officer", "who"),
    *("voter", "voters"),
}
_AMOUNTS = {
    *("cost", "costs", "budget", "spend", "effort", "hours", "duration", "benefit", "benefits", "fte", "price"),
    *(
        "points",
        "money",
        "funding",
        "percent",
        "percentage",
        "count",
        "weight",
        "estimate",
        "slippage",
        "slip",
        "delta",
    ),
}
_ELSEWHERE = {"parent", "epic", "sprint", "risk", "action", "successor", "successors"}

_NEEDS = {
    *("predecessor", "predecessors", "prerequisite", "prerequisites", "dependency", "dependencies", "needs", "follows"),
}
_NOT_NEEDS = {"type", "status", "description", "name", "title", "summary", "date", "count", "owner"}
_NEEDS_PHRASE = re.compile(r"\b(?:depends|dependent|waits|waiting) (?:on|for)\b|\bblocked by\b|^requires$")

_CUSTOM = re.compile(r"custom field \((.+)\)", re.IGNORECASE)
"""How Jira heads a column of a field of the user's own."""
_NOT_MISSPELT = {"labels", "names", "versions"}

_PROJECT = {"project", "programme", "program"}
_ID = {"id", "uid", "key", "ref", "reference", "identifier"}
_PLAINEST_ID = {"uid": 0, "key": 0, "id": 1}
_WORK = {"issue", "milestone", "milestones", "work", "item", "package", "task", "activity", "unique", "external"}
_NUMBER = {"no", "number", "code"}

_TITLES = ("label", "title", "summary", "subject", "milestone", "name", "deliverable", "event", "activity", "task")
"""Words for the title, the plainest first."""
_BESIDE_TITLE = {*_WORK, "key", "of", "the", "or", "and", "a", "description", "delivery", "short", "full"}
_NOT_TITLE = {"type", "status", "state", "group", "category", "phase", "level", "flag", *_NUMBER}

_DATE = {"date", "dates", "on", "at", "by", "when"}
_DATE_FORM = {"dd", "mm", "mmm", "yy", "yyyy", "d", "m"}
_BESIDE_DATE = {*_DATE, *_DATE_FORM, *_WORK, "delivery", "event", "of", "the", "for", "key", "utc"}
_NOT_OF_MILESTONE = {
    *("start", "started", "starts", "begin", "begins", "kick", "created", "updated", "modified", "viewed", "raised"),
    *("logged", "reported", "entered", "review", "reviewed", "identified", "changed", "opened", "submitted", "update"),
    *("last", "approved", "approval", "status", "snapshot", "report", "reporting", "early", "next", "issued"),
}
"""Words of dates that are not the milestone's own."""
_DONE = {"completed", "resolved", "closed", "achieved", "delivered", "met", "finished"}
_EXPECTED = {"expected", "revised", "projected", "estimated", "anticipated", "predicted", "eta", "latest", "current"}
_FINISH = {"finish", "end", "ends", "completion", "complete"}
_DUE = {"due", "duedate", "deadline"}
_PLANNED = {"target", "planned", "plan", "scheduled"}
_FIRST = {"original", "initial"}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a header says its column means, and how plainly: 0 is plainest.

    The date of a `planned` column is a baseline where another column has the forecast, and else the forecast itself.
    """

    means: Meaning
    rank: int = 0
    planned: bool = False


PLAIN_ID = 1
"""The rank of an id that may be no more than a number; a key or UID ranks before it."""

EXPLICIT, EXPECTED, WEAK = 0, 1, 2
"""Ranks of a forecast: called so; called something that can be nothing else; a date that may be one."""


def claim(header: str) -> Claim | None:
    """What this header claims; None when it is nothing that is known, an amount, or a person."""
    return _claim(header) if len(header) <= LONGEST_HEADER else None


@lru_cache(maxsize=65_536)
def _claim(header: str) -> Claim | None:
    if header.strip() == "#":
        return Claim("id", 3)
    if not (said := _words(header)):
        return None
    if set(said) & REASON:
        return Claim("reason")
    if _needs(said):
        return Claim("needs")
    if is_person(header) or set(said) & (_AMOUNTS | _ELSEWHERE | COMPUTED) or re.search(r"[%£$€]", header):
        return None
    return (
        _project(said) or _type(said) or _status(said) or _resolution(said) or _id(said) or _date(said) or _title(said)
    )


def is_person(header: str) -> bool:
    """Whether the column names people, whom nothing that is read may name."""
    return bool(set(_words(header)) & _PEOPLE)


def says_month_first(header: str) -> bool:
    """Whether the header itself says that its dates begin with the month: "Due (mm/dd/yyyy)"."""
    return re.search(r"\bm{1,2}[/.-]d{1,2}[/.-]y", header.lower()) is not None


def _words(header: str) -> Sequence[str]:
    inner = _CUSTOM.fullmatch(header.strip())
    divided = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", inner[1] if inner else header).lower()
    return [word if word in _NOT_MISSPELT else known_word(word) for word in re.findall(r"[a-z]+", divided)]


def _needs(said: Sequence[str]) -> bool:
    words = set(said)
    if words >= {"inward", "link", "blocks"}:  # Jira: the issues that block this one
        return True
    if words & (_NOT_NEEDS | _ELSEWHERE):
        return False
    return bool(words & _NEEDS or _NEEDS_PHRASE.search(" ".join(said)))


def _project(said: Sequence[str]) -> Claim | None:
    words = set(said)
    if not words & _PROJECT or not words <= _PROJECT | _ID | _NUMBER | {"name", "title"}:
        return None
    return Claim("project", 0 if words & (_ID | _NUMBER) else 1)


def _type(said: Sequence[str]) -> Claim | None:
    words = set(said)
    is_type = "type" in words and words <= {"type", *_WORK}
    return Claim("type") if is_type or words == {"tracker"} else None


def _resolution(said: Sequence[str]) -> Claim | None:
    return Claim("resolution") if set(said) == {"resolution"} else None


def _status(said: Sequence[str]) -> Claim | None:
    words = set(said)
    named = bool(words & {"status", "state"}) and not words & {
        "rag",
        "category",
        "confidence",
        "date",
        "link",
        *_NUMBER,
    }
    return Claim("status", 0 if len(words) == 1 else 1) if named else None


def _id(said: Sequence[str]) -> Claim | None:
    name = said[-1] if said[-1] not in _NUMBER else said[0]
    if name not in _ID and said[0] in _ID - {"key"}:
        name = said[0]
    if name in _ID and set(said) <= {*_ID, *_WORK, *_NUMBER}:
        return Claim("id", _PLAINEST_ID.get(name, 2) - ("unique" in said))
    return None


def _date(said: Sequence[str]) -> Claim | None:
    words = set(said)
    if "baseline" in words and not words & {"start", "work"}:
        return Claim("original_baseline" if words & _FIRST else "baseline")
    if words & _NOT_OF_MILESTONE - ({"last"} if words & _EXPECTED else set()):
        return None
    if "forecast" in words:
        return _forecast(words)
    if "actual" in words:
        return Claim("actual") if "work" not in words else None
    if words & _DONE:
        return Claim("actual", 1) if words <= _DONE | _BESIDE_DATE else None
    return _weak(words)


def _forecast(words: set[str]) -> Claim | None:
    if words & _FIRST:
        return None
    return Claim("forecast_or_actual" if "actual" in words else "forecast")


def _weak(words: set[str]) -> Claim | None:
    """A date that no word of the form names: what it is may depend on what stands beside it."""
    dated, bare = bool(words & (_DATE | _FINISH | _DUE)), words - _BESIDE_DATE
    if not bare <= {*_EXPECTED, *_FINISH, *_DUE, *_PLANNED, *_FIRST, "agreed"}:
        return None
    if bare & {*_FIRST, "agreed"}:
        return Claim("original_baseline" if bare & _FIRST else "baseline")
    if bare & _EXPECTED:
        return Claim("forecast", EXPECTED) if dated or words <= {"eta", "expected"} else None
    if bare & _PLANNED:
        return Claim("forecast", WEAK, planned=True) if dated or len(words) == 1 else None
    if bare & _DUE:
        return Claim("forecast", WEAK)
    return Claim("forecast_or_actual", WEAK) if bare & _FINISH or words & {"date", "dates", "when"} else None


def _title(said: Sequence[str]) -> Claim | None:
    words = {"milestone" if word == "milestones" else word for word in said}
    rank = next((rank for rank, word in enumerate(_TITLES) if word in words), None)
    if rank is None or words & (_NOT_TITLE | _PROJECT):
        return None
    return Claim("title", rank) if "milestone" in words or words <= {*_TITLES, *_BESIDE_TITLE} else None
