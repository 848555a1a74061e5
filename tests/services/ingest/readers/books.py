"""Small workbooks for tests: a quarterly return with the quirks of a real one, and ways to rewrite a file."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

AS_AT = dt.date(2019, 6, 30)
Line = Sequence[Any]
Rewrite = Callable[[bytes], bytes]


def saved(book: Workbook) -> bytes:
    """The workbook as a file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def book(*sheets: tuple[str, Sequence[Line]]) -> Workbook:
    """A workbook of these sheets and their lines."""
    made = Workbook()
    made.remove(made.active)
    for name, lines in sheets:
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    return made


def rewritten(content: bytes, parts: Mapping[str, Rewrite | bytes]) -> bytes:
    """The file with some of its parts rewritten, or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            part = parts.get(name)
            new.writestr(name, part if isinstance(part, bytes) else part(old.read(name)) if part else old.read(name))
    return stream.getvalue()


def replacing(old: bytes, new: bytes) -> Rewrite:
    """A rewrite that replaces the one occurrence of `old`."""

    def rewrite(part: bytes) -> bytes:
        assert part.count(old) == 1, part
        return part.replace(old, new)

    return rewrite


def quarterly_return(*approvals: Line, assurance: Sequence[Line] = (), delivery: Sequence[Line] = ()) -> Workbook:
    """A return: a front sheet, a summary that repeats a row, three sheets of milestones, and hidden sheets of old ones.

    A line is slot, title, baseline, forecast or actual, status, reason; more slots are numbered, and empty.
    """
    made = book(
        ("Introduction", [["0.1.4", "GOASS Project ID", "ARE_0024_1516-Q4"], ["0.1.10", "Snapshot Date", AS_AT]]),
        ("Report Summary", _summary(approvals[0])),
        ("6a - Milestones - Approvals", _sheet("Approval", "Milestone label", True, approvals)),
        ("6b - Milestones - Assurance", _sheet("Assurance", "Milestone label", False, assurance)),
        ("6c - Milestones - Delivery", _sheet("Delivery", "Miletone label", False, delivery)),
        ("6a last quarter", _sheet("Approval", "Milestone label", True, [("6.09.1", "Old", AS_AT, AS_AT, "Live")])),
        ("6c last quarter", _sheet("Delivery", "Milestone label", False, [("6.08.1", "Old", AS_AT, AS_AT, "Live")])),
    )
    made["6a last quarter"].sheet_state = "hidden"
    made["6c last quarter"].sheet_state = "veryHidden"
    for name in ("6a - Milestones - Approvals", "6b - Milestones - Assurance", "6c - Milestones - Delivery"):
        made[name].merge_cells("D5:I5")
        made[name].column_dimensions["B"].hidden = True
    return made


def _summary(line: Line) -> list[Line]:
    slot, title, baseline, due, status, *_ = line
    header = [None, "Approval", "Milestone", "Baseline", "Forecast", "Ginga (days)", "Status"]
    return [[None, "Milestones"], header, [slot, "Next", title, baseline, due, 0, status]]


def _sheet(kind: str, label: str, versions: bool, lines: Sequence[Line]) -> list[Line]:
    version = ["Version No."] if versions else []
    header = [None, None, None, label, "Controls", *version, f"Baseline Date of {kind} Point"]
    header += [f"Forecast / Actual Date\nof {kind} Point", "Ginga between Baseline and Forecast/ Actual Dates (Days)"]
    header += ["Status", "Specific reason/s for any delay\n(mandatory if over 100 days)"]
    section = lines[0][0].rpartition(".")[0] if lines else "6.07"
    empty = [[None, None, f"{section}.{number}"] for number in range(len(lines) + 1, len(lines) + 6)]
    return [
        ["ARE_0024_1516-Q4", "Universal Cantilever Bridge over the River Styx"],
        [],
        ["Guidance Notes", "Doodle Column\n(Contents not collated)", 6],
        [],
        [None, None, float(section), f"{kind} History (covers everything, including all versions)"],
        header,
        *(_row(line, versions) for line in lines),
        *empty,
        [],
        [None, None, f"{section}b", f"{kind} Points"],
        [None, None, f"{section}b.1", "Latest Point Stage", None, "Outline Business Case"],
        ["The term project is used to represent projects, programmes and portfolios"],
    ]


def _row(line: Line, versions: bool) -> Line:
    slot, title, baseline, due, status, *reason = line
    dated = isinstance(baseline, dt.date) and isinstance(due, dt.date)
    variance = (due - baseline).days if dated else ""
    version = [1] if versions else []
    return [None, "note", slot, title, "(1) SRO", *version, baseline, due, variance, status, *reason]
