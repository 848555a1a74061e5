"""Rules about a department: in a plan, is it heard and listed? In all, was any of its records refused?"""

import datetime as dt

from schemas.departments import DepartmentState
from schemas.reporting import Period, awaited, period
from schemas.states import Contributor, DepartmentCounts, Node, PlanState
from services.alerting.domain.rules.holds import Holds
from services.kit.words import counted, day_in_words, london_day


def silent(plan: PlanState, department: str, heard: dt.date | None, today: dt.date) -> Holds | None:
    """*silent*: the return for a period was due, and none of its milestones was spoken of as at a day in it or later.

    `heard` is the latest London date as at which anything was said; None of whom nothing has arrived yet, and who is
    therefore not missed.
    """
    due = last_due(plan, today)
    if due is None or heard is None or heard >= due.first or not expected(plan, department):
        return None
    says = (
        f"nothing from {department} for {due.name}, whose return was due by {day_in_words(due.due)}; "
        f"it was last heard of as at {day_in_words(heard)}. Send the return, or say of each milestone how it stands."
    )
    return Holds("silent", (today - due.due).days, True, says, whole(plan))


def expected(plan: PlanState, department: str) -> bool:
    """Whether a return is expected: it is the lead's or a listed department's, and something of it is still open."""
    off = any(one.department == department and one.unlisted for one in plan.contributors)
    counts = plan.counts.get(department)
    return not off and counts is not None and _open(counts) > 0


def _open(counts: DepartmentCounts) -> int:
    return sum(number for status, number in counts.statuses.items() if status not in ("done", "cancelled"))


def last_due(plan: PlanState, today: dt.date) -> Period | None:
    """The latest period whose return was due before today; None where the plan states no reporting."""
    if plan.reporting is None or not plan.published or plan.withdrawn:
        return None
    return period(plan.reporting, awaited(plan.reporting, today).first - dt.timedelta(days=1))


def unlisted(plan: PlanState, contributor: Contributor) -> Holds | None:
    """*unlisted*: the lead took the department off the plan."""
    if contributor.unlisted is None:
        return None
    says = (
        f"{plan.lead} took {contributor.department} off the plan on {day_in_words(contributor.unlisted)}. "
        "Its milestones stay on the plan, marked. Ask the lead who delivers them now."
    )
    return Holds("unlisted", 0, False, says, whole(plan))


def unreachable(plan: PlanState, department: str) -> Holds | None:
    """*unreachable*: others wait for what it delivers, and nobody there has confirmed an address.

    It is shown on the plan and counted, and told to nobody: who could mend it reads the plan.
    """
    if not plan.published or plan.withdrawn:
        return None
    says = (
        f"others wait for what {department} delivers, and nobody there has confirmed an address: when a date that hits "
        "it moves, nobody there is told. Ask it for a team mailbox, and to confirm it."
    )
    return Holds("unreachable", 0, False, says, whole(plan))


def refused(state: DepartmentState) -> Holds | None:
    """*refused*: records of its own were refused, and nothing has been sent again for them; of no plan.

    It is told to the department alone: what was refused may name no plan, or another's.
    """
    if not state.refused or state.since is None:
        return None
    fields = ", ".join(f"{name} ({number:,})" for name, number in sorted(state.fields.items(), key=_most_first))
    says = (
        f"{counted(state.refused, 'record')} of {state.department} could not be accepted, the first of them on "
        f"{day_in_words(london_day(state.since))}, and nothing has been sent again for them: what they say is on no "
        f"plan. At fault: {fields}. Mend each and send it again; they are kept for 90 days."
    )
    return Holds("refused", 0, False, says, Node(plan=state.department, milestone=""))


def _most_first(field: tuple[str, int]) -> tuple[int, str]:
    return -field[1], field[0]


def whole(plan: PlanState) -> Node:
    """The plan as a cause."""
    return Node(plan=plan.plan, milestone="")
