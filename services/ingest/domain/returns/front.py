"""Reads from the front sheets of a return which project it is about, and as at which date and period."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.ingest.domain.returns.cells import Unreadable, plain_date
from services.ingest.domain.returns.grid import Grid, Value
from services.ingest.domain.returns.model import Finding

_PROJECT = re.compile(r"\bproject (id|ref|reference|code)\b")
_AS_AT = re.compile(r"\b(snapshot|as[- ]at|reporting|status|data) date\b|^as at$")
_PERIOD = re.compile(r"\b(current quarter|reporting (period|quarter))\b")

_REFERENCE = re.compile(r"(?=\S*\d)[A-Za-z0-9][\w./-]*")
_QUARTER = re.compile(r".*\bQ[1-4]\b.*")
_ENDS_IN_PERIOD = re.compile(
    r"(.*\w)[-_ /.]((?:\d{2}){1,2}[-/]?\d{2}[-_ ]?Q[1-4]|Q[1-4][-_ ]?(?:\d{2}){1,2})", re.IGNORECASE
)

_REACH = 4
"""The answer stands at most this many columns to the right of its label."""
_LONGEST_LABEL = 60

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Front:
    """The project, as-at date and period as they stand in the workbook; None where they do not."""

    project: str | None
    as_at: dt.date | None
    period: str | None
    findings: tuple[Finding, ...]


def read_front(grids: Sequence[Grid]) -> Front:
    """The front matter of a return; where it is stated differently in several places, a finding says so."""
    projects = [str(v) for v in _answers(grids, _PROJECT) if isinstance(v, str) and _REFERENCE.fullmatch(v.strip())]
    dates = [day for value in _answers(grids, _AS_AT) if (day := _day(value))]
    periods = [" ".join(v.split()) for v in _answers(grids, _PERIOD) if isinstance(v, str) and _QUARTER.fullmatch(v)]
    # a workbook also numbers its project for others ("Controls Project ID"): its own is the one that its sheets repeat
    repeated = Counter(value for grid in grids for value in grid.values.values() if isinstance(value, str))
    projects = [project.strip() for project in sorted(dict.fromkeys(projects), key=lambda said: -repeated[said])]
    findings = (*_several("project", projects), *_several("as_at", [str(day) for day in dict.fromkeys(dates)]))
    return Front(_first(projects), _first(dates), _first(periods), findings)


def project_finding(project: str) -> Finding | None:
    """A finding for a reference that ends in a period, suggesting the part before it; None for any other."""
    ends = _ENDS_IN_PERIOD.fullmatch(project)
    if not ends:
        return None
    return Finding(
        "noted",
        f"the project reference {project} ends in a period ({ends[2]}) and is part of every milestone's name. If it "
        f"changes with the quarter, all milestones will be new ones next time: give {ends[1]} as the project. Else "
        "confirm it",
        field="project",
    )


def _answers(grids: Sequence[Grid], label: re.Pattern[str]) -> Iterator[Value]:
    for grid in grids:
        for (row, column), value in sorted(grid.values.items()):
            if (
                isinstance(value, str)
                and len(value) <= _LONGEST_LABEL
                and label.search(" ".join(value.lower().split()))
            ):
                beside = (grid.value(row, column + step) for step in range(1, _REACH + 1))
                yield from (answer for answer in beside if answer is not None)


def _words(label: str) -> str:
    return " ".join(label.lower().split())


def _day(value: Value) -> dt.date | None:
    try:
        return plain_date(value)
    except Unreadable:
        return None  # a hint such as "drop down" stands beside the label


def _first(values: Sequence[T]) -> T | None:
    return values[0] if values else None


def _several(field: str, values: Sequence[str]) -> Iterator[Finding]:
    if len(values) > 1:
        said = f"{values[0]}, and also {' and '.join(values[1:])}"
        yield Finding(
            "noted", f"the workbook states {field.replace('_', '-')} as {said}: confirm the first", field=field
        )
