"""What plan-tracking concludes from the events: the state of each milestone and of each plan."""

import datetime as dt
from decimal import Decimal
from typing import Literal

from pydantic import Field, TypeAdapter

from schemas.dates import Instant, PreciseDate
from schemas.envelope import Envelope, Record
from schemas.payloads import Kind, PlacedIn, Reporting, Unit, Visibility

Lifecycle = Literal["open", "done", "cancelled"]

Status = Literal["done", "cancelled", "undated", "late", "slipping", "on-track"]
"""Schedule status: late is a slip over the plan's tolerance, slipping a slip over 0."""

STATUSES: tuple[Status, ...] = ("done", "on-track", "slipping", "late", "undated", "cancelled")
"""In the order in which pages show them."""

Waiting = Literal["unknown", "undated", "cancelled", "in-a-cycle", "withdrawn", "other-plan"]
"""Why a dependency adds no date; *other-plan* is one that has not answered yet."""

Answer = Literal["accepted", "disputed"]
"""What the giver says of a dependency."""

SLIP_BUCKETS = (0, 7, 14, 30, 60, 90, 180, 365)
"""Upper bounds, in days, of the histogram of slips; the last bucket has no bound."""


class Node(Record):
    """A milestone, wherever it is."""

    plan: str
    milestone: str


class Explained(Record):
    """A reason as said, the date that it explains, and when it was so."""

    text: str
    explains: dt.date | None = None
    said: Instant


class Approval(Record):
    """A new baseline's approval: the office, its reason, the baseline it agreed, and when it was so."""

    office: str
    reason: str
    baseline: dt.date
    said: Instant


class Blocked(Record):
    """It cannot go on: why, since when, and the department that could end it, where one could."""

    reason: str
    by: str | None = None
    since: Instant


class Progress(Record):
    """How far it is, in per cent or in words, and when it was so."""

    percent: int | None = None
    note: str | None = None
    said: Instant


class Confidence(Record):
    """Confidence as an office declared it."""

    scale: str
    value: str
    assessor: str
    assessed: dt.date


class Need(Node):
    """A dependency of a milestone on another, and what it means for its date.

    `float_days` is the free float: how far the predecessor may still move before this milestone does; negative when
    it already pushes. `waiting` says why the dependency adds no date. `answer` is the giver's. What it demands until
    `absorbed_until` the receiver absorbs: `absorbed` says that it does so now.
    """

    lag: int
    unit: Unit
    projected: dt.date | None = None
    float_days: int | None = None
    binding: bool = False
    waiting: Waiting | None = None
    answer: Answer | None = None
    absorbed_until: dt.date | None = None
    absorbed: bool = False


class Cause(Node):
    """The milestone whose own date drives another's.

    `by_day` says that nobody moved it: it is open and its date has passed, so each day moves it by one. Its slip and
    its reason are in its own state.
    """

    department: str
    by_day: bool


class FundAtRisk(Record):
    """A fund for a place, year and use that pays for a milestone projected `days` after its date to spend it by.

    `amount` is in pounds, as `department` last said; null where it did not.
    """

    fund: str
    place: str
    financial_year: str
    use: Literal["capital", "revenue"]
    department: str
    amount: Decimal | None = None
    spend_by: dt.date
    days: int


class MoneyAtRisk(Record):
    """What must be spent before the milestone that it pays for is projected.

    `amount` is the sum in pounds, null where one is unknown; `spend_by` the first date, which the milestone passes by
    `days`. Of very many funds the first by that date are named, and `more` counts the rest.
    """

    amount: Decimal | None = None
    spend_by: dt.date
    days: int
    funds: tuple[FundAtRisk, ...]
    more: int = 0


class MilestoneState(Node):
    """One milestone, as it follows from everything accepted about its plan.

    Dates: `original_baseline` is the value with the least stamp, `first_accepted_baseline` the one accepted first;
    `declared` is the forecast, else the baseline; `inherited` the latest that its needs allow; `projected` what
    Milepost expects. `slip` is projected - baseline in calendar days, null without a baseline. `path` leads from the
    cause to this milestone (of a very long one the middle is left out); of very many `needs` those are named that bind
    or wait, then the first by name, and `more_needs` counts the rest. `version` is the offset of the plan's last
    record that changed it; `listed` is false until the lead has listed its department, `unlisted` the date on which it
    was taken off again. `baseline_approved` is false when the baseline was changed without an approval.
    """

    version: int
    department: str
    project: str | None = None
    title: str
    type: Kind | None = None
    places: tuple[str, ...] = ()
    contact: str | None = None
    listed: bool
    unlisted: dt.date | None = None
    tolerance: int
    lifecycle: Lifecycle
    replaced_by: str | None = None
    reopened_at: Instant | None = None
    started: dt.date | None = None
    progress: Progress | None = None
    blocked: Blocked | None = None
    confidence: Confidence | None = None
    original_baseline: PreciseDate | None = None
    first_accepted_baseline: PreciseDate | None = None
    baseline: PreciseDate | None = None
    forecast: PreciseDate | None = None
    actual: dt.date | None = None
    declared: dt.date | None = None
    inherited: dt.date | None = None
    projected: dt.date | None = None
    slip: int | None = None
    status: Status
    reason: Explained | None = None
    approval: Approval | None = None
    baseline_approved: bool | None = None
    cause: Cause | None = None
    path: tuple[Node, ...] = ()
    needs: tuple[Need, ...] = ()
    more_needs: int = 0
    money_at_risk: MoneyAtRisk | None = None
    last_heard: Instant
    correlationid: str | None = None


class Contributor(Record):
    """A department of a plan; `unlisted` is the date on which the lead took it off, where it did."""

    department: str
    title: str | None = None
    unlisted: dt.date | None = None


class DepartmentCounts(Record):
    """A department's milestones in a plan: how many of each status, and how their slips are spread.

    `slips` has one count for each of SLIP_BUCKETS and one for what is above; `slip_sum` is in days.
    """

    statuses: dict[Status, int]
    slips: tuple[int, ...]
    slip_sum: int


class Agreement(Record):
    """The approval of a plan's target and tolerance: the office, its reason, what it agreed, and when it was so."""

    office: str
    reason: str
    target: dt.date | None = None
    tolerance: int
    said: Instant


class OffPath(Record):
    """An outcome of everybody (at a place, where one is named) whose latest final value is worse than on its path.

    The path leads straight from the first final value to `target` on `target_date`, and has `wanted` on the last day of
    `period`. Values are in `unit`.
    """

    outcome: str
    department: str
    title: str
    unit: str
    place: str | None = None
    period: str
    value: Decimal
    wanted: Decimal
    target: Decimal
    target_date: dt.date


class PlanState(Record):
    """One plan: what its lead says of it, and its milestones summed up by department.

    `published` is false while only events about milestones have been seen; `withdrawn` is the date on which the lead
    withdrew it; `stuck` says that newer records could not be folded; `day` is the plan's day; `cycles` names
    milestones that wait for each other; `waiting` counts milestones of departments that the lead has never listed.
    Of very many contributors, cycles, confidences and outcomes off their path the first by name are here, and `more`
    counts the rest by what they are; milestones of contributors that are not here are counted as waiting.
    `confidence` is declared of the plan or of a project. `target_agreed` and `tolerance_agreed` are false when they are
    neither the original ones nor those last approved (`agreement`). `hold` freezes the view of all but the lead and the
    contributors (schemas/visibility.py): they see the plan as it was known at the end of that date.
    """

    plan: str
    version: int
    published: bool
    withdrawn: dt.date | None = None
    stuck: bool = False
    title: str
    mission: str | None = None
    lead: str
    target: PreciseDate | None = None
    original_target: PreciseDate | None = None
    target_agreed: bool | None = None
    tolerance: int
    tolerance_agreed: bool = True
    agreement: Agreement | None = None
    visibility: Visibility = "owner"
    hold: dt.date | None = None
    places: tuple[PlacedIn, ...] = ()
    contact: str | None = None
    reporting: Reporting | None = None
    contributors: tuple[Contributor, ...] = ()
    day: dt.date
    projected: dt.date | None = None
    counts: dict[str, DepartmentCounts] = Field(default_factory=dict)
    cycles: tuple[tuple[str, ...], ...] = ()
    waiting: int = 0
    confidence: dict[str, Confidence] = Field(default_factory=dict)
    off_path: tuple[OffPath, ...] = ()
    more: dict[str, int] = Field(default_factory=dict)


class MilestoneConcluded(Envelope):
    """A milestone's newest state, on `milepost.milestones`."""

    type: Literal["org.milepost.milestone.concluded.v1"] = "org.milepost.milestone.concluded.v1"
    data: MilestoneState


class PlanConcluded(Envelope):
    """A plan's newest state, on `milepost.plans`."""

    type: Literal["org.milepost.plan.concluded.v1"] = "org.milepost.plan.concluded.v1"
    data: PlanState


MILESTONE_CONCLUDED = TypeAdapter(MilestoneConcluded)
PLAN_CONCLUDED = TypeAdapter(PlanConcluded)
