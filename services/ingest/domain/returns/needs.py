"""What a row says it waits for: ids, slots or titles of other rows, with lags as schedules write them ("2FS+3d")."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.payloads import Unit
from services.ingest.domain.returns.model import Link

_NOTHING = {"", "none", "n/a", "na", "-", "–", "—", "tbc", "nil", "no"}
_SCHEDULE = re.compile(r"(.+?) ?(fs|ff|ss|sf) ?(?:([+-]) ?(\d+) ?([a-z]+))?")
_PLAIN = re.compile(r"(.+?) ?([+-]) ?(\d+) ?([a-z]+(?: [a-z]+)?)")
_DELAY = re.compile(r"(.+?) (-?)(\d+) ?(d)")

_UNITS: dict[str, tuple[int, Unit]] = {
    **dict.fromkeys(("ed", "eday", "edays"), (1, "calendar")),
    **dict.fromkeys(("ew", "ewk", "eweek", "eweeks"), (7, "calendar")),
    **dict.fromkeys(("wd", "working day", "working days"), (1, "working")),
}
_DAYS, _WEEKS = {"d", "day", "days"}, {"w", "wk", "wks", "week", "weeks"}
_WORKING_WEEK = 5


class Unclear(ValueError):
    """A need that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Index:
    """The slots of a file's rows by everything that a need can call them, in lower case."""

    slots: Mapping[str, frozenset[str]]

    def links(self, said: str) -> Iterator[Link | str]:
        """The links that a text of needs says; of one that cannot be read, the reason."""
        whole = _lower(said)
        for part in [whole] if whole in self.slots else re.split(r"[;,\n]", said.lower()):
            try:
                if (need := _lower(part)) not in _NOTHING:
                    yield self._link(need)
            except Unclear as error:
                yield str(error)

    def _link(self, need: str) -> Link:
        if (found := self._slot(need)) is not None:
            return Link(found)
        for form, reader in ((_SCHEDULE, _schedule), (_DELAY, _delay), (_PLAIN, _plain)):
            said = form.fullmatch(need)
            if said and (found := self._slot(said[1])) is not None:
                return Link(found, *reader(said))
        raise Unclear(f"{need!r} names no row of the file: write its id")

    def _slot(self, called: str) -> str | None:
        slots = self.slots.get(called.removeprefix("#").strip(), frozenset())
        if len(slots) > 1:
            raise Unclear(f"{called!r} names several rows: write an id that one of them has")
        return next(iter(slots), None)


def index(names: Iterable[tuple[str, str]]) -> Index:
    """An index of pairs of what a row is called, and its slot."""
    slots = defaultdict(set)
    for called, slot in names:
        slots[_lower(called)].add(slot)
    return Index({called: frozenset(found) for called, found in slots.items()})


def _lower(said: str) -> str:
    return " ".join(said.lower().split())


def _schedule(said: re.Match[str]) -> tuple[int, Unit]:
    """A lag as Microsoft Project has it: its days are working days, "ed" elapsed ones."""
    _, kind, sign, number, unit = said.groups()
    if kind in ("ss", "sf"):
        raise Unclear(f"{said[0]!r} depends on the start of another, and a milestone has none: write FS")
    return _lag(sign, number, unit, "working") if sign else (0, "calendar")


def _delay(said: re.Match[str]) -> tuple[int, Unit]:
    """A delay as Redmine has it ("2 1d"), in working days."""
    return _lag(said[2], said[3], said[4], "working")


def _plain(said: re.Match[str]) -> tuple[int, Unit]:
    return _lag(said[2], said[3], said[4], "calendar")


def _lag(sign: str, number: str, unit: str, days: Unit) -> tuple[int, Unit]:
    if unit in _DAYS:
        length, kind = 1, days
    elif unit in _WEEKS:
        length, kind = (_WORKING_WEEK if days == "working" else 7), days
    elif unit in _UNITS:
        length, kind = _UNITS[unit]
    else:
        raise Unclear(f"the lag {sign}{number} {unit} is in no unit that is known: write days")
    return (-1 if sign == "-" else 1) * min(int(number), 10**6) * length, kind
