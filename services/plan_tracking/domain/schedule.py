"""Where one milestone stands: its own word, its needs and the plan's day, joined.

Dates are proleptic Gregorian ordinals (`date.toordinal`). A milestone is named by its name inside its own plan, and by
`plan|milestone` elsewhere.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from schemas.payloads import Unit
from schemas.states import Answer, Lifecycle, Waiting
from schemas.topics import milestone_key
from services.plan_tracking.domain.working_days import Holidays, later

LONGEST_PATH, HEAD_OF_PATH = 40, 5
"""A path names at most 40 milestones: of a longer one the first 5 and the last 35."""


class Edge(NamedTuple):
    """A milestone needs `giver`, at least `lag` days earlier; what it demands until the day `absorbed` is absorbed."""

    giver: str
    lag: int
    unit: Unit
    absorbed: int | None = None

    @property
    def abroad(self) -> bool:
        """Whether the giver is in another plan."""
        return "|" in self.giver


class Given(NamedTuple):
    """What a milestone brings to the schedule: its own word, its needs (sorted by giver), and its answers.

    `answers` are pairs of a milestone that needs this one (`plan|milestone`) and "accepted" or "disputed".
    """

    lifecycle: Lifecycle
    baseline: int | None
    declared: int | None
    actual: int | None
    needs: tuple[Edge, ...] = ()
    answers: tuple[tuple[str, Answer], ...] = ()


@dataclass(frozen=True, slots=True)
class Port:
    """What another plan last said of a milestone that is needed here (schemas.network.PortData)."""

    known: bool
    lifecycle: Lifecycle = "open"
    projected: int | None = None
    by_day: bool = False
    withdrawn: bool = False
    path: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    answers: tuple[tuple[str, Answer], ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """What one need comes to: the giver's projected date and answer, and what it demands, or why it demands nothing."""

    projected: int | None = None
    demands: int | None = None
    waiting: Waiting | None = None
    answer: Answer | None = None
    absorbed: bool = False


class Scheduled(NamedTuple):
    """Where a milestone stands.

    `via` is the giver that binds (None when its own date drives it), `by_day` says that only the passing of days drives
    it. The path from the driving milestone has `depth` links; `head` are its first names, at most HEAD_OF_PATH.
    """

    projected: int | None
    via: str | None
    by_day: bool
    head: tuple[str, ...]
    depth: int = 0

    @property
    def driver(self) -> str:
        """The milestone whose own date drives this one."""
        return self.head[0]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the plan as a whole brings to the schedule: its day, its holidays, dependencies left out by the network."""

    day: int = 0
    holidays: Holidays = ()
    cuts: frozenset[tuple[str, str]] = field(default_factory=frozenset)


class Standing(Protocol):
    """What the standing of one milestone is judged by."""

    @property
    def plan(self) -> str:
        """The plan."""

    @property
    def terms(self) -> Terms:
        """What the plan brings."""

    @property
    def given(self) -> Mapping[str, Given]:
        """What each milestone brings."""

    @property
    def scheduled(self) -> Mapping[str, Scheduled]:
        """Where each stands that this one may need."""

    @property
    def ports(self) -> Mapping[str, Port]:
        """What other plans said."""

    @property
    def rings(self) -> Mapping[str, Collection[str]]:
        """The ring of each milestone that is in one."""

    def closes(self, name: str, port: Port) -> bool:
        """Whether a port's date came from what this milestone leads to."""


def meet(network: Standing, name: str, edge: Edge) -> Met:
    """What a need of a milestone comes to."""
    waiting, projected, answers = _abroad(network, name, edge) if edge.abroad else _here(network, name, edge)
    answer = dict(answers).get(milestone_key(network.plan, name)) if answers else None
    if waiting or projected is None:
        return Met(projected, waiting=waiting, answer=answer)
    demands = later(projected, edge.lag, edge.unit, network.terms.holidays)
    absorbed = edge.absorbed is not None and demands <= edge.absorbed
    return Met(projected, demands, answer=answer, absorbed=absorbed)


_Look = tuple[Waiting | None, int | None, tuple[tuple[str, Answer], ...]]


def _here(network: Standing, name: str, edge: Edge) -> _Look:
    giver = network.given.get(edge.giver)
    if giver is None:
        return "unknown", None, ()
    if edge.giver == name or (name in network.rings and edge.giver in network.rings[name]):
        return "in-a-cycle", None, giver.answers
    if giver.lifecycle == "cancelled":
        return "cancelled", None, giver.answers
    projected = network.scheduled[edge.giver].projected
    return (None if projected is not None else "undated"), projected, giver.answers


def _abroad(network: Standing, name: str, edge: Edge) -> _Look:
    port = network.ports.get(edge.giver)
    if port is None:
        return "other-plan", None, ()
    if not port.known:
        return "unknown", None, ()
    if port.withdrawn:
        return "withdrawn", None, port.answers
    if port.lifecycle == "cancelled":
        return "cancelled", None, port.answers
    if (edge.giver, name) in network.terms.cuts or network.closes(name, port):
        return "in-a-cycle", None, port.answers
    return (None if port.projected is not None else "undated"), port.projected, port.answers


def stand(network: Standing, name: str) -> Scheduled:
    """Where a milestone stands, given where all stand that it needs."""
    own = network.given[name]
    if own.lifecycle == "cancelled":
        return Scheduled(None, None, False, (name,))
    if own.lifecycle == "done":
        return Scheduled(own.actual, None, False, (name,))
    inherited, via = _inherited(network, name, own)
    if inherited is None and own.declared is None:
        return Scheduled(None, None, False, (name,))
    day = network.terms.day
    if via is not None and inherited is not None and inherited >= day and inherited > (own.declared or 0):
        return _behind(network, name, via, inherited)
    projected = max(own.declared or 0, inherited or 0, day)
    return Scheduled(projected, None, projected != own.declared, (name,))


def _inherited(network: Standing, name: str, own: Given) -> tuple[int | None, str | None]:
    """The latest day that its needs demand, and the first giver by name that demands it."""
    inherited, via, holidays = None, None, network.terms.holidays
    for edge in own.needs:
        waiting, projected, _ = (_abroad if "|" in edge.giver else _here)(network, name, edge)
        if waiting or projected is None:
            continue
        demands = later(projected, edge.lag, edge.unit, holidays)
        if (edge.absorbed is None or demands > edge.absorbed) and (inherited is None or demands > inherited):
            inherited, via = demands, edge.giver
    return inherited, via


def _behind(network: Standing, name: str, via: str, projected: int) -> Scheduled:
    if "|" in via:
        port = network.ports[via]
        head, depth, by_day = port.path[:HEAD_OF_PATH], len(port.path) - 1, port.by_day
    else:
        giver = network.scheduled[via]
        head, depth, by_day = giver.head, giver.depth, giver.by_day
    if len(head) < HEAD_OF_PATH:
        head = (*head, name)
    return Scheduled(projected, via, by_day, head, depth + 1)


def path(network: Standing, name: str) -> tuple[str, ...]:
    """The milestones from the one whose own date drives it to this one; of a very long path the middle is left out."""
    steps = [name]
    while len(steps) < LONGEST_PATH and (via := network.scheduled[steps[-1]].via):
        if "|" in via:
            steps.extend(reversed(network.ports[via].path))
            break
        steps.append(via)
    whole = network.scheduled[name]
    if whole.depth < LONGEST_PATH:
        return tuple(reversed(steps))
    return whole.head + tuple(reversed(steps[: LONGEST_PATH - HEAD_OF_PATH]))


def chain(network: Standing, name: str) -> tuple[str, ...]:
    """Every milestone through which its date came from another plan, and itself."""
    at = name
    while (via := network.scheduled[at].via) and "|" not in via:
        at = via
    came = network.ports[via].chain if via else ()
    return (*came, milestone_key(network.plan, name))
