"""What departments may say: one class per event type, joined in the union `Event`, discriminated on `type`.

In every `data` an absent field says nothing and null says "no longer known".
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, TypeAdapter, model_validator

from schemas.dates import PlainDate, PreciseDate
from schemas.envelope import Envelope, Record
from schemas.names import Department, MilestoneName, Place, PlanName

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
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


class PlanPublished(Envelope):
    """The lead publishes the plan, or changes what it says of it."""

    type: Literal["org.milepost.plan.published.v1"]
    subject: PlanName
    data: PlanData


class PlanDated(Envelope):
    """Milepost's own mark that a day has begun for a plan with an open milestone in the past."""

    type: Literal["org.milepost.plan.dated.v1"]
    subject: PlanName
    data: Record


class ContributorListed(Envelope):
    """The lead lists a department as a contributor."""

    type: Literal["org.milepost.contributor.listed.v1"]
    subject: PlanName
    data: ContributorData


class MilestonePlanned(Envelope):
    """A milestone enters the plan."""

    type: Literal["org.milepost.milestone.planned.v1"]
    subject: MilestoneName
    data: PlannedData


class MilestoneReported(Envelope):
    """A return's row."""

    type: Literal["org.milepost.milestone.reported.v1"]
    subject: MilestoneName
    data: ReportedData


class MilestoneForecast(Envelope):
    """The owner's forecast."""

    type: Literal["org.milepost.milestone.forecast.v1"]
    subject: MilestoneName
    data: ForecastData


class MilestoneCompleted(Envelope):
    """The milestone was met."""

    type: Literal["org.milepost.milestone.completed.v1"]
    subject: MilestoneName
    data: CompletedData


class MilestoneCancelled(Envelope):
    """The milestone will not happen."""

    type: Literal["org.milepost.milestone.cancelled.v1"]
    subject: MilestoneName
    data: CancelledData


class DependencyDeclared(Envelope):
    """The receiver says that its milestone needs another."""

    type: Literal["org.milepost.dependency.declared.v1"]
    subject: MilestoneName
    data: DependencyData


class DependencyRemoved(Envelope):
    """The receiver says that its milestone no longer needs another."""

    type: Literal["org.milepost.dependency.removed.v1"]
    subject: MilestoneName
    data: NeedsData


MilestoneEvent = (
    MilestonePlanned
    | MilestoneReported
    | MilestoneForecast
    | MilestoneCompleted
    | MilestoneCancelled
    | DependencyDeclared
    | DependencyRemoved
)
PlanEvent = PlanPublished | ContributorListed
Event = Annotated[PlanEvent | MilestoneEvent, Field(discriminator="type")]
"""Everything that a department may say."""

LogRecord = Annotated[PlanDated | PlanEvent | MilestoneEvent, Field(discriminator="type")]
"""Everything that travels on `milepost.events`: what departments say and Milepost's own records."""

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
LOG_RECORD: TypeAdapter[LogRecord] = TypeAdapter(LogRecord)


def unknown_fields(data: Any, at: str = "data") -> Iterator[str]:
    """The paths of fields in `data` that this version of the contract does not know: misspelt, most likely."""
    if isinstance(data, Record):
        yield from (f"{at}.{name}" for name in data.model_extra or ())
        for name in data.model_fields_set:
            yield from unknown_fields(getattr(data, name, None), f"{at}.{name}")
    elif isinstance(data, tuple):
        for index, item in enumerate(data):
            yield from unknown_fields(item, f"{at}[{index}]")
