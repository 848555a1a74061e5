"""Places: their names, what they lie in and what became of them, from an optional register, else from the plans."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from schemas.payloads import PlacedIn
from services.kit.refusal import Refused

COLUMNS = ("code", "name", "parent", "successor")
MOST_ERRORS = 20
_CODE = re.compile(r"[A-Z][0-9]{8}")


class BadRegister(Refused):
    """A register that cannot be used: it names each line that is wrong, and why."""

    def __init__(self, errors: Iterable[tuple[int, str]]) -> None:
        said = "".join(f"\nline {number}: {wrong}" for number, wrong in list(errors)[:MOST_ERRORS])
        super().__init__(f"the register of places (MILEPOST_PLACES) cannot be used:{said}")


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its GSS code; None where the name is not known, it lies in nothing, or nothing has replaced it."""

    code: str
    name: str | None = None
    parent: str | None = None
    successor: str | None = None


@dataclass(frozen=True)
class Places:
    """The places of a register by code; none without one."""

    by_code: Mapping[str, Place] = field(default_factory=dict)

    def current(self, code: str) -> str:
        """What the code has become: its last successor, or itself."""
        while (place := self.by_code.get(code)) and place.successor:
            code = place.successor
        return code

    @cached_property
    def became(self) -> Mapping[str, str]:
        """What each code that was replaced has become."""
        return {code: self.current(code) for code, place in self.by_code.items() if place.successor}

    @cached_property
    def _answers_for(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for old, new in sorted(self.became.items()):
            found[new].append(old)
        return found

    def codes(self, code: str) -> tuple[str, ...]:
        """A current code, and all that it answers for."""
        return (code, *self._answers_for.get(code, ()))

    def parent(self, code: str) -> str | None:
        """What the place lies in, by its current code."""
        place = self.by_code.get(code)
        up = self.current(place.parent) if place and place.parent else None
        return None if up == code else up

    def wider(self, code: str) -> tuple[str, ...]:
        """All that the place lies in, the nearest first."""
        found: list[str] = []
        while (up := self.parent(found[-1] if found else code)) and up not in (code, *found):
            found.append(up)
        return tuple(found)

    @cached_property
    def within(self) -> Mapping[str, tuple[str, ...]]:
        """For each place, all that it lies in."""
        return {code: self.wider(code) for code in self.by_code}

    @cached_property
    def _parts(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for code, place in sorted(self.by_code.items()):
            if not place.successor and (up := self.parent(code)):
                found[up].append(code)
        return found

    def parts(self, code: str) -> tuple[str, ...]:
        """The current places that lie in it directly."""
        return tuple(self._parts.get(code, ()))


def read(raw: bytes) -> Places:
    """A register: CSV in UTF-8 with the columns code, name, parent and successor; all but the code may be empty.

    Raises BadRegister with the lines that are wrong, the first MOST_ERRORS of them.
    """
    lines = _lines(raw)
    if errors := list(_wrong(lines)):
        raise BadRegister(errors)
    return Places({row["code"]: _place(**row) for _, row in lines})


def _place(code: str, name: str, parent: str, successor: str) -> Place:
    return Place(code, name or None, parent or None, successor or None)


Lines = list[tuple[int, dict[str, str]]]


def _lines(raw: bytes) -> Lines:
    """The rows, each with its line."""
    try:
        rows = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
    except UnicodeDecodeError as error:
        raise BadRegister([(raw[: error.start].count(b"\n") + 1, "is not UTF-8: save the file in it")]) from error
    try:
        if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
            raise BadRegister([(1, f"has no column {', '.join(missing)}: the columns are {','.join(COLUMNS)}")])
        return [(rows.line_num, {name: (row[name] or "").strip() for name in COLUMNS}) for row in rows]
    except csv.Error as error:
        raise BadRegister([(rows.reader.line_num, str(error))]) from error


def _wrong(lines: Lines) -> Iterator[tuple[int, str]]:
    first = {row["code"]: number for number, row in reversed(lines)}
    for number, row in lines:
        code = row["code"]
        if not _CODE.fullmatch(code):
            yield number, f"code {code!r} is no GSS code, such as E06000001"
        elif first[code] != number:
            yield number, f"code {code} is on line {first[code]} already"
        for column in ("parent", "successor"):
            if row[column] and row[column] not in first:
                yield number, f"{column} {row[column]!r} of {code} is no code of this register"
    yield from _circles(lines, first)


def _circles(lines: Lines, first: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    for column in ("parent", "successor"):
        leads = {row["code"]: row[column] for _, row in lines}
        for code in leads:
            if code in _followed(leads, code):
                yield first[code], f"{column} of {code} leads back to itself"


def _followed(leads: Mapping[str, str], code: str) -> Iterator[str]:
    """Where the code leads, each once."""
    seen: set[str] = set()
    at = leads.get(code)
    while at and at not in seen:
        seen.add(at)
        yield at
        at = leads.get(at)


def named(register: Places, said: Sequence[PlacedIn]) -> dict[str, str]:
    """The name of each place: the register's, else the first that was said of it."""
    registered = {code: place.name for code, place in register.by_code.items() if place.name}
    return {place.code: place.name for place in reversed(said)} | registered
