"""What a column means, by the words of its header: misspelt ones too, and whatever other words stand around them."""

import difflib
import re
from functools import lru_cache

from services.ingest.domain.returns.model import Meaning, MilestoneType

DATES: frozenset[Meaning] = frozenset({"original_baseline", "baseline", "forecast_or_actual", "forecast", "actual"})

_TITLE = ("label", "title", "name", "milestone")
"""Words for the title, the plainest first: a header with an earlier one wins over one with a later."""

REASON = {"reason", "reasons", "comment", "comments", "commentary", "narrative", "notes", "explanation"}
COMPUTED = {"variance", "difference", "days", "previous", "prior"}
_OTHER = {"milestones", "version", "original", "baseline", "forecast", "actual", "status"}
_KNOWN = sorted({*_TITLE, *REASON, *COMPUTED, *_OTHER})
LONGEST_HEADER = 200
_ALIKE = 0.8
"""How alike two words are (0 to 1) from which one is the other misspelt: "miletone" is 0.94 like "milestone"."""


@lru_cache(maxsize=65_536)
def known_word(word: str) -> str:
    """The word that this is, misspelt or not; itself where it is like none that is known."""
    # whoever misspells a word gets its first letter right; comparing with these alone bounds the work on strange sheets
    possible = [known for known in _KNOWN if known[0] == word[0] and _as_long(known, word)] if len(word) > 3 else []
    alike = difflib.get_close_matches(word, possible, n=1, cutoff=_ALIKE)
    return alike[0] if alike else word


def _as_long(one: str, other: str) -> bool:
    """Whether words of these lengths can be alike at all; it saves most comparisons."""
    return 3 * min(len(one), len(other)) >= 2 * max(len(one), len(other))


def words(header: str) -> frozenset[str]:
    """The words of a header, each as the word we know where it is one of those, misspelt or not."""
    return frozenset(known_word(word) for word in re.findall(r"[a-z]+", header.lower()))


def meaning(header: str) -> Meaning | None:
    """What the column under this header means; None when it is nothing we know, or is computed."""
    if len(header) > LONGEST_HEADER:
        return None
    said = words(header)
    if said & REASON:
        return "reason"
    if is_computed(header):
        return None
    if "baseline" in said:
        return "original_baseline" if "original" in said else "baseline"
    return _due(said) or _plain(said)


def is_computed(header: str) -> bool:
    """Whether the column is worked out from others: a variance, whatever the word for it, names both of its dates."""
    said = words(header)
    return not said & REASON and bool(said & COMPUTED or ("baseline" in said and said & {"forecast", "actual"}))


def _due(said: frozenset[str]) -> Meaning | None:
    if said >= {"forecast", "actual"}:
        return "forecast_or_actual"
    if "forecast" in said:
        return "forecast"
    return "actual" if "actual" in said else None


def _plain(said: frozenset[str]) -> Meaning | None:
    if "version" in said:
        return "version"
    if "status" in said:
        return "status"
    return "title" if said & {*_TITLE, "milestones"} else None


def title_rank(header: str) -> int:
    """How plainly a header names the title: 0 is plainest; one that does not name it has 0 too."""
    said = words(header)
    plainest = (rank for rank, word in enumerate(_TITLE) if word in said)
    return next(plainest, len(_TITLE)) if meaning(header) == "title" else 0


_TYPES: dict[str, MilestoneType] = {
    "approval": "approval",
    "approvals": "approval",
    "assurance": "assurance",
    "delivery": "delivery",
    "engagement": "engagement",
}


def milestone_type(*texts: str) -> MilestoneType | None:
    """The type of a sheet's milestones: as the first of these texts (name, headings) that names one says."""
    for text in texts:
        said = [
            difflib.get_close_matches(word, _TYPES, n=1, cutoff=_ALIKE) for word in re.findall(r"[a-z]+", text.lower())
        ]
        types = {_TYPES[match[0]] for match in said if match}
        if len(types) == 1:
            return types.pop()
    return None
