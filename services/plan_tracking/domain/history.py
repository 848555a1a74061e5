"""A milestone's history as a story that people can read: who said what, when, and what came of it."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.dates import PreciseDate
from schemas.names import owner
from schemas.states import Node
from services.kit.words import counted, day_in_words, listed, london_day, readable
from services.plan_tracking.domain.directory import Directory


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One accepted record: when it was so (`time`), when it was received (`accepted`), and which registers it won.

    `data` is as it was said, in JSON's types; an empty `won` means that everything in it had been said later.
    """

    time: dt.datetime
    accepted: dt.datetime
    source: str
    id: str
    type: str
    data: Mapping[str, Any]
    won: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One paragraph: who, when it was so, what was said, why; and what a reader has to know about the record."""

    when: dt.datetime
    who: str
    what: str
    reason: str | None
    note: str | None


_DATES = ("baseline", "forecast")


def story(entries: Iterable[HistoryEntry], known: Directory) -> list[Told]:
    """The history, newest first, each date beside the one that it replaced."""
    before: dict[str, dt.date] = {}
    told = []
    for entry in sorted(entries, key=lambda entry: (entry.time, entry.accepted, entry.source, entry.id)):
        what = _WHAT.get(_noun_and_verb(entry.type), _anything)(entry, before, known)
        reason = entry.data.get("reason")
        who = known.department(owner(entry.source.removeprefix("/")))
        told.append(Told(entry.time, who, what, readable(reason) if isinstance(reason, str) else None, _note(entry)))
        before |= {name: date.date for name in _DATES if (date := _date(entry.data.get(name))) is not None}
    return told[::-1]


def _noun_and_verb(type_: str) -> str:
    return type_.removeprefix("org.milepost.").rpartition(".v")[0]


def _date(value: Any) -> PreciseDate | None:
    return None if value is None else PreciseDate.model_validate(value)


def _note(entry: HistoryEntry) -> str | None:
    notes = []
    if london_day(entry.accepted) != london_day(entry.time):
        notes.append(f"received on {day_in_words(london_day(entry.accepted))}")
    if not entry.won:
        notes.append("changed nothing: something later had been said already")
    return "; ".join(notes) or None


def _moved(name: str, value: Any, before: Mapping[str, dt.date]) -> str:
    """A date and how far it is from the one before: "forecast 1 March 2027 (30 days later than before)"."""
    date = _date(value)
    if date is None:
        return f"{name} no longer known"
    said = f"{name} {day_in_words(date.date, date.precision)}"
    days = (date.date - before[name]).days if name in before else 0
    return f"{said} ({counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'} than before)" if days else said


def _dates(entry: HistoryEntry, before: Mapping[str, dt.date]) -> list[str]:
    return [_moved(name, entry.data[name], before) for name in _DATES if name in entry.data]


def _planned(entry: HistoryEntry, before: Mapping[str, dt.date], _: Directory) -> str:
    dates = listed(_dates(entry, before))
    return f"put it in the plan as “{entry.data.get('title', '')}”" + (f", {dates}" if dates else "")


def _reported(entry: HistoryEntry, before: Mapping[str, dt.date], _: Directory) -> str:
    parts = _dates(entry, before)
    actual, state = _date(entry.data.get("actual")), entry.data.get("state")
    if actual is not None:
        parts.append(f"done on {day_in_words(actual.date)}")
    elif state in ("open", "cancelled", "done"):
        parts.append(str(state))
    return f"reported: {listed(parts)}" if parts else "reported nothing about its dates"


def _forecast(entry: HistoryEntry, before: Mapping[str, dt.date], _: Directory) -> str:
    return f"gave a new {_moved('forecast', entry.data.get('forecast'), before)}"


def _completed(entry: HistoryEntry, _: Mapping[str, dt.date], __: Directory) -> str:
    actual = _date(entry.data.get("actual"))
    return f"said that it was done on {day_in_words(actual.date)}" if actual else "said that it is done"


def _cancelled(entry: HistoryEntry, _: Mapping[str, dt.date], known: Directory) -> str:
    by = entry.data.get("replaced_by")
    instead = f"; in its place: {known.step(Node(plan=known.plan, milestone=str(by))).title}" if by else ""
    return f"cancelled it{instead}"


def _needed(entry: HistoryEntry, known: Directory) -> str:
    plan = entry.data.get("needs_plan") or known.plan
    return known.step(Node(plan=str(plan), milestone=str(entry.data.get("needs")))).title


def _declared(entry: HistoryEntry, _: Mapping[str, dt.date], known: Directory) -> str:
    lag = entry.data.get("lag") or 0
    unit = "working day" if entry.data.get("unit") == "working" else "day"
    apart = f", at {'least' if lag > 0 else 'most'} {counted(abs(lag), unit)} {'before' if lag > 0 else 'after'} it"
    return f"said that it needs {_needed(entry, known)}" + (apart if lag else "")


def _removed(entry: HistoryEntry, _: Mapping[str, dt.date], known: Directory) -> str:
    return f"said that it no longer needs {_needed(entry, known)}"


def _anything(entry: HistoryEntry, _: Mapping[str, dt.date], __: Directory) -> str:
    return f"said: {_noun_and_verb(entry.type).replace('.', ' ') or entry.type}"


def _rebaselined(entry: HistoryEntry, before: Mapping[str, dt.date], _: Directory) -> str:
    office = readable(str(entry.data.get("approved_by") or entry.data.get("office") or ""))
    by = f", approved by {office}" if office else ""
    return f"agreed a new {_moved('baseline', entry.data.get('baseline'), before)}{by}"


def _started(entry: HistoryEntry, _: Mapping[str, dt.date], __: Directory) -> str:
    day = _date(entry.data.get("started"))
    return f"said that work began on {day_in_words(day.date)}" if day else "said that work has begun"


def _progressed(entry: HistoryEntry, _: Mapping[str, dt.date], __: Directory) -> str:
    percent, note = entry.data.get("percent"), entry.data.get("note")
    said = f"reported progress: {percent} per cent" if percent is not None else "reported progress"
    return f"{said} ({readable(note)})" if isinstance(note, str) else said


def _assessed(entry: HistoryEntry, _: Mapping[str, dt.date], __: Directory) -> str:
    value, scale = (readable(str(entry.data.get(name) or "")) for name in ("value", "scale"))
    return f"declared its confidence {value.lower()}" + (f" ({scale})" if scale else "")


def _answered(verb: str) -> Callable[[HistoryEntry, Mapping[str, dt.date], Directory], str]:
    def said(entry: HistoryEntry, _: Mapping[str, dt.date], known: Directory) -> str:
        by = entry.data.get("needed_by")
        if not by:
            return verb
        plan = str(entry.data.get("needed_by_plan") or known.plan)
        return f"{verb} by {known.step(Node(plan=plan, milestone=str(by))).title}"

    return said


def _absorbed(entry: HistoryEntry, _: Mapping[str, dt.date], known: Directory) -> str:
    until = _date(entry.data.get("until"))
    said = f"said that it can take in what moves in {_needed(entry, known)}"
    return f"{said} until {day_in_words(until.date)}" if until else said


def _plain(words: str) -> Callable[[HistoryEntry, Mapping[str, dt.date], Directory], str]:
    return lambda _, __, ___: words


_WHAT: dict[str, Callable[[HistoryEntry, Mapping[str, dt.date], Directory], str]] = {
    "milestone.planned": _planned,
    "milestone.reported": _reported,
    "milestone.forecast": _forecast,
    "milestone.completed": _completed,
    "milestone.cancelled": _cancelled,
    "dependency.declared": _declared,
    "dependency.removed": _removed,
    "milestone.rebaselined": _rebaselined,
    "milestone.started": _started,
    "milestone.progressed": _progressed,
    "milestone.blocked": _plain("said that it is blocked"),
    "milestone.unblocked": _plain("said that it is blocked no longer"),
    "milestone.reopened": _plain("opened it again"),
    "confidence.assessed": _assessed,
    "dependency.accepted": _answered("accepted that it is needed"),
    "dependency.disputed": _answered("disputed that it is needed"),
    "dependency.absorbed": _absorbed,
}
