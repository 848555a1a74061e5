"""How wide text is about, so that a line of it can be cut to its column on the server."""

import unicodedata

_THIN = frozenset("ijlI.,:;'`!| ")
_NARROW = frozenset("frt()[]/\\-")
_WIDE = frozenset("mwMOQGCD%&—…")
_WIDEST = frozenset("W@")


def _width(character: str) -> float:
    """In ems of a common sans-serif, rather too wide than too narrow."""
    if not character.isascii():
        if unicodedata.combining(character):
            return 0.0
        return 1.1 if unicodedata.east_asian_width(character) in "WF" else 0.75
    if character in _THIN:
        return 0.3
    if character in _NARROW:
        return 0.4
    if character in _WIDE:
        return 0.86
    if character in _WIDEST:
        return 0.98
    return 0.7 if character.isupper() else 0.58


def fit(text: str, width: float, size: float) -> str:
    """The text, cut with an ellipsis where it is wider than `width` pixels at a font size of `size` pixels."""
    room = width / size
    if sum(map(_width, text)) <= room:
        return text
    room -= _width("…")
    kept = []
    for character in text:
        room -= _width(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"
