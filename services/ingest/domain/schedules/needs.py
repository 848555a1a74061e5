"""What the milestones of a schedule need: the relations between them, and the chains of tasks in between."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.ingest.domain.returns.model import Finding, Link
from services.ingest.domain.returns.phrases import listed, shortened
from services.ingest.domain.schedules.chains import Chains, chains
from services.ingest.domain.schedules.dates import Dates
from services.ingest.domain.schedules.lags import Lag, lag_of
from services.ingest.domain.schedules.model import Schedule, Task
from services.ingest.domain.schedules.network import Network, network
from services.kit.words import counted

MOST_LINKS = 20_000
"""Dependencies that are read from one schedule."""

MOST_SAID = 50
"""Circles, and dependencies that the schedule's own dates do not fit, that are said one by one."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What each task needs, by its id, and what a person should know of it."""

    links: Mapping[str, tuple[Link, ...]]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Need:
    giver: Task
    taker: Task
    lag: Lag


def needs_of(schedule: Schedule, kept: Sequence[Task], dates: Dates) -> Needs:
    """What each of the kept tasks needs of the others.

    A chain of tasks that are not kept is one dependency with its longest lag: the lengths of the tasks on it, and the
    lags between them. What another chain implies is left out.
    """
    net = network(schedule.tasks, schedule.relations)
    followed = chains(net, {net.finishes[task.id] for task in kept})
    needs = list(_needs(net, followed, dates))
    links = defaultdict(list)
    for need in needs[:MOST_LINKS]:
        links[need.taker.id].append(Link(need.giver.slot, need.lag.days, need.lag.unit))
    findings = [*_about_network(schedule, net, followed), *_about_lags(schedule, needs[:MOST_LINKS])]
    if len(needs) > MOST_LINKS:
        message = f"the milestones need each other {len(needs):,} times, and {MOST_LINKS:,} are read: flag fewer"
        findings.append(Finding("noted", message, sheet=schedule.sheet, field="needs"))
    return Needs({taker: tuple(of_taker) for taker, of_taker in links.items()}, tuple(findings))


def _needs(net: Network, followed: Chains, dates: Dates) -> Iterator[_Need]:
    for place, lengths in followed.follows.items():
        taker = net.tasks[place]
        for other, length in lengths.items():
            giver = net.tasks[other]
            yield _Need(giver, taker, lag_of(length, dates.day(giver), dates.day(taker)))


def _about_network(schedule: Schedule, net: Network, followed: Chains) -> Iterator[Finding]:
    for ring in net.rings[:MOST_SAID]:
        named = listed([f"{task.slot} ({shortened(task.title)})" for task in ring])
        message = f"the relations between {named} run in a circle and are left out: remove one of them"
        yield Finding("noted", message, sheet=schedule.sheet, field="needs")
    if len(net.rings) > MOST_SAID:
        message = f"{counted(len(net.rings) - MOST_SAID, 'circle')} of relations more are left out"
        yield Finding("noted", message, sheet=schedule.sheet, field="needs")
    if followed.unread:
        count = counted(len(followed.unread), "milestone")
        message = f"the schedule has so many relations that what {count} need was not read: flag fewer milestones"
        yield Finding("noted", message, sheet=schedule.sheet, field="needs")


def _about_lags(schedule: Schedule, needs: Sequence[_Need]) -> Iterator[Finding]:
    if rounded := sum(need.lag.rounded for need in needs):
        message = f"{counted(rounded, 'lag')} had a part of a day, which counts as a whole one"
        yield Finding("noted", message, sheet=schedule.sheet, field="needs")
    if mixed := sum(need.lag.mixed for need in needs):
        message = f"{counted(mixed, 'lag')} had working and elapsed time, and five working days were counted as seven"
        yield Finding("noted", message, sheet=schedule.sheet, field="needs")
    short = [need for need in needs if need.lag.short and need.taker.state == "open"]
    yield from (_short(schedule, need) for need in short[:MOST_SAID])
    if len(short) > MOST_SAID:
        message = f"{counted(len(short) - MOST_SAID, 'dependency', 'dependencies')} more do not fit the dates either"
        yield Finding("noted", message, sheet=schedule.sheet, field="needs")


def _short(schedule: Schedule, need: _Need) -> Finding:
    taker, lag = need.taker, need.lag
    unit = "working day" if lag.unit == "working" else "day"
    apart = f"{counted(abs(lag.days), unit)} {'earlier' if lag.days > 0 else 'later at most'}"
    message = (
        f"{taker.slot} needs {need.giver.slot} {apart if lag.days else 'by the same day'}, and its own date is "
        f"{counted(lag.short, unit)} too early for that, so it will be shown as late: correct the date, or the "
        "relations and calendars of the tasks between them"
    )
    sheet = taker.project or schedule.sheet
    return Finding("noted", message, slot=taker.slot, sheet=sheet, row=taker.row, field="needs")
