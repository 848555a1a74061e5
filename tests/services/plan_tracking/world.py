"""Several plans in memory that tell each other what is due, in any order and any split: law 3 without a server."""

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas.events import LOG_RECORD, LogRecord
from schemas.network import NETWORK
from schemas.states import MilestoneState, Need
from services.plan_tracking.domain.about import about
from services.plan_tracking.domain.conclude import milestone_state
from services.plan_tracking.domain.fold import Folded, fold, network_moves
from services.plan_tracking.domain.model import Entry, Loaded, Plan, Subject
from services.plan_tracking.domain.network import Network, whole
from services.plan_tracking.domain.schedule import path
from services.plan_tracking.stream.between import Between
from tests.events import NOON


@dataclass
class Tracked:
    """One plan: what was folded of it, its subjects, and how far its log has been worked on."""

    folded: Folded
    subjects: dict[str, Subject] = field(default_factory=dict)
    log: list[LogRecord] = field(default_factory=list)
    next: int = 0

    @property
    def network(self) -> Network:
        """Its network."""
        return self.folded.network


@dataclass
class World:
    """Plans by name; `said` counts the records that plans sent each other."""

    chance: random.Random
    plans: dict[str, Tracked] = field(default_factory=dict)
    said: int = 0

    def tracked(self, plan: str) -> Tracked:
        """A plan, made when it is first spoken of."""
        nothing = Folded(Plan(plan), Network(plan), {}, {}, {}, frozenset(), ())
        return self.plans.setdefault(plan, Tracked(nothing))

    def say(self, records: Iterable[LogRecord]) -> None:
        """Puts records on the log."""
        for record in records:
            self.tracked(record.plan).log.append(record)

    def rest(self, away: str = "", most: int = 10_000) -> None:
        """Works on batches, each of a plan drawn by chance, until nothing is left to do; a plan may be away."""
        while waiting := [name for name, plan in self.plans.items() if plan.next < len(plan.log) and name != away]:
            self.step(self.chance.choice(sorted(waiting)))
            assert self.said < most, "the plans do not come to rest"

    def step(self, name: str) -> None:
        """One batch of a plan; sometimes its network is read anew, and sometimes it tells everything twice."""
        plan = self.plans[name]
        end = min(len(plan.log), plan.next + self.chance.randint(1, 4))
        entries = [Entry(offset, plan.log[offset]) for offset in range(plan.next, end)]
        names = {about(entry.event) for entry in entries}
        touched = {subject: one for subject, one in plan.subjects.items() if subject in names}
        network = self._network(plan)
        folded = fold(Loaded(plan.folded.plan, network, touched, plan.folded.tallies), entries)
        plan.folded = Folded(folded.plan, folded.network.kept(), folded.tallies, {}, {}, frozenset(), ())
        plan.subjects |= {**folded.touched, **folded.facts}
        plan.next = end
        between = Between("t", folded.plan, plan.network, NOON)
        messages = between.messages(folded.due) * self.chance.choice((1, 1, 2))
        self.said += len(messages)
        self.say(LOG_RECORD.validate_json(message.value or b"") for message in messages)

    def _network(self, plan: Tracked) -> Network:
        if self.chance.random() < 0.7:
            return plan.network
        between = network_moves(plan.subjects.items())
        moves = type(between)(plan.network.given, between.ports, between.wanted, between.links)
        return whole(plan.network.plan, moves, plan.folded.plan.terms)

    def projected(self) -> dict[str, dict[str, dt.date | None]]:
        """Where every milestone stands, by plan."""
        return {
            name: {m: state.projected for m, state in self._states(plan).items()}
            for name, plan in self.plans.items()
            if name != NETWORK
        }

    def needs(self) -> list[Need]:
        """Every dependency as its state shows it."""
        return [n for plan in self.plans.values() for state in self._states(plan).values() for n in state.needs]

    def _states(self, plan: Tracked) -> dict[str, MilestoneState]:
        return {
            name: milestone_state(plan.folded.plan, plan.subjects[name], plan.network, None)
            for name in plan.network.given
        }

    def path(self, plan: str, milestone: str) -> tuple[str, ...]:
        """The path to a milestone, each step as `plan|milestone`."""
        steps = path(self.plans[plan].network, milestone)
        return tuple(step if "|" in step else f"{plan}|{step}" for step in steps)
