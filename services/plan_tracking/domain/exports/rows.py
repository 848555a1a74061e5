"""Rows: a plan as a table, one row for each milestone; every column with its meaning, for the data dictionary."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemas.dates import PreciseDate
from schemas.states import MilestoneState, Node
from schemas.topics import milestone_key
from services.kit.cells import marked
from services.kit.words import readable
from services.plan_tracking.domain.directory import is_overdue

Cell = str | int | bool | dt.date | dt.datetime | None

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it means, and its value for a milestone on a day."""

    name: str
    meaning: str
    value: Callable[[MilestoneState, dt.date], Cell]


def _date(said: PreciseDate | None) -> dt.date | None:
    return said.date if said else None


def _precision(said: PreciseDate | None) -> str | None:
    return said.precision if said else None


def _key(node: Node) -> str | None:
    return milestone_key(node.plan, node.milestone) if node.milestone else None


def _needs(state: MilestoneState) -> str:
    return " ".join(filter(None, map(_key, state.needs)))


COLUMNS = (
    Column("plan", "The plan, named under its lead.", lambda m, _: m.plan),
    Column("milestone", "The milestone's name under its owner; with the plan, its identity.", lambda m, _: m.milestone),
    Column("title", "What people call it.", lambda m, _: m.title),
    Column("department", "The department or council that owns it.", lambda m, _: m.department),
    Column("project", "Its project, where its name has one.", lambda m, _: m.project),
    Column("type", "approval, assurance, delivery or engagement.", lambda m, _: m.type),
    Column("places", "GSS codes of its places, with spaces between.", lambda m, _: " ".join(m.places)),
    Column("lifecycle", "open, done or cancelled.", lambda m, _: m.lifecycle),
    Column(
        "status",
        "Schedule status: done, cancelled, undated, late (slip over tolerance), slipping (over 0) or on-track.",
        lambda m, _: m.status,
    ),
    Column("overdue", "true: open, and its owner's own date has passed.", is_overdue),
    Column("original_baseline", "The date that was agreed first.", lambda m, _: _date(m.original_baseline)),
    Column("baseline", "The date that was agreed last.", lambda m, _: _date(m.baseline)),
    Column(
        "baseline_precision",
        "How precisely the baseline was meant: day, month, quarter or financial-year; the date is its last day.",
        lambda m, _: _precision(m.baseline),
    ),
    Column(
        "baseline_approved", "false: the baseline was changed without an approval.", lambda m, _: m.baseline_approved
    ),
    Column("forecast", "The date that its owner expects.", lambda m, _: _date(m.forecast)),
    Column("forecast_precision", "How precisely the forecast was meant.", lambda m, _: _precision(m.forecast)),
    Column("actual", "The date on which it was met.", lambda m, _: m.actual),
    Column(
        "projected",
        "The date that Milepost expects: actual, else the latest of the owner's date, what its needs allow, and today.",
        lambda m, _: m.projected,
    ),
    Column("slip_days", "projected - baseline in calendar days; empty without a baseline.", lambda m, _: m.slip),
    Column("tolerance_days", "The slip above which it is late.", lambda m, _: m.tolerance),
    Column("cause", "plan|milestone whose own date drives this one.", lambda m, _: _key(m.cause) if m.cause else None),
    Column(
        "cause_by_day", "true: only the passing of days drives it.", lambda m, _: m.cause.by_day if m.cause else None
    ),
    Column("reason", "Its owner's reason for its date.", lambda m, _: m.reason.text if m.reason else None),
    Column("blocked", "Why it cannot go on.", lambda m, _: m.blocked.reason if m.blocked else None),
    Column("blocked_by", "The department that could end it.", lambda m, _: m.blocked.by if m.blocked else None),
    Column("confidence", "As declared, never computed.", lambda m, _: m.confidence.value if m.confidence else None),
    Column("confidence_scale", "Its scale.", lambda m, _: m.confidence.scale if m.confidence else None),
    Column(
        "confidence_by", "The office that assessed it.", lambda m, _: m.confidence.assessor if m.confidence else None
    ),
    Column("confidence_on", "When it did.", lambda m, _: m.confidence.assessed if m.confidence else None),
    Column("progress_percent", "Per cent of the work.", lambda m, _: m.progress.percent if m.progress else None),
    Column("needs", "plan|milestone of each that it needs, with spaces between.", lambda m, _: _needs(m)),
    Column("replaced_by", "The milestone in the place of a cancelled one.", lambda m, _: m.replaced_by),
    Column("contact", "A team mailbox.", lambda m, _: m.contact),
    Column("listed", "false: its department has not been listed by the plan's lead.", lambda m, _: m.listed),
    Column("unlisted", "When the lead took its department off the list.", lambda m, _: m.unlisted),
    Column("last_heard", "When its owner last spoke of it (UTC).", lambda m, _: m.last_heard),
    Column("version", "Grows whenever the row changes, but for overdue.", lambda m, _: m.version),
)


def table(states: Iterable[MilestoneState], today: dt.date) -> str:
    """The milestones as CSV (RFC 4180) in UTF-8, for people's spreadsheets too.

    It begins with the mark without which Excel would not know the encoding; texts are one line each, and none is a
    formula (services/kit/cells.py).
    """
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows([_written(column.value(state, today)) for column in COLUMNS] for state in states)
    return text.getvalue()


def _written(cell: Cell) -> str | int | None:
    match cell:
        case bool():
            return str(cell).lower()
        case str():
            return marked(readable(cell))
        case dt.datetime():
            return cell.isoformat(timespec="seconds").replace("+00:00", "Z")
        case dt.date():
            return cell.isoformat()
    return cell
