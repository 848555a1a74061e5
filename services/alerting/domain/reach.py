"""Reach: how many would be told if milestones moved, judged by the rules that will decide when they have."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.alerts import Symptom
from schemas.names import owner
from schemas.states import MilestoneState, MoneyAtRisk, Node
from schemas.topics import milestone_key
from services.alerting.domain.levels import Heard, conclude
from services.alerting.domain.memory import Chunk
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.rules.every import OF_DATES
from services.alerting.domain.rules.holds import Limits
from services.alerting.domain.rules.needs import States
from services.alerting.domain.scopes import Scope, listened_to, listened_to_node
from services.alerting.domain.select import Listener, Plans, decide_all, may_hear
from services.alerting.domain.subscriptions import Subscription
from services.kit.words import london_day

FORETOLD: tuple[Symptom, ...] = (*OF_DATES, "money-at-risk")
"""What follows from a move, as far as it is known beforehand."""


class Move(Node):
    """A milestone that would move, and by how many days; None where that is not known.

    `money_at_risk` is what its state would say of the money that pays for it; left out, what it says now.
    """

    days: int | None = None
    money_at_risk: MoneyAtRisk | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many subscribers would be told, the departments whose milestones move, and those of which nobody listens."""

    subscribers: int
    departments: tuple[str, ...]
    unreachable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the milestones that move: their states, the alerts that they have or had, their plans."""

    states: States
    alerts: Mapping[str, KeptAlert]
    plans: Plans


def reach(
    moves: Sequence[Move],
    known: Known,
    listening: Iterable[Subscription],
    said: Mapping[str, Chunk],
    now: dt.datetime,
) -> Reach:
    """Who would be reached; `listening` are the subscriptions to any of the milestones, `said` what each was told."""
    foreseen, told, reachable = _foreseen(moves, known, now), set[Hashable](), set[str]()
    alike: dict[tuple[Scope, tuple[str, ...]], list[Subscription]] = defaultdict(list)
    for one in listening:
        alike[one.scope, one.departments].append(one)
    for (scope, departments), subscriptions in alike.items():
        heard_of = foreseen.heard_of(scope, departments)
        reachable |= {owner(move.milestone) for move in heard_of}.intersection(departments)
        doubtful = [move for move in heard_of if foreseen.unjudged(move)]
        told |= {one.subscriber for one in subscriptions if foreseen.tells(one, said.get(one.id, {}), doubtful)}
    moving = {owner(move.milestone) for move in moves}
    return Reach(len(told), tuple(sorted(moving)), tuple(sorted(moving - reachable)))


def moved(state: MilestoneState, move: Move, days: int, today: dt.date) -> MilestoneState:
    """The state once its date has moved: by its owner's word where that drives it, and met if it has passed."""
    if state.projected is None:
        return state
    projected = dt.date.fromordinal(min(max(state.projected.toordinal() + days, 1), dt.date.max.toordinal()))
    met = projected < today  # what is open cannot be projected into the past
    own = state.cause is not None and (state.cause.plan, state.cause.milestone) == (state.plan, state.milestone)
    changes: dict[str, object] = {
        "lifecycle": "done" if met else state.lifecycle,
        "actual": projected if met else state.actual,
        "projected": projected,
        "declared": projected if own else state.declared,
        "slip": None if state.slip is None else state.slip + days,
        "cause": state.cause.model_copy(update={"by_day": False}) if state.cause else None,
    }
    if "money_at_risk" in move.model_fields_set:
        changes["money_at_risk"] = move.money_at_risk
    return state.model_copy(update=changes)


def keys_of(move: Move, known: Known) -> set[str]:
    """The keys under which subscriptions to a milestone that would move are found."""
    state = known.states.get(milestone_key(move.plan, move.milestone))
    return listened_to_node(move, state.places if state else (), known.plans.get(move.plan))


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """The alerts as they would be, the greatest first, and the moves, by the scopes under which they are found."""

    alerts: Mapping[str, Sequence[KeptAlert]]
    moves: Mapping[str, Sequence[Move]]
    states: States
    plans: Plans
    now: dt.datetime

    def heard_of(self, scope: Scope, departments: Collection[str]) -> list[Move]:
        """The moves that fall under a scope and that these departments may see."""
        today = london_day(self.now)
        under = dict.fromkeys(move for key in scope.keys for move in self.moves.get(key, ()))
        found = [move for move in under if scope.holds(move)]
        return [move for move in found if may_hear(self.plans.get(move.plan), departments, today)]

    def unjudged(self, move: Move) -> bool:
        """Whether no alert can be foreseen: of a move of unknown size, or of a milestone that is not known yet."""
        return move.days is None or milestone_key(move.plan, move.milestone) not in self.states

    def tells(self, to: Subscription, said: Chunk, doubtful: Iterable[Move]) -> bool:
        """Whether a subscriber would hear of a move; of a doubtful one, unless its days are too few in any case."""
        if any(move.days is None or move.days > self._threshold(move, to) for move in doubtful):
            return True
        listener = Listener(to, said)
        found = (kept for key in to.scope.keys for kept in self.alerts.get(key, ()) if to.hears(kept))
        return any(decide_all([kept], listener, self.states, self.plans, self.now) for kept in found)

    def _threshold(self, move: Move, to: Subscription) -> int:
        return max(self.plans[move.plan].tolerance, to.least_days)


def _foreseen(moves: Sequence[Move], known: Known, now: dt.datetime) -> _Foreseen:
    keyed = {milestone_key(move.plan, move.milestone): move for move in moves}
    after = {
        key: moved(known.states[key], move, move.days, london_day(now))
        for key, move in keyed.items()
        if move.days is not None and key in known.states
    }
    states = {**known.states, **after}
    alerts: dict[str, list[KeptAlert]] = defaultdict(list)
    found = conclude([Heard(state) for state in after.values()], known.alerts, states, now, Limits(), FORETOLD)
    for kept in sorted(found.changed, key=lambda kept: -kept.alert.days):
        for key in listened_to(kept, known.plans.get(kept.alert.plan)):
            alerts[key].append(kept)
    covered: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        for key in keys_of(move, known):
            covered[key].append(move)
    return _Foreseen(alerts, covered, states, known.plans, now)
