"""What was read of a return: its rows, the project, as-at date and period as they stand in it, and findings."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["doubtful", "noted", "duplicate", "refused"]
"""doubtful: a date is left out until confirmed; noted: to be looked at, but published; duplicate: neither is published
until resolved; refused: it cannot be read, or not be published without an answer."""

MilestoneType = Literal["approval", "assurance", "delivery", "engagement"]
Status = Literal["Live", "Complete", "Superceded", "Redundant"]
"""The statuses, as the form spells them."""

LONGEST_TITLE = 300
"""The letters that the contract gives a title."""

BASELINE, FORECAST, ACTUAL = "baseline", "forecast", "actual"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know of a return, in a sentence that names the fix.

    Without a slot or row it is about the whole sheet, without a sheet about the whole return.
    """

    kind: Kind
    message: str
    slot: str | None = None
    sheet: str | None = None
    row: int | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A milestone as one row of a return states it.

    `slot` ("6.01.4") is a position in the form, never an id. `baseline` is the latest approved one; `due` the forecast
    or, of a complete milestone, the actual date; `said` the status as it was written; `others` what the other columns
    say, by their headers.
    """

    sheet: str
    row: int
    slot: str
    title: str
    status: Status
    said: str
    type: MilestoneType | None = None
    version: str | None = None
    original_baseline: dt.date | None = None
    baseline: dt.date | None = None
    due: dt.date | None = None
    reason: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def agreed(self) -> dt.date | None:
        """The baseline that holds: the latest approved, else the original."""
        return self.baseline or self.original_baseline

    @property
    def due_field(self) -> str:
        """What `due` is of a milestone with this status: `actual` or `forecast`."""
        return ACTUAL if self.status == "Complete" else FORECAST

    def finding(self, kind: Kind, field: str, message: str) -> Finding:
        """A finding about this row."""
        return Finding(kind, message, slot=self.slot, sheet=self.sheet, row=self.row, field=field)


@dataclass(frozen=True, slots=True)
class Return:
    """A return as read. Project, as-at date and period are as they stand in it, to be confirmed by who sends it."""

    project: str | None
    as_at: dt.date | None
    period: str | None
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
