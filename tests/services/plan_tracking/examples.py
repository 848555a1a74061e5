"""Made-up plans for tests of pages: a renewal of 36 milestones, one of any size, and a reader that holds them."""

import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.dates import PreciseDate
from schemas.names import owner, project_of
from schemas.states import (
    Cause,
    Contributor,
    DepartmentCounts,
    Explained,
    MilestoneState,
    Need,
    Node,
    PlanState,
    Status,
)
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.network import Moves, Network, whole
from services.plan_tracking.domain.schedule import Edge, Given, Scheduled, Terms, meet, path
from tests.services.plan_tracking.renewal import RAIL
from tests.services.plan_tracking.renewal import RENEWAL as RENEWAL
from tests.services.plan_tracking.renewal import Spec as Spec

NOW = dt.datetime(2026, 11, 25, 10, 30, tzinfo=dt.UTC)
TODAY = NOW.date()
PLAN = "dluhc/northgate-renewal"
TOLERANCE = 14
DEPARTMENTS = {
    "dluhc": "Department for Levelling Up, Housing and Communities",
    "dft": "Department for Transport",
    "dfe": "Department for Education",
    "northgate": "Northgate Borough Council",
}


def _ordinal(day: str | None) -> int | None:
    return None if day is None else dt.date.fromisoformat(day).toordinal()


def _date(ordinal: int | None) -> dt.date | None:
    return None if ordinal is None else dt.date.fromordinal(ordinal)


def _given(spec: Spec) -> Given:
    return Given(
        lifecycle="cancelled" if spec.cancelled else "done" if spec.actual else "open",
        baseline=_ordinal(spec.baseline),
        declared=_ordinal(spec.forecast or spec.baseline),
        actual=_ordinal(spec.actual),
        needs=tuple(Edge(name, lag, "calendar") for name, lag in sorted(spec.needs)),
    )


def states(
    specs: Iterable[Spec], today: dt.date = TODAY, plan: str = PLAN, listed: bool = True
) -> list[MilestoneState]:
    """The states that follow from the specs on a day."""
    specs = list(specs)
    given = {spec.name: _given(spec) for spec in specs}
    network = whole(plan, Moves(given=given), Terms(day=today.toordinal()))
    return [_state(spec, network, listed) for spec in specs]


def _state(spec: Spec, network: Network, listed: bool) -> MilestoneState:
    given, scheduled, plan = network.given[spec.name], network.scheduled[spec.name], network.plan
    slip = None
    if given.baseline is not None and scheduled.projected is not None:
        slip = scheduled.projected - given.baseline
    precise = {"precision": spec.precision}
    explains = spec.forecast or spec.actual
    driver = scheduled.driver
    return MilestoneState(
        plan=plan,
        milestone=spec.name,
        version=7,
        department=owner(spec.name),
        project=project_of(spec.name),
        title=spec.title,
        type="delivery",
        listed=listed,
        tolerance=TOLERANCE,
        lifecycle=given.lifecycle,
        original_baseline=_precise(spec.original or spec.baseline, precise),
        first_accepted_baseline=_precise(spec.original or spec.baseline, precise),
        baseline=_precise(spec.baseline, precise),
        forecast=_precise(spec.forecast, precise),
        actual=_date(given.actual),
        declared=_date(given.declared),
        inherited=_date(_inherited(spec.name, network)),
        projected=_date(scheduled.projected),
        slip=slip,
        status=_status(given, scheduled, slip),
        reason=Explained(
            text=spec.reason,
            explains=dt.date.fromisoformat(explains) if explains else None,
            said=dt.datetime(2026, 11, 20, 9, 15, tzinfo=dt.UTC),
        )
        if spec.reason
        else None,
        cause=Cause(plan=plan, milestone=driver, department=owner(driver), by_day=scheduled.by_day)
        if scheduled.projected
        else None,
        path=tuple(Node(plan=plan, milestone=name) for name in path(network, spec.name)),
        needs=_needs(spec.name, network),
        last_heard=dt.datetime(2026, 11, 20, 9, 15, tzinfo=dt.UTC),
    )


def _precise(day: str | None, precise: Mapping[str, str]) -> PreciseDate | None:
    return None if day is None else PreciseDate.model_validate({"date": day, **precise})


def _status(given: Given, scheduled: Scheduled, slip: int | None) -> Status:
    if given.lifecycle != "open":
        return given.lifecycle
    if scheduled.projected is None:
        return "undated"
    return "late" if (slip or 0) > TOLERANCE else "slipping" if (slip or 0) > 0 else "on-track"


def _inherited(name: str, network: Network) -> int | None:
    demands = [meet(network, name, edge).demands for edge in network.given[name].needs]
    return max((day for day in demands if day is not None), default=None)


def _needs(name: str, network: Network) -> tuple[Need, ...]:
    given, via = network.given[name], network.scheduled[name].via
    met = {edge: meet(network, name, edge) for edge in given.needs}
    return tuple(
        Need(
            plan=network.plan,
            milestone=edge.giver,
            lag=edge.lag,
            unit=edge.unit,
            projected=_date(one.projected),
            float_days=None if one.demands is None or given.declared is None else given.declared - one.demands,
            binding=edge.giver == via,
            waiting=one.waiting,
        )
        for edge, one in met.items()
    )


def plan_state(of: Sequence[MilestoneState], **changes: object) -> PlanState:
    """The state of a plan of these milestones."""
    statuses: dict[str, dict[Status, int]] = {}
    for state in of:
        counts = statuses.setdefault(state.department, {})
        counts[state.status] = counts.get(state.status, 0) + 1
    plain = {
        "plan": PLAN,
        "version": 7,
        "published": True,
        "title": "Northgate renewal",
        "mission": "A town centre that people choose, within reach of work and learning",
        "lead": "dluhc",
        "target": "2028-03-31",
        "tolerance": TOLERANCE,
        "visibility": "public",
        "places": ({"code": "E08000099", "name": "Northgate"},),
        "contact": "northgate-renewal@example.org",
        "contributors": tuple(Contributor(department=name, title=title) for name, title in DEPARTMENTS.items()),
        "day": TODAY,
        "projected": max((s.projected for s in of if s.projected), default=None),
        "counts": {
            name: DepartmentCounts(statuses=counts, slips=(0,) * 9, slip_sum=0) for name, counts in statuses.items()
        },
    }
    return PlanState.model_validate({**plain, **changes})


def many(number: int, seed: int = 1) -> list[Spec]:
    """A plan of any size: chains of projects over three years, with needs within and across departments."""
    chance = random.Random(seed)  # noqa: S311 - a made-up plan
    kinds: tuple[str, ...] = (
        "outline case",
        "funding agreed",
        "consultation closes",
        "design freeze",
        "contract award",
        "site start",
    )
    kinds += ("build start", "midpoint review", "build complete", "safety case", "trial opening", "opening")
    sites = ("North quay", "Lock renewal", "Flood wall", "Market hall", "Bus station", "Skills hub", "Cycle way")
    specs: list[Spec] = []
    for index in range(number):
        project, stage = divmod(index, len(kinds))
        department = tuple(DEPARTMENTS)[project % len(DEPARTMENTS)]
        base = dt.date(2025, 10, 1) + dt.timedelta(days=project * 17 % 500 + stage * 55 + chance.randrange(20))
        name = f"{department}/project-{project}/stage-{stage}"
        needs = [(specs[-1].name, 30)] if stage else []
        earlier = [s for s in specs if s.baseline and dt.date.fromisoformat(s.baseline) < base - dt.timedelta(60)]
        if earlier and chance.random() < 0.25:
            needs.append((chance.choice(earlier).name, 20))
        done = base < TODAY - dt.timedelta(days=20)
        moved = base + dt.timedelta(days=chance.choice((0, 0, 0, 4, 11, 26, 40)))
        said = f"{sites[project % len(sites)]} {project}: {kinds[stage]}"
        actual = min(moved, TODAY).isoformat() if done else None
        forecast = None if done else moved.isoformat()
        specs.append(Spec(name, said, base.isoformat(), forecast, actual, tuple(dict(needs).items())))
    return specs


@dataclass
class Shelf:
    """A reader of made-up plans, held in memory."""

    plans: dict[str, PlanState] = field(default_factory=dict)
    milestones: dict[str, list[MilestoneState]] = field(default_factory=dict)
    entries: dict[tuple[str, str], list[HistoryEntry]] = field(default_factory=dict)

    def put(self, plan: PlanState, of: list[MilestoneState]) -> None:
        """Adds a plan."""
        self.plans[plan.plan], self.milestones[plan.plan] = plan, of

    async def plan_state(self, plan: str) -> PlanState | None:
        """The state of a plan, or None."""
        return self.plans.get(plan)

    async def plan_states(self) -> list[PlanState]:
        """The states of all plans."""
        return list(self.plans.values())

    async def milestone_states(self, plan: str) -> list[MilestoneState]:
        """The states of a plan's milestones."""
        return self.milestones.get(plan, [])

    async def history(self, plan: str, milestone: str) -> list[HistoryEntry]:
        """Everything accepted about a milestone."""
        return self.entries.get((plan, milestone), [])


def entry(type_: str, data: Mapping[str, object], when: str, source: str = "/dft/p6", **more: object) -> HistoryEntry:
    """A record of history that was accepted as soon as it was so."""
    time = dt.datetime.fromisoformat(when).replace(tzinfo=dt.UTC)
    plain: dict[str, object] = {"accepted": time, "id": f"{type_}-{when}", "won": tuple(data)}
    return HistoryEntry(time=time, source=source, type=f"org.milepost.{type_}.v1", data=data, **{**plain, **more})  # type: ignore[arg-type]


def possession_history() -> list[HistoryEntry]:
    """How the track possession moved."""
    moved = {"forecast": "2027-01-29", "reason": "Possession moved by the infrastructure manager."}
    return [
        entry(
            "milestone.planned",
            {"title": "Track possession agreed with the infrastructure manager", "baseline": "2026-11-06"},
            "2026-02-02T09:00",
        ),
        entry("milestone.reported", {"baseline": "2026-12-11", "forecast": "2026-12-11"}, "2026-06-30T22:59"),
        entry("milestone.forecast", moved, "2026-11-20T09:15"),
        entry(
            "milestone.forecast",
            {"forecast": "2026-12-18", "reason": "Expected within the week."},
            "2026-10-02T11:00",
            accepted=dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC),
            won=(),
        ),
    ]


def shelf() -> Shelf:
    """The renewal, a plan of 300 milestones, one that is not public and one that is not published."""
    made = Shelf()
    renewal = states(RENEWAL)
    made.put(plan_state(renewal), renewal)
    made.entries[PLAN, f"{RAIL}/possession"] = possession_history()
    large = states(many(300), plan="dluhc/three-hundred")
    made.put(plan_state(large, plan="dluhc/three-hundred", title="Three hundred milestones", mission=None), large)
    secret = states(RENEWAL, plan="dluhc/secret")
    made.put(plan_state(secret, plan="dluhc/secret", title="Kept back", visibility="partners"), secret)
    made.put(plan_state(secret, plan="dluhc/draft", title="Not yet published", published=False), secret)
    return made
