"""The plan as it was known at a moment: a fold over what had been accepted by then."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from schemas.states import MilestoneState, PlanState
from services.kit.words import LONDON
from services.plan_tracking.domain.about import is_fact
from services.plan_tracking.domain.conclude import milestone_state, plan_state
from services.plan_tracking.domain.fold import london_day
from services.plan_tracking.domain.model import Entry, Subject
from services.plan_tracking.domain.network import Moves, Network, renew
from services.plan_tracking.domain.replay import Replay
from services.plan_tracking.domain.tally import recount
from services.plan_tracking.domain.working_days import Holidays


@dataclass(frozen=True, slots=True)
class Known:
    """A plan, its milestones (by name), its holidays and its facts as they were known at a moment."""

    moment: dt.datetime
    plan: PlanState
    milestones: dict[str, MilestoneState]
    holidays: Holidays = ()
    facts: tuple[Subject, ...] = ()


def known_on(name: str, entries: Iterable[Entry], moment: dt.datetime) -> Known:
    """Folds what was accepted at or before the moment; the plan's day is London's date then."""
    replay = Replay(name)
    replay.fold_on(by_then(sorted(entries, key=lambda entry: entry.offset), moment))
    return known(replay, moment)


def by_then(entries: Iterable[Entry], moment: dt.datetime) -> list[Entry]:
    """Those that had been accepted at or before the moment."""
    return [entry for entry in entries if entry.event.acceptedtime and entry.event.acceptedtime <= moment]


def known(replay: Replay, moment: dt.datetime) -> Known:
    """The plan as folded from what had been accepted by the moment."""
    plan = replace(replay.loaded.plan, day=london_day(moment))
    network = renew(replay.loaded.network, Moves(), plan.terms).network.kept()
    tallies = recount({}, Network(plan.name), network, network.given, (plan.tolerance, plan.tolerance))
    states = {name: milestone_state(plan, replay.subjects[name], network, None) for name in sorted(network.given)}
    facts = tuple(subject for name, subject in replay.subjects.items() if is_fact(name))
    return Known(moment, plan_state(plan, network, tallies), states, plan.terms.holidays, facts)


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a day in London, to which what was known on that day is counted."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), LONDON) - dt.timedelta(microseconds=1)
