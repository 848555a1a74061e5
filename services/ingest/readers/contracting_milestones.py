"""Milestones of open contracting data as those of a schedule: what each is, when it is due, and whether it was met."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.ingest.domain.days import day_or_none, written_day
from services.ingest.domain.returns.model import MilestoneType, State
from services.ingest.domain.returns.names import slug_of
from services.ingest.domain.returns.phrases import shortened
from services.ingest.domain.schedules.model import Task
from services.ingest.readers.contracting_blocks import Stated, text
from services.ingest.readers.remarks import Remarks

SHEET = "Milestones"
"""What the list of milestones is called."""

_STATES: Mapping[str, State] = {"scheduled": "open", "met": "done", "notMet": "open", "partiallyMet": "open"}
_TYPES: Mapping[str, MilestoneType | None] = {
    "approval": "approval",
    "contractClose": "approval",
    "assessment": "assurance",
    "delivery": "delivery",
    "engagement": "engagement",
    "": None,
}
"""The types of the open codelist milestoneType that are the same here."""

_MONEY = {"payment", "financing"}
_OTHERS = ("type", "code", "description", "dateModified", "dueAfterDate")
_SEPARATORS = set("/=")
_LONGEST_SLOT, _LONGEST_TITLE, _LONGEST_ENDING = 60, 300, 20

_UNREADABLE = "the {} is no date, and is left out: {{}}. Write dates as 2026-11-25"
_LATE = "not met when last reviewed, after the due date: {}. Say when they are expected"
_PARTLY = "met in part, which counts as open until it is met: {}"
_CONTRARY = "open by its status, although it has a date on which it was met: {}. Correct either"
_NO_STATUS = "without a status, so what has a date on which it was met is done, and the rest is open: {}"
_FINANCIAL = "about money, for which there is no type: {}. Leave them out unless the plan follows payments"
_NO_TYPE = "of a type that has no like here, and published without one: {}"
_MOVED = "the due date moved between the releases in the file, and the last one is read: {}"
_NAMELESS = "without an id of its own, and recognised by its title: {}"
_ENDED = "open, but of something that was cancelled or terminated: {}. Say that they are cancelled, if they are"


def read_milestones(stated: Sequence[Stated], remarks: Remarks) -> Iterator[Task]:
    """The milestones as those of a schedule without relations."""
    several = len({one.project for one in stated}) > 1
    slots = _slots(stated)
    versions = _versions(stated)
    for row, one in enumerate(stated, 1):
        slot, dates = slots[row - 1], dict(_dates(one, slots[row - 1], remarks))
        task = Task(
            id=str(row),
            row=row,
            slot=slot,
            title=_title(one),
            state=_state(one, dates),
            said=text(one.fields, "status") or "without a status",
            key=f"{one.block.owner} {one.block.label} {one.id}" if one.id else None,
            flagged=True,
            dates=dates,
            others={name: said for name in _OTHERS if (said := text(one.fields, name))},
            project=one.project if several else None,
            type=_TYPES.get(text(one.fields, "type")),
            version=versions[row - 1],
        )
        for sentence in _about(one, task):
            remarks.add(sentence, f"{slot} ({shortened(task.title)})")
        yield task


def _slots(stated: Sequence[Stated]) -> list[str]:
    """What points at each: its id, unless another has it too, or it cannot stand in an answer."""
    often = Counter(one.id for one in stated)
    return [
        one.id
        if one.id and often[one.id] == 1 and len(one.id) <= _LONGEST_SLOT and not set(one.id) & _SEPARATORS
        else f"milestone {number}"
        for number, one in enumerate(stated, 1)
    ]


def _title(one: Stated) -> str:
    return text(one.fields, "title") or text(one.fields, "description")[:_LONGEST_TITLE] or text(one.fields, "code")


def _versions(stated: Sequence[Stated]) -> list[str | None]:
    """What tells milestones with one title apart: their part of the process, else the contract, else their own id."""
    alike = defaultdict(list)
    for place, one in enumerate(stated):
        alike[one.project, _title(one).casefold()].append(place)
    versions: list[str | None] = [None] * len(stated)
    for places in alike.values():
        if len(places) > 1:
            for place, ending in zip(places, _endings([stated[place] for place in places]), strict=True):
                versions[place] = ending
    return versions


def _endings(alike: Sequence[Stated]) -> list[str | None]:
    for endings in ([one.block.kind for one in alike], [one.block.part for one in alike], [one.id for one in alike]):
        slugs = [(slug_of(ending) or "")[:_LONGEST_ENDING] for ending in endings]
        if all(slugs) and len(set(slugs)) == len(slugs):
            return list(endings)
    return [None] * len(alike)


def _dates(one: Stated, slot: str, remarks: Remarks) -> Iterator[tuple[str, dt.date]]:
    first = one.due[0] if len(one.due) > 1 else ""
    said = {"First due date": first, "Due date": text(one.fields, "dueDate"), "Date met": text(one.fields, "dateMet")}
    for called, written in said.items():
        try:
            day = written_day(written)
        except ValueError:
            remarks.add(_UNREADABLE.format(called.lower()), slot)
        else:
            yield from [(called, day)] if day else []


def _state(one: Stated, dates: Mapping[str, dt.date]) -> State | None:
    status = text(one.fields, "status")
    return _STATES.get(status) if status else "done" if "Date met" in dates else "open"


def _about(one: Stated, task: Task) -> Iterable[str]:
    """What is to be noticed of a milestone; sentences with a place for it."""
    kind, status = text(one.fields, "type"), text(one.fields, "status")
    due, reviewed = task.dates.get("Due date"), day_or_none(text(one.fields, "dateModified"))
    holds = {
        _LATE: status in ("notMet", "partiallyMet") and due is not None and reviewed is not None and reviewed > due,
        _PARTLY: status == "partiallyMet",
        _CONTRARY: task.state == "open" and "Date met" in task.dates,
        _NO_STATUS: not status,
        _FINANCIAL: kind in _MONEY,
        _NO_TYPE: kind not in _MONEY and kind not in _TYPES,
        _MOVED: "First due date" in task.dates,
        _NAMELESS: one.id is None,
        _ENDED: one.block.ended and task.state == "open",
    }
    return (sentence for sentence, is_so in holds.items() if is_so)
