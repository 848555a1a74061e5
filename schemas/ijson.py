"""JSON that every reader reads alike (RFC 7493, I-JSON): UTF-8, each name once in its object, finite numbers."""

import json
import re
from codecs import BOM_UTF8
from collections import Counter
from typing import Any, NamedTuple, NoReturn

LONGEST_NAME = 100
"""Letters of a name that are repeated to its sender."""

_SPACE = re.compile(r"[ \t\n\r]*")


class BadJson(ValueError):
    """A text that is no I-JSON; the words say why, and where."""


class Element(NamedTuple):
    """A value of a text: its own bytes, what they say, and why they are no I-JSON, where that is so."""

    raw: bytes
    said: Any
    fault: str | None = None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise BadJson(f"{twice[:LONGEST_NAME]!r} is said twice in one object")
    return said


def _no_number(name: str) -> NoReturn:
    raise BadJson(f"{name} is no number of JSON")


_STRICT = json.JSONDecoder(object_pairs_hook=_each_once, parse_constant=_no_number)
_LENIENT = json.JSONDecoder(parse_int=float)
"""Finds the end of a value in which the strict one found a fault."""


def loads(text: bytes) -> Any:
    """What a text says; raises BadJson when it is no I-JSON. A byte order mark before it is no part of it."""
    found = value(text)
    if found.fault:
        raise BadJson(found.fault)
    return found.said


def value(text: bytes) -> Element:
    """The one value of a text, with its fault; raises BadJson when the text is no JSON at all."""
    decoded = _decoded(text)
    found, end = _scan(decoded, _skip(decoded, 0))
    _require_end(decoded, end)
    return found


def elements(text: bytes, most: int) -> list[Element]:
    """The elements of an array, each with its own fault; raises BadJson when it is none, or one of over `most`."""
    decoded = _decoded(text)
    at = _skip(decoded, 0)
    if not decoded.startswith("[", at):
        raise BadJson("not an array")
    at, found = _skip(decoded, at + 1), list[Element]()
    if not decoded.startswith("]", at):
        while True:
            element, at = _scan(decoded, at)
            found.append(element)
            at = _skip(decoded, at)
            if not decoded.startswith(",", at):
                break
            if len(found) == most:
                raise BadJson(f"over {most} elements")
            at = _skip(decoded, at + 1)
    if not decoded.startswith("]", at):
        raise BadJson(f"expected `,` or `]` at character {at}")
    _require_end(decoded, at + 1)
    return found


def _decoded(text: bytes) -> str:
    try:
        return text.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise BadJson(f"not UTF-8 at byte {error.start}") from error


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _scan(text: str, at: int, decoder: json.JSONDecoder = _STRICT, fault: str | None = None) -> tuple[Element, int]:
    try:
        said, end = decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise BadJson(str(error)) from error
    except RecursionError:
        raise BadJson("nested too deeply") from None
    except BadJson as bad:
        return _scan(text, at, _LENIENT, str(bad))
    except ValueError:
        return _scan(text, at, _LENIENT, "a number has thousands of digits")
    return Element(text[at:end].encode(), said, fault), end


def _require_end(text: str, at: int) -> None:
    if _skip(text, at) != len(text):
        raise BadJson(f"something follows the end, at character {at}")
