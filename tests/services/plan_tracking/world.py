"""Several plans in memory that tell each other what is due, in any order and any split: law 3 without a server."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from schemas.events import LOG_RECORD, LogRecord
from schemas.network import NETWORK
from schemas.states import MilestoneState, Need
from services.plan_tracking.domain.about import about, is_fact
from services.plan_tracking.domain.conclude import milestone_state
from services.plan_tracking.domain.fold import Folded, fold, network_moves
from services.plan_tracking.domain.model import Entry, Loaded, Plan, Subject, given
from services.plan_tracking.domain.network import Network, whole
from services.plan_tracking.domain.ports import Due
from services.plan_tracking.domain.schedule import path
from services.plan_tracking.domain.tally import recount
from services.plan_tracking.stream.between import Between
from tests.events import NOON


@dataclass
class Tracked:
    """One plan as it is in the store: registers and counts; its log, how far it has been worked on, and who owns it.

    `notes` are what is still to be announced: whoever announces reads its content from the store.
    """

    plan: Plan
    subjects: dict[str, Subject] = field(default_factory=dict)
    log: list[LogRecord] = field(default_factory=list)
    notes: list[Due] = field(default_factory=list)
    next: int = 0
    owner: int = 0

    @property
    def network(self) -> Network:
        """Its network, from the store."""
        milestones = {name: one for name, one in self.subjects.items() if not is_fact(name)}
        given_now = {name: given(one.registers, self.plan.name) for name, one in milestones.items()}
        return whole(self.plan.name, replace(network_moves(self._facts()), given=given_now), self.plan.terms)

    def _facts(self) -> Iterator[tuple[str, Subject]]:
        return ((name, one) for name, one in self.subjects.items() if is_fact(name))

    @property
    def waiting(self) -> bool:
        """Whether something is left to do."""
        return self.next < len(self.log) or bool(self.notes)


REPLICAS = 2
Cache = dict[str, tuple[int, Network]]


@dataclass
class World:
    """Plans by name, worked on by two replicas that share a store; `said` counts the records that they announce.

    Plans go from one to the other at any time. A replica's memory of a plan that it had before is of then. Now and then
    one dies between its commit and its announcement, or announces twice.
    """

    chance: random.Random
    plans: dict[str, Tracked] = field(default_factory=dict)
    caches: tuple[Cache, ...] = field(default_factory=lambda: tuple({} for _ in range(REPLICAS)))
    said: int = 0

    def tracked(self, plan: str) -> Tracked:
        """A plan, made when it is first spoken of."""
        return self.plans.setdefault(plan, Tracked(Plan(plan)))

    def say(self, records: Iterable[LogRecord]) -> None:
        """Puts records on the log."""
        for record in records:
            self.tracked(record.plan).log.append(record)

    def rest(self, away: str = "", most: int = 10_000) -> None:
        """Works on batches, each of a plan drawn by chance, until nothing is left to do; a plan may be away."""
        while waiting := [name for name, plan in self.plans.items() if plan.waiting and name != away]:
            self.step(self.chance.choice(sorted(waiting)))
            assert self.said < most, "the plans do not come to rest"

    def step(self, name: str) -> None:
        """A plan goes to the other replica, with what its last owner left to announce; or the owner does one batch."""
        plan = self.plans[name]
        if plan.notes or self.chance.random() > 0.8:
            plan.owner = self.chance.randrange(REPLICAS)
            notes, plan.notes = plan.notes, []
            for due in notes:
                self._announce(plan, plan.network, due)
        elif plan.next < len(plan.log):
            self._batch(plan)

    def _batch(self, plan: Tracked) -> None:
        end = min(len(plan.log), plan.next + self.chance.randint(1, 4))
        entries = [Entry(offset, plan.log[offset]) for offset in range(plan.next, end)]
        names = {about(entry.event) for entry in entries}
        touched = {subject: one for subject, one in plan.subjects.items() if subject in names}
        version, network = self.caches[plan.owner].get(plan.plan.name, (None, None))
        before = network if network and version == plan.plan.version else plan.network
        tolerances = (plan.plan.tolerance, plan.plan.tolerance)
        tallies = recount({}, Network(plan.plan.name), before, before.given, tolerances)
        folded = fold(Loaded(plan.plan, before, touched, tallies), entries)
        self._commit(plan, folded, end)
        if self.chance.random() > 0.9:  # it dies
            self.caches[plan.owner].clear()
            plan.notes.append(folded.due)
        else:
            self._announce(plan, folded.network.kept(), folded.due)

    def _commit(self, plan: Tracked, folded: Folded, end: int) -> None:
        plan.plan, plan.next = folded.plan, end
        plan.subjects |= {**folded.touched, **folded.facts}
        self.caches[plan.owner][plan.plan.name] = (folded.plan.version, folded.network.kept())

    def _announce(self, plan: Tracked, network: Network, due: Due) -> None:
        messages = Between("t", plan.plan, network, NOON).messages(due) * self.chance.choice((1, 1, 2))
        self.said += len(messages)
        self.say(LOG_RECORD.validate_json(message.value or b"") for message in messages)

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
        network = plan.network
        return {name: milestone_state(plan.plan, plan.subjects[name], network, None) for name in network.given}

    def path(self, plan: str, milestone: str) -> tuple[str, ...]:
        """The path to a milestone, each step as `plan|milestone`."""
        steps = path(self.plans[plan].network, milestone)
        return tuple(step if "|" in step else f"{plan}|{step}" for step in steps)
