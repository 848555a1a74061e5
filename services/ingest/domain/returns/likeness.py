"""Whether one title may be another one, renamed."""

import difflib
from functools import lru_cache

from services.ingest.domain.returns.names import slug_of

_ALIKE = 0.75
"""How alike (0 to 1) two words are that may be one word: "approved" is 0.75 like "approval"."""

_SMALL = {"a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"}


def alike(one: str, other: str) -> bool:
    """Whether one title may be the other renamed.

    Their numbers are equal; each word of the one with fewer has a like one in the other, which has at most twice as
    many; words such as "of" do not count.
    """
    fewer, more = sorted((_words(one), _words(other)), key=len)
    if not fewer or len(more) > 2 * len(fewer) or _numbers(fewer) != _numbers(more):
        return False
    return all(any(_may_be(word, said) for said in more) for word in fewer)


@lru_cache(maxsize=20_000)
def _words(title: str) -> tuple[str, ...]:
    return tuple(sorted(set((slug_of(title) or "").split("-")) - _SMALL - {""}))


def _numbers(words: tuple[str, ...]) -> list[str]:
    return [word for word in words if any(letter.isdigit() for letter in word)]


@lru_cache(maxsize=50_000)
def _may_be(word: str, other: str) -> bool:
    if word == other:
        return True
    matcher = difflib.SequenceMatcher(None, word, other)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
