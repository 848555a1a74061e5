"""Answering: an office acknowledges alerts, or silences them for a while; it is on the plan within a second."""

import datetime as dt
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from schemas.alerts import Rule
from schemas.names import Department, MilestoneName, PlanName
from schemas.states import Node, PlanState
from schemas.topics import milestone_key
from services.alerting.domain.answers import LONGEST_DAYS, Answer, Scope, level, refused
from services.alerting.domain.matching import by_key, matching
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.scopes import listened_to_node
from services.alerting.domain.select import may_hear
from services.alerting.domain.subscriptions import Subscription
from services.alerting.store import Store
from services.kit.http import Problem
from services.kit.logs import logger
from services.kit.mongo import Session, transaction
from services.kit.words import london_day, readable

log = logger(__name__)

MOST_ACKNOWLEDGED = 1_000
"""Alerts that one acknowledgement is of."""


class Wish(BaseModel):
    """An answer to what holds in a plan: to one milestone, to a department's, or (its lead only) to all of it.

    `rule` narrows it to one rule. It holds until the end of the day `until` in London. The office that answers is shown
    on the plan with the reason `why`; name no person in it.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "acknowledged",
                    "plan": "dluhc/towns-fund",
                    "milestone": "dft/rail-2",
                    "until": "2027-01-15",
                    "why": "A new possession is being agreed with Network Rail",
                }
            ]
        },
    )

    kind: Literal["acknowledged", "silenced"]
    plan: PlanName
    milestone: MilestoneName | None = None
    department: Department | None = None
    rule: Rule | None = None
    until: dt.date
    why: Annotated[str, Field(max_length=300), AfterValidator(readable), Field(min_length=3)]

    @model_validator(mode="after")
    def _one_scope(self) -> Self:
        if self.milestone and self.department:
            raise ValueError("say a milestone or a department, not both")
        return self

    @property
    def scope(self) -> Scope:
        """What is answered."""
        return Scope(self.plan, self.milestone or "", self.department or "", self.rule)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who answers: the departments it speaks for, and the subscriptions by which it is told.

    By a signed link it is one subscription's mailbox, which never answers for a plan as a whole.
    """

    departments: tuple[str, ...]
    subscriptions: Collection[Subscription]
    by_link: bool = False

    def office(self, lead: str) -> str:
        """The department that is shown: the lead, where it speaks for that, else its first."""
        return lead if lead in self.departments else self.departments[0]


@dataclass(frozen=True, slots=True)
class Answering:
    """Takes answers, and ends them."""

    store: Store
    clock: Callable[[], dt.datetime]

    async def answer(self, wish: Wish, speaker: Speaker) -> Answer:
        """Stores the answer and has what it is to judged again; raises a 403 or 422 problem."""
        today = london_day(self.clock())
        if not today <= wish.until <= today + dt.timedelta(days=LONGEST_DAYS):
            raise _invalid("until", f"must be a date from today on, at most {LONGEST_DAYS} days ahead")
        plan = (await self.store.states.plans([wish.plan])).get(wish.plan)
        seen = plan if may_hear(plan, speaker.departments, today) else None
        firing = [kept for kept in await self.store.alerts.firing([f"plan:{wish.plan}"]) if wish.scope.covers(kept)]
        own = () if speaker.by_link else speaker.departments
        if why := refused(wish.scope, own, _covered(wish.scope, firing, plan, speaker.subscriptions), seen):
            raise Problem(403, "Not yours to answer", why)
        if wish.kind == "acknowledged" and not firing:
            raise _invalid("milestone", "nothing holds there now that could be acknowledged")
        if wish.kind == "acknowledged" and len(firing) > MOST_ACKNOWLEDGED:
            raise _invalid("milestone", f"more than {MOST_ACKNOWLEDGED:,} alerts: acknowledge them part by part")
        made = self._made(wish, speaker.office(seen.lead if seen else ""), firing)
        await self._keep(made, firing, today)
        log.info("answered", answer=made.id, kind=made.kind, by=made.by, alerts=len(firing))
        return made

    def _made(self, wish: Wish, by: str, firing: list[KeptAlert]) -> Answer:
        levels = {kept.key: level(kept) for kept in firing} if wish.kind == "acknowledged" else {}
        return Answer(uuid.uuid4().hex, wish.kind, wish.scope, by, wish.until, wish.why, self.clock(), levels)

    async def _keep(self, answer: Answer, firing: list[KeptAlert], today: dt.date) -> None:
        async def work(session: Session) -> None:
            await self.store.answers.add(session, answer)
            await self._wake(session, answer, firing, today)

        await transaction(self.store.client, work)

    async def _wake(self, session: Session, answer: Answer, firing: list[KeptAlert], today: dt.date) -> None:
        """Whoever owns the plan's partition notes the answer on the alerts, and announces them."""
        of_milestones = {milestone_key(k.alert.plan, k.alert.milestone) for k in firing if k.alert.milestone}
        await self.store.states.wake(session, of_milestones, today)
        if any(not kept.alert.milestone for kept in firing):
            await self.store.states.wake_plans(session, [answer.scope.plan], today)

    async def end(self, identifier: str, departments: Collection[str]) -> None:
        """Ends an answer of one's own office before its time; raises a 404 problem."""
        found, today = await self.store.answers.find(identifier), london_day(self.clock())
        if found is None or found.by not in departments:
            raise Problem(404, "No such answer", f"{identifier}: there is none, or it is not yours")
        firing = [k for k in await self.store.alerts.firing([f"plan:{found.scope.plan}"]) if found.answers(k)]

        async def work(session: Session) -> None:
            await self.store.answers.end(session, found, today - dt.timedelta(days=1))
            await self._wake(session, found, firing, today)

        await transaction(self.store.client, work)


def _covered(
    scope: Scope, firing: Collection[KeptAlert], plan: PlanState | None, listening: Collection[Subscription]
) -> bool:
    """Whether all that would be answered is heard of by one of these subscriptions."""
    active = [one for one in listening if one.state == "active"]
    if firing:
        return all(any(one.hears(k) for one in matching(by_key([k], plan), active)) for k in firing)
    node = Node(plan=scope.plan, milestone=scope.milestone)
    keys = listened_to_node(node, (), plan) if scope.milestone else {f"department:{scope.department}"}
    keys |= {f"plan:{scope.plan}"}
    return any(one.scope.holds(node) and not keys.isdisjoint(one.scope.keys) for one in active)


def _invalid(field: str, detail: str) -> Problem:
    return Problem(422, "The request is not valid", f"{field}: {detail}", errors=[{"field": field, "detail": detail}])
