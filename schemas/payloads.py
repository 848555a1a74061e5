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


class PlacedIn(Record):
    """A place of a plan: its GSS code and the name people use."""

    code: Place
    name: Title


class PlanData(Record):
    """A plan as its lead publishes it. `tolerance` is in days: a slip above it is late."""

    title: Title
    mission: Title | None = None
    target: PreciseDate | None = None
    tolerance: Tolerance = 14
    visibility: Visibility = "public"
    places: tuple[PlacedIn, ...] = ()
    contact: str | None = Field(None, max_length=200, description="a team mailbox, never a person")


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
    places: tuple[Place, ...] | None = None
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
    baseline: Decimal | None = None
    target: Decimal | None = None
    target_date: PreciseDate | None = None


class ObservedData(Record):
    """One value of an outcome: for a period, by place and group; `provisional` until it is final."""

    period: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    value: Decimal | None
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
    pays_for: tuple[MilestoneName, ...] = ()
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
    if isinstance(data, Record):
        yield from (f"{at}.{name}" for name in data.model_extra or ())
        for name in data.model_fields_set:
            yield from unknown_fields(getattr(data, name, None), f"{at}.{name}")
    elif isinstance(data, tuple):
        for index, item in enumerate(data):
            yield from unknown_fields(item, f"{at}[{index}]")
