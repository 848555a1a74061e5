"""The plan as it was known at a moment: a fold over what had been accepted by then."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from schemas.states import MilestoneState, PlanState
from services.kit.words import LONDON
from services.plan_tracking.domain.conclude import milestone_state, plan_state
from services.plan_tracking.domain.fold import fold, london_day
from services.plan_tracking.domain.model import Entry, Loaded, Plan, Subject
from services.plan_tracking.domain.network import Moves, Network, renew
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
    then = [entry for entry in entries if entry.event.acceptedtime and entry.event.acceptedtime <= moment]
    folded = fold(Loaded(Plan(name), Network(name), {}), sorted(then, key=lambda entry: entry.offset))
    plan = replace(folded.plan, day=london_day(moment))
    network = renew(folded.network.kept(), Moves(), plan.terms).network.kept()
    tallies = recount({}, Network(name), network, network.given, (plan.tolerance, plan.tolerance))
    states = {n: milestone_state(plan, folded.touched[n], network, None) for n in sorted(network.given)}
    facts = tuple(folded.facts.values())
    return Known(moment, plan_state(plan, network, tallies), states, plan.terms.holidays, facts)


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a day in London, to which what was known on that day is counted."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), LONDON) - dt.timedelta(microseconds=1)
