"""What one reader sees: each milestone of another's is judged before it is shown."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from schemas.alerts import ToldCause
from schemas.names import owner
from schemas.states import MilestoneState, Node
from schemas.topics import milestone_key
from schemas.visibility import is_held, may_see_milestone
from services.alerting.domain.model import KeptAlert, is_plan
from services.alerting.domain.rules.holds import reason
from services.alerting.domain.rules.needs import States
from services.alerting.domain.select import Plans

HIDDEN = Node(plan="", milestone="")
"""Stands for a milestone that the reader may not see, and for what is of no plan."""
HIDDEN_TITLE = "A milestone that is not public"


@dataclass(frozen=True, slots=True)
class View:
    """The view of a reader who speaks for `departments`, on a London date, of these states and plans."""

    departments: Collection[str]
    states: States
    plans: Plans
    today: dt.date

    def state(self, wanted: Node) -> MilestoneState | None:
        """The state of a milestone, whether or not it may be seen."""
        return self.states.get(milestone_key(wanted.plan, wanted.milestone))

    def sees(self, wanted: Node) -> bool:
        """Whether the reader may know which milestone (with an empty name: which plan or department) it is."""
        if not is_plan(wanted.plan):
            return wanted.plan in self.departments
        plan = self.plans.get(wanted.plan)
        on_hold = plan is not None and is_held(plan, self.departments, self.today)
        return not on_hold and may_see_milestone(plan, self.state(wanted), self.departments)

    def shown(self, wanted: Node) -> Node:
        """The milestone, where the reader may know which it is."""
        return wanted if self.sees(wanted) else HIDDEN

    def title(self, wanted: Node) -> str:
        """The title, where the reader may know it."""
        if not self.sees(wanted):
            return HIDDEN_TITLE
        if not is_plan(wanted.plan):
            return f"What {wanted.plan} sends"
        if not wanted.milestone:
            return self.plans[wanted.plan].title
        state = self.state(wanted)
        return state.title if state else wanted.milestone

    def reason(self, kept: KeptAlert) -> str:
        """Why an alert holds, with the cause by name where the reader may know it."""
        return reason(kept.says or kept.alert.reason, self.title(kept.alert.cause))

    def cause(self, cause: Node) -> ToldCause:
        """A cause as the heading of what it brought about."""
        state, seen = self.state(cause), self.sees(cause)
        shown = self.shown(cause) if is_plan(cause.plan) else HIDDEN
        return ToldCause(
            plan=shown.plan,
            milestone=shown.milestone,
            department=owner(cause.milestone or cause.plan) if seen else "",
            title=self.title(cause),
            days=state.slip if state else None,
            reason=_reason(state) if seen else None,
            contact=self._contact(cause, state) if seen else None,
        )

    def _contact(self, cause: Node, state: MilestoneState | None) -> str | None:
        """The mailbox of the team to ask: the milestone's own, else that of whoever leads its plan."""
        plan = self.plans.get(cause.plan)
        return (state.contact if state else None) or (plan.contact if plan else None)

    def titles(self, nodes: Iterable[Node]) -> dict[str, str]:
        """The titles of milestones that the reader may know, by milestone key."""
        states = (self.state(node) for node in set(nodes) if self.sees(node))
        return {milestone_key(state.plan, state.milestone): state.title for state in states if state}


def _reason(state: MilestoneState | None) -> str | None:
    """The reason given for the present date; one that explains another date is no reason for this."""
    if state is None or state.reason is None:
        return None
    present = (None, state.declared, state.actual)
    return state.reason.text if state.reason.explains in present else None
