"""A batch of events: a JSON array, each element of which is judged by itself."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from schemas import ijson
from services.ingest.domain.acceptance import Admitted, Fault, Refusal, admit

MOST_ELEMENTS = 10_000
"""Elements of a batch: more events than its bytes can hold, and no more work than an answer is worth."""

_OBJECTS = re.compile(rb"[ \t\n\r]*\[[ \t\n\r]*\{(.*)\}[ \t\n\r]*\][ \t\n\r]*", re.DOTALL)
_BETWEEN = re.compile(rb"\}[ \t\n\r]*,[ \t\n\r]*\{")
"""What stands between two objects of an array; it may stand inside of one as well."""


class Refused(NamedTuple):
    """An element that is refused, and what it says."""

    refusal: Refusal
    said: Any


Judged = Admitted | Refused


def judge(body: bytes, departments: Sequence[str], now: dt.datetime) -> list[Judged] | Refusal:
    """The elements of a batch in their order, for a key of these departments; a refusal when it is no batch."""
    try:
        return [_piece(piece, departments, now) for piece in _cut(body)]
    except ijson.BadJson:  # not cut where an element ends, or no array of objects
        return _read(body, departments, now)


def _cut(body: bytes) -> list[bytes]:
    """The elements of an array of objects, by what stands between them; raises BadJson when it looks like none.

    If each piece is JSON, they are the elements: an array can be read in one way only.
    """
    found = _OBJECTS.fullmatch(body)
    pieces = _BETWEEN.split(found[1], MOST_ELEMENTS) if found else []
    if not 0 < len(pieces) <= MOST_ELEMENTS:
        raise ijson.BadJson("no array of objects, or too many of them")
    return [b"{%b}" % piece for piece in pieces]


def _piece(piece: bytes, departments: Sequence[str], now: dt.datetime) -> Judged:
    found = admit(piece, departments, now)
    return found if isinstance(found, Admitted) else Refused(found, ijson.value(piece).said)


def _read(body: bytes, departments: Sequence[str], now: dt.datetime) -> list[Judged] | Refusal:
    try:
        found = ijson.elements(body, MOST_ELEMENTS)
    except ijson.BadJson as bad:
        return Refusal(400, "Not a batch", (Fault("body", f"{bad}: send a JSON array of CloudEvents in UTF-8"),))
    return [_element(element, departments, now) for element in found]


def _element(element: ijson.Element, departments: Sequence[str], now: dt.datetime) -> Judged:
    found = admit(element, departments, now)
    return found if isinstance(found, Admitted) else Refused(found, element.said)
