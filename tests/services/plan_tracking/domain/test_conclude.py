"""What follows from the registers: levels that readers and rules need, each from the events that say it."""

import datetime as dt
from typing import Any

from schemas.events import LogRecord
from schemas.payloads import Reporting
from schemas.states import MilestoneState, PlanState
from tests.events import NOON, PLAN, event
from tests.services.plan_tracking.domain.test_fold import concluded

PLANNED = event("milestone.planned", "dft/a", {"title": "A", "baseline": "2027-01-01"})


def after(*said: LogRecord) -> MilestoneState:
    """The state of dft/a once it was planned and these were said."""
    return concluded([[PLANNED, *said]])[1]["dft/a"]


def plan_after(*said: LogRecord) -> PlanState:
    """The plan's state once dft/a was planned and these were said."""
    return concluded([[PLANNED, *said]])[0]


def later(hours: int) -> dict[str, str]:
    """Attributes of an event said and accepted so many hours after NOON."""
    moment = (NOON + dt.timedelta(hours=hours)).isoformat()
    return {"time": moment, "acceptedtime": moment}


def said(kind: str, data: dict[str, Any], hours: int = 1) -> LogRecord:
    """An event about dft/a, hours after NOON."""
    return event(f"milestone.{kind}", "dft/a", data, id=f"{kind}-{hours}", **later(hours))


def test_a_baseline_is_controlled_while_it_is_the_original_or_an_approved_one() -> None:
    """A return that changes it without an approval makes it uncontrolled."""
    assert after().baseline_approved is True
    moved = said("reported", {"baseline": "2027-02-01"})
    assert after(moved).baseline_approved is False
    agreed = said("rebaselined", {"baseline": "2027-02-01", "approved_by": "Board", "reason": "Consent late"}, 2)
    state = after(moved, agreed)
    assert state.baseline_approved is True
    assert state.approval is not None
    assert (state.approval.office, state.approval.baseline) == ("Board", dt.date(2027, 2, 1))
    assert state.original_baseline is not None
    assert state.original_baseline.date == dt.date(2027, 1, 1)


def test_blocked_holds_since_it_was_said_until_it_is_unblocked() -> None:
    """Its reason and who could end it are shown."""
    blocked = said("blocked", {"reason": "No consent", "by": "dwp"})
    state = after(blocked)
    assert state.blocked is not None
    assert (state.blocked.reason, state.blocked.by) == ("No consent", "dwp")
    assert state.blocked.since == NOON + dt.timedelta(hours=1)
    assert after(blocked, said("unblocked", {}, 2)).blocked is None


def test_a_reopened_milestone_is_open_and_says_since_when() -> None:
    """Completed again, it is no longer reopened."""
    done = said("completed", {"actual": "2026-11-20"})
    reopened = said("reopened", {"reason": "Defects found"}, 2)
    state = after(done, reopened)
    assert (state.lifecycle, state.reopened_at) == ("open", NOON + dt.timedelta(hours=2))
    again = after(done, reopened, said("completed", {"actual": "2026-11-21"}, 3))
    assert (again.lifecycle, again.reopened_at, again.actual) == ("done", None, dt.date(2026, 11, 21))


def test_progress_start_and_confidence_are_shown_as_said() -> None:
    """Confidence is declared by an office, never computed."""
    assessed = event(
        "confidence.assessed",
        "dft/a",
        {"scale": "RAG", "value": "green", "assessor": "Projects office", "assessed": "2026-11-20"},
    )
    state = after(said("started", {"started": "2026-10-01"}), said("progressed", {"percent": 40}), assessed)
    assert (state.started, state.progress and state.progress.percent) == (dt.date(2026, 10, 1), 40)
    assert state.confidence is not None
    assert state.confidence.value == "green"


def test_confidence_in_a_project_and_in_the_plan_is_the_plans() -> None:
    """A project's name looks like a milestone's, so the event says which it means."""
    rag = {"scale": "RAG", "value": "amber", "assessor": "Projects office", "assessed": "2026-11-20"}
    plan = plan_after(
        event("confidence.assessed", "dft/are-0024", {"of": "project", **rag}),
        event("confidence.assessed", PLAN, {"of": "plan", **rag, "value": "red"}),
    )
    assert {name: said.value for name, said in plan.confidence.items()} == {"dft/are-0024": "amber", PLAN: "red"}


def test_an_unlisted_departments_milestones_stay_visible_and_are_marked_with_the_date() -> None:
    """What was public stays public: bad news cannot be tidied away."""
    listed = event("contributor.listed", PLAN, {"department": "dft", "title": "Transport"})
    unlisted = event("contributor.unlisted", PLAN, {"department": "dft"}, id="2", **later(24))
    state, plan = after(listed, unlisted), plan_after(listed, unlisted)
    assert (state.listed, state.unlisted) == (True, dt.date(2026, 11, 26))
    assert [(c.department, c.title, c.unlisted) for c in plan.contributors] == [
        ("dft", "Transport", dt.date(2026, 11, 26))
    ]
    back = event("contributor.listed", PLAN, {"department": "dft"}, id="3", **later(48))
    assert after(listed, unlisted, back).unlisted is None


def test_a_withdrawn_plan_stays_published_and_says_since_when() -> None:
    """Published again, it is back."""
    published = event("plan.published", PLAN, {"title": "Towns fund"})
    withdrawn = event("plan.withdrawn", PLAN, {"reason": "Merged"}, id="2", **later(1))
    plan = plan_after(published, withdrawn)
    assert (plan.published, plan.withdrawn) == (True, NOON.date())
    again = event("plan.published", PLAN, {"title": "Towns fund"}, id="3", **later(2))
    assert plan_after(published, withdrawn, again).withdrawn is None


def test_a_plans_reporting_calendar_is_what_its_lead_said_last() -> None:
    """Published again without one it stays; null ends it."""
    quarterly = {"every": "quarter", "due_days": 20}
    published = event("plan.published", PLAN, {"title": "A plan", "reporting": quarterly}, id="p1", **later(1))
    again = event("plan.published", PLAN, {"title": "A plan"}, id="p2", **later(2))
    assert plan_after(published, again).reporting == Reporting(every="quarter", due_days=20)
    ended = event("plan.published", PLAN, {"title": "A plan", "reporting": None}, id="p3", **later(3))
    assert plan_after(published, ended, again).reporting is None


def test_a_givers_answer_and_a_receivers_absorption_show_at_the_dependency() -> None:
    """Accepted or disputed by whoever is needed; absorbed until a date by whoever needs."""
    needed = event("milestone.planned", "dwp/c", {"title": "C", "baseline": "2026-12-24"})
    declared = event("dependency.declared", "dft/a", {"needs": "dwp/c", "lag": 3})
    disputed = event("dependency.disputed", "dwp/c", {"needed_by": "dft/a", "reason": "Never agreed"})
    absorbed = event("dependency.absorbed", "dft/a", {"needs": "dwp/c", "until": "2027-01-15"})
    [need] = after(needed, declared, disputed, absorbed).needs
    assert (need.answer, need.absorbed_until) == ("disputed", dt.date(2027, 1, 15))
    accepted = event("dependency.accepted", "dwp/c", {"needed_by": "dft/a"}, id="2", **later(1))
    assert after(needed, declared, disputed, accepted).needs[0].answer == "accepted"


def test_a_dependency_on_another_plan_is_kept_and_waits() -> None:
    """It is shown as waiting on another plan until schedules cross plans."""
    [need] = after(event("dependency.declared", "dft/a", {"needs": "dwp/x", "needs_plan": "dwp/jobs"})).needs
    assert (need.plan, need.milestone, need.waiting) == ("dwp/jobs", "dwp/x", "other-plan")


def test_a_cancelled_milestone_names_what_replaces_it() -> None:
    """With the reason."""
    state = after(said("cancelled", {"reason": "Rescoped", "replaced_by": "dft/b"}))
    assert (state.lifecycle, state.status, state.replaced_by) == ("cancelled", "cancelled", "dft/b")
    assert state.reason is not None
    assert state.reason.text == "Rescoped"


def test_a_target_that_moves_without_an_approval_is_not_agreed() -> None:
    """The original stays beside it; an approval names the office and the reason."""
    first = event("plan.published", PLAN, {"title": "T", "target": "2028-03-31"})
    moved = event("plan.published", PLAN, {"title": "T", "target": "2029-03-31", "tolerance": 30}, id="2", **later(1))
    plan = plan_after(first, moved)
    assert (plan.target_agreed, plan.tolerance_agreed) == (False, True)
    assert plan.original_target is not None
    assert plan.original_target.date == dt.date(2028, 3, 31)
    why = {"approved_by": "Programme board", "reason": "Rescoped"}
    agreed = event("plan.published", PLAN, {"title": "T", "target": "2029-03-31", **why}, id="3", **later(2))
    plan = plan_after(first, moved, agreed)
    assert plan.target_agreed is True
    assert plan.agreement is not None
    assert plan.agreement.office == "Programme board"
