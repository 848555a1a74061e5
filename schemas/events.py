"""What departments may say: one class per event type, joined in the union `Event`, discriminated on `type`."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.envelope import Envelope, Record
from schemas.names import MilestoneName, PlanName
from schemas.network import NetworkRecord, RebuildRequested
from schemas.payloads import (
    AbsorbedData,
    AnsweredData,
    AssessedData,
    BlockedData,
    CancelledData,
    CompletedData,
    ContributorData,
    DependencyData,
    DisputedData,
    ExperienceData,
    ForecastData,
    FundingData,
    NeedsData,
    ObservedData,
    OutcomeData,
    PlanData,
    PlannedData,
    ProgressedData,
    RebaselinedData,
    ReopenedData,
    ReportedData,
    StartedData,
    UnblockedData,
    UnlistedData,
    WithdrawnData,
)

AssessedName = PlanName | MilestoneName
"""A plan, a project or a milestone; `data.of` says which."""


class PlanPublished(Envelope):
    """The lead publishes the plan, or changes what it says of it."""

    type: Literal["org.milepost.plan.published.v1"]
    subject: PlanName
    data: PlanData


class PlanWithdrawn(Envelope):
    """The lead withdraws the plan; published again, it is back."""

    type: Literal["org.milepost.plan.withdrawn.v1"]
    subject: PlanName
    data: WithdrawnData


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


class ContributorUnlisted(Envelope):
    """The lead no longer lists a department; its milestones stay visible, marked."""

    type: Literal["org.milepost.contributor.unlisted.v1"]
    subject: PlanName
    data: UnlistedData


class MilestonePlanned(Envelope):
    """A milestone enters the plan."""

    type: Literal["org.milepost.milestone.planned.v1"]
    subject: MilestoneName
    data: PlannedData


class MilestoneReported(Envelope):
    """A return's row: all that is known as at a date."""

    type: Literal["org.milepost.milestone.reported.v1"]
    subject: MilestoneName
    data: ReportedData


class MilestoneRebaselined(Envelope):
    """A new baseline was agreed."""

    type: Literal["org.milepost.milestone.rebaselined.v1"]
    subject: MilestoneName
    data: RebaselinedData


class MilestoneForecast(Envelope):
    """The owner's forecast."""

    type: Literal["org.milepost.milestone.forecast.v1"]
    subject: MilestoneName
    data: ForecastData


class MilestoneStarted(Envelope):
    """Work towards the milestone began."""

    type: Literal["org.milepost.milestone.started.v1"]
    subject: MilestoneName
    data: StartedData


class MilestoneProgressed(Envelope):
    """How far it is."""

    type: Literal["org.milepost.milestone.progressed.v1"]
    subject: MilestoneName
    data: ProgressedData


class MilestoneBlocked(Envelope):
    """It cannot go on."""

    type: Literal["org.milepost.milestone.blocked.v1"]
    subject: MilestoneName
    data: BlockedData


class MilestoneUnblocked(Envelope):
    """It can go on."""

    type: Literal["org.milepost.milestone.unblocked.v1"]
    subject: MilestoneName
    data: UnblockedData


class MilestoneCompleted(Envelope):
    """The milestone was met."""

    type: Literal["org.milepost.milestone.completed.v1"]
    subject: MilestoneName
    data: CompletedData


class MilestoneReopened(Envelope):
    """What was done or cancelled is open again."""

    type: Literal["org.milepost.milestone.reopened.v1"]
    subject: MilestoneName
    data: ReopenedData


class MilestoneCancelled(Envelope):
    """The milestone will not happen."""

    type: Literal["org.milepost.milestone.cancelled.v1"]
    subject: MilestoneName
    data: CancelledData


class ConfidenceAssessed(Envelope):
    """An office declares its confidence in a milestone, a project or a plan."""

    type: Literal["org.milepost.confidence.assessed.v1"]
    subject: AssessedName
    data: AssessedData


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


class DependencyAccepted(Envelope):
    """The giver accepts that its milestone is needed by another."""

    type: Literal["org.milepost.dependency.accepted.v1"]
    subject: MilestoneName
    data: AnsweredData


class DependencyDisputed(Envelope):
    """The giver disputes that its milestone is needed by another."""

    type: Literal["org.milepost.dependency.disputed.v1"]
    subject: MilestoneName
    data: DisputedData


class DependencyAbsorbed(Envelope):
    """The receiver absorbs a slip of what it needs, up to a date."""

    type: Literal["org.milepost.dependency.absorbed.v1"]
    subject: MilestoneName
    data: AbsorbedData


class OutcomeDefined(Envelope):
    """A department defines an outcome, named like a milestone under it."""

    type: Literal["org.milepost.outcome.defined.v1"]
    subject: MilestoneName
    data: OutcomeData


class OutcomeObserved(Envelope):
    """A department reports a value of an outcome."""

    type: Literal["org.milepost.outcome.observed.v1"]
    subject: MilestoneName
    data: ObservedData


class FundingAllocated(Envelope):
    """A department allocates money to a place."""

    type: Literal["org.milepost.funding.allocated.v1"]
    subject: MilestoneName
    data: FundingData


class ExperienceReported(Envelope):
    """A department counts what people report."""

    type: Literal["org.milepost.experience.reported.v1"]
    subject: MilestoneName
    data: ExperienceData


PlanEvent = PlanPublished | PlanWithdrawn | ContributorListed | ContributorUnlisted
"""What only the lead may say, about its plan."""

MilestoneEvent = (
    MilestonePlanned
    | MilestoneReported
    | MilestoneRebaselined
    | MilestoneForecast
    | MilestoneStarted
    | MilestoneProgressed
    | MilestoneBlocked
    | MilestoneUnblocked
    | MilestoneCompleted
    | MilestoneReopened
    | MilestoneCancelled
    | DependencyDeclared
    | DependencyRemoved
    | DependencyAccepted
    | DependencyDisputed
    | DependencyAbsorbed
)
FactEvent = OutcomeDefined | OutcomeObserved | FundingAllocated | ExperienceReported
"""What is said beside the milestones: outcomes, money, experiences."""

Event = Annotated[PlanEvent | MilestoneEvent | ConfidenceAssessed | FactEvent, Field(discriminator="type")]
"""Everything that a department may say."""

OwnRecord = PlanDated | RebuildRequested | NetworkRecord
"""Milepost's own records, under the reserved name; each is about the plan that it travels with."""

LogRecord = Annotated[
    OwnRecord | PlanEvent | MilestoneEvent | ConfidenceAssessed | FactEvent, Field(discriminator="type")
]
"""Everything that travels on `milepost.events`: what departments say and Milepost's own records."""

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
LOG_RECORD: TypeAdapter[LogRecord] = TypeAdapter(LogRecord)
