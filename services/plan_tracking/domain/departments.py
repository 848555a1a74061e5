"""A department over all plans: its milestones, what it owes to others, and what it waits for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemas.names import owner
from schemas.payloads import Unit
from schemas.states import Answer, Need, PlanState, Status, Waiting
from schemas.topics import milestone_key
from services.plan_tracking.domain.kept import Kept, kept
from services.plan_tracking.domain.lines import (
    Line,
    Mentioned,
    Named,
    Seen,
    counts,
    department_title,
    lines,
    summed,
)


@dataclass(frozen=True, slots=True)
class Dependency:
    """One milestone needs another's, at least `lag` days earlier; `projected` is when the other is expected.

    `float_days` is how far the other may still move before this one does, below zero where it pushes already.
    """

    giver: Named
    receiver: Named
    giver_department_title: str
    receiver_department_title: str
    lag: int
    unit: Unit
    projected: dt.date | None
    float_days: int | None
    binding: bool
    waiting: Waiting | None
    answer: Answer | None
    absorbed: bool


@dataclass(frozen=True, slots=True)
class Department:
    """What a reader sees of a department. `last_heard` is when it last spoke of a milestone; None if it never did."""

    department: str
    title: str
    counts: dict[Status, int]
    last_heard: dt.datetime | None
    milestones: tuple[Line, ...]
    owes: tuple[Dependency, ...]
    waits_for: tuple[Dependency, ...]
    kept: Kept


def department_view(
    name: str, own: Sequence[Seen], others: Sequence[Seen], mentioned: Mentioned, today: dt.date
) -> Department:
    """A department from its own milestones and those of `others` that need one of them, in any plan."""
    made = lines(own, mentioned, today)
    owed = (_dependency(seen, need, mentioned) for seen in others for need in _open(seen, mentioned) if _is(need, name))
    awaited = (
        _dependency(seen, need, mentioned) for seen in own for need in _open(seen, mentioned) if not _is(need, name)
    )
    return Department(
        department=name,
        title=department_title(name, (seen.plan for seen in (*own, *others))),
        counts=counts(made),
        last_heard=max((one.last_heard for one in made), default=None),
        milestones=made,
        owes=_ordered(owed),
        waits_for=_ordered(awaited),
        kept=kept(own),
    )


def _open(seen: Seen, mentioned: Mentioned) -> Iterator[Need]:
    """What an open milestone still waits for."""
    for need in seen.state.needs if seen.state.lifecycle == "open" else ():
        giver = mentioned.states.get(milestone_key(need.plan, need.milestone))
        if giver is None or giver.lifecycle != "done":
            yield need


def _is(need: Need, department: str) -> bool:
    return owner(need.milestone) == department


def _dependency(seen: Seen, need: Need, mentioned: Mentioned) -> Dependency:
    giver, state = mentioned.named(seen.state.plan, need), seen.state
    return Dependency(
        giver=giver,
        receiver=Named(state.plan, state.milestone, state.title, state.department),
        giver_department_title=department_title(giver.department, [seen.plan]),
        receiver_department_title=department_title(seen.state.department, [seen.plan]),
        lag=need.lag,
        unit=need.unit,
        projected=need.projected if giver.plan else None,
        float_days=need.float_days,
        binding=need.binding,
        waiting=need.waiting,
        answer=need.answer,
        absorbed=need.absorbed,
    )


def _ordered(found: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """Those with the least room first; without a float at the end."""
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.float_days is None,
                one.float_days or 0,
                (one.giver.plan, one.giver.milestone),
                (one.receiver.plan, one.receiver.milestone),
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department as a list shows it: the plans that it leads or contributes to, and its milestones by status."""

    department: str
    title: str
    plans: int
    counts: dict[Status, int]


def idle(line: DepartmentLine) -> Department:
    """A department that is part of plans, and of which nothing else is known."""
    return Department(line.department, line.title, line.counts, None, (), (), (), kept(()))


def department_lines(plans: Sequence[PlanState]) -> list[DepartmentLine]:
    """The departments of these plans, by title."""
    of: dict[str, list[PlanState]] = defaultdict(list)
    for plan in plans:
        for name in {plan.lead, *(each.department for each in plan.contributors)}:
            of[name].append(plan)
    made = (_department_line(name, its) for name, its in of.items())
    return sorted(made, key=lambda one: (one.title.casefold(), one.department))


def _department_line(name: str, plans: Sequence[PlanState]) -> DepartmentLine:
    found = summed(plan.counts[name].statuses for plan in plans if name in plan.counts)
    return DepartmentLine(name, department_title(name, plans), len(plans), found)
