"""What events carry: the `data` of each type.

An absent field says nothing; null says "no longer known".
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.dates import PlainDate, PreciseDate
from schemas.envelope import Record
from schemas.names import Department, MilestoneName, Place, PlanName

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Office = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""An office that approves or assesses, never a person."""
Kind = Literal["approval", "assurance", "delivery", "engagement"]
Unit = Literal["calendar", "working"]
Visibility = Literal["public", "partners", "owner"]

Lag = Annotated[int, Field(ge=-3650, le=3650)]
Tolerance = Annotated[int, Field(ge=0, le=30)]
Measured = Annotated[Decimal, Field(max_digits=20, decimal_places=8)]
"""A value of an outcome, in its unit."""


class PlacedIn(Record):
    """A place of a plan: its GSS code and the name people use."""

    code: Place
    name: Title


class Reporting(Record):
    """How often departments return to a plan, and how many days after the end of a period its return is due.

    Periods are calendar months, or quarters of the financial year (April to March).
    """

    every: Literal["month", "quarter"]
    due_days: Annotated[int, Field(ge=0, le=92)]


class CalendarData(Record):
    """The days on which nobody works, beside weekends: pinned in the plan, so that a lag means the same for ever."""

    name: Title
    holidays: Annotated[tuple[PlainDate, ...], Field(max_length=1000, fail_fast=True)]


class PlanData(Record):
    """A plan as its lead publishes it. `tolerance` is in days: a slip above it is late.

    A target or tolerance that differs from the first needs `approved_by` (an office) and `reason`: without them it
    holds, and everyone is shown that nobody agreed it. A publication `hold` freezes the public view: once that date is
    over, all but the lead and the contributors see the plan as it was known at its end, in London; null lifts it.
    """

    title: Title
    mission: Title | None = None
    target: PreciseDate | None = None
    tolerance: Tolerance = 14
    visibility: Visibility = "public"
    places: tuple[PlacedIn, ...] = Field((), max_length=500, fail_fast=True)
    contact: str | None = Field(None, max_length=200, description="a team mailbox, never a person")
    reporting: Reporting | None = None
    calendar: CalendarData | None = None
    hold: PlainDate | None = None
    approved_by: Office | None = None
    reason: Reason | None = None

    @model_validator(mode="after")
    def _approval_is_whole(self) -> Self:
        if (self.approved_by is None) != (self.reason is None):
            raise ValueError("approved_by and reason go together: who agreed the target and tolerance, and why")
        return self


class ContributorData(Record):
    """A department that the lead lists as a contributor to the plan."""

    department: Department
    title: Title | None = None


class UnlistedData(Record):
    """A department that the lead no longer lists, and why."""

    department: Department
    reason: Reason | None = None


class MilestoneData(Record):
    """What is known of a milestone apart from its lifecycle; each field is a register of its own."""

    title: Title | None = None
    type: Kind | None = None
    baseline: PreciseDate | None = None
    forecast: PreciseDate | None = None
    places: tuple[Place, ...] | None = Field(None, max_length=1000, fail_fast=True)
    contact: str | None = Field(None, max_length=200, description="a team mailbox, never a person")


class PlannedData(MilestoneData):
    """A milestone as it enters the plan."""

    title: Title


class ReportedData(MilestoneData):
    """A row of a return: everything known as at a date, each field optional.

    `actual` with no `state` means done; `reason` explains the date (or the cancellation) that the row carries.
    """

    state: Literal["open", "done", "cancelled"] | None = None
    actual: PlainDate | None = None
    reason: Reason | None = None

    @model_validator(mode="after")
    def _actual_is_of_the_done(self) -> Self:
        if self.actual is not None and self.state not in (None, "done"):
            raise ValueError(f"actual is the date it was met, but state is {self.state!r}: leave one of them out")
        return self


class ForecastData(Record):
    """The owner's present expectation, and why it changed."""

    forecast: PreciseDate | None
    reason: Reason


class CompletedData(Record):
    """The milestone was met on `actual`."""

    actual: PlainDate


class CancelledData(Record):
    """The milestone will not happen; `replaced_by` names the one that stands in its place."""

    reason: Reason
    replaced_by: MilestoneName | None = None


class NeedsData(Record):
    """The subject needs `milestone` (of `plan`; without it, of the same plan)."""

    needs: MilestoneName
    needs_plan: PlanName | None = None


class DependencyData(NeedsData):
    """... to be met at least `lag` days earlier; a negative lag lets it be met later than the subject."""

    lag: Lag = 0
    unit: Unit = "calendar"


class WithdrawnData(Record):
    """Why the lead withdraws the plan; what was public stays visible, marked."""

    reason: Reason


class RebaselinedData(Record):
    """A new agreed date: who approved it (an office), and why."""

    baseline: PreciseDate
    approved_by: Office
    reason: Reason


class StartedData(Record):
    """Work towards the milestone began."""

    started: PlainDate


class ProgressedData(Record):
    """How far it is: per cent of the work, or in words."""

    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    note: Reason | None = None


class BlockedData(Record):
    """It cannot go on, and why; `by` names the department that could end it, where one could."""

    reason: Reason
    by: Department | None = None


class UnblockedData(Record):
    """It can go on."""


class ReopenedData(Record):
    """What was said to be done or cancelled is open again, and why."""

    reason: Reason


class AssessedData(Record):
    """Confidence as people declare it, never computed: `scale` and `value` as said, the office that assessed, and when.

    `of` says what the subject names: a project's name looks like a milestone's.
    """

    of: Literal["milestone", "project", "plan"] = "milestone"
    scale: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    value: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    assessor: Office
    assessed: PlainDate


class AnsweredData(Record):
    """The giver's answer to a dependency: the subject is needed by `needed_by` (of `needed_by_plan`)."""

    needed_by: MilestoneName
    needed_by_plan: PlanName | None = None
    reason: Reason | None = None


class DisputedData(AnsweredData):
    """The giver does not accept the dependency, and why."""

    reason: Reason


class AbsorbedData(NeedsData):
    """The receiver absorbs a slip of what it needs, up to a date."""

    until: PlainDate
    reason: Reason | None = None


class OutcomeData(Record):
    """A measure of what is better for people: unit, direction, source, baseline and target."""

    title: Title
    unit: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    direction: Literal["increase", "decrease"]
    source: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    baseline: Measured | None = None
    target: Measured | None = None
    target_date: PreciseDate | None = None


class ObservedData(Record):
    """One value of an outcome: for a period, by place and group; `provisional` until it is final."""

    period: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    value: Measured | None
    place: Place | None = None
    group: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    provisional: bool = False


class FundingData(Record):
    """Money for a place: which fund, how much (pounds), when, and which milestones it pays for."""

    place: Place
    fund: Title
    amount: Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)] | None
    financial_year: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}/[0-9]{2}$")]
    use: Literal["capital", "revenue"]
    route: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    pays_for: tuple[MilestoneName, ...] = Field((), fail_fast=True)
    spend_by: PreciseDate | None = None
    evidence: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = None


class ExperienceData(Record):
    """What people report, as a theme and a count; no personal testimony."""

    place: Place
    theme: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    count: Annotated[int, Field(ge=0, le=10_000_000)]
    period: Annotated[str, StringConstraints(min_length=1, max_length=50)]


def unknown_fields(data: Any, at: str = "data") -> Iterator[str]:
    """The paths of fields in `data` that this version of the contract does not know: misspelt, most likely."""
    if isinstance(data, tuple):
        for index, item in enumerate(data):
            yield from unknown_fields(item, f"{at}[{index}]")
    elif isinstance(data, Record):
        if data.model_extra:
            yield from (f"{at}.{name}" for name in data.model_extra)
        for name, value in vars(data).items():
            if value is not None and type(value) is not str:  # most are, and to ask whether it is a model takes long
                yield from unknown_fields(value, f"{at}.{name}")
