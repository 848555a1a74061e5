"""The fold: law 1, the plan's day, and what a repetition does."""

import datetime as dt
import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LogRecord
from schemas.states import MilestoneState, PlanState
from services.plan_tracking.domain.about import about
from services.plan_tracking.domain.conclude import milestone_said, milestone_state, plan_said, plan_state
from services.plan_tracking.domain.fold import Folded, fold
from services.plan_tracking.domain.model import Entry, Loaded, Plan, Subject
from services.plan_tracking.domain.network import Network
from tests.events import NOON, PLAN, event, records


def fold_all(batches: Sequence[Sequence[LogRecord]]) -> tuple[Folded, dict[str, Subject]]:
    """Folds batches one after another, as a consumer does; answers with the last fold and every subject."""
    folded = Folded(Plan(PLAN), Network(PLAN), {}, {}, {}, frozenset(), ())
    subjects, offset = dict[str, Subject](), 0
    for batch in batches:
        entries = [Entry(offset + number, record) for number, record in enumerate(batch)]
        offset += len(batch)
        names = {about(record) for record in batch}
        touched = {name: subject for name, subject in subjects.items() if name in names}
        folded = fold(Loaded(folded.plan, folded.network.kept(), touched, folded.tallies), entries)
        subjects |= {**folded.touched, **folded.facts}
    return folded, subjects


def concluded(batches: Sequence[Sequence[LogRecord]]) -> tuple[PlanState, dict[str, MilestoneState]]:
    """The states that follow, without versions; what is stored of each is what the contract makes of it."""
    folded, subjects = fold_all(batches)
    milestones = {name: subjects[name] for name in folded.network.given}
    states = {n: milestone_state(folded.plan, m, folded.network, None) for n, m in milestones.items()}
    plan = plan_state(folded.plan, folded.network, folded.tallies)
    assert plan.model_dump(mode="json") == plan_said(folded.plan, folded.network, folded.tallies)
    for name, state in states.items():
        assert state.model_dump(mode="json") == milestone_said(folded.plan, milestones[name], folded.network, None)
    states = {name: state.model_copy(update={"version": 0}) for name, state in states.items()}
    return plan.model_copy(update={"version": 0}), states


@given(st.lists(records(), min_size=1, max_size=14), st.data())
def test_any_order_repetition_and_split_gives_the_same_documents(said: list[LogRecord], data: st.DataObject) -> None:
    """Law 1: the state is a function of the set of accepted records."""
    shuffled = data.draw(st.permutations(said + data.draw(st.lists(st.sampled_from(said), max_size=5))))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    edges = [0, *cuts, len(shuffled)]
    batches = [shuffled[a:b] for a, b in itertools.pairwise(edges) if a < b]
    assert concluded(batches) == concluded([said])
    registers = {name: subject.registers for name, subject in fold_all(batches)[1].items()}
    assert registers == {name: subject.registers for name, subject in fold_all([said])[1].items()}


def test_records_at_or_below_the_version_are_skipped() -> None:
    """A batch seen again after a crash adds nothing: neither history nor affected milestones."""
    planned = Entry(4, event("milestone.planned", "dft/a", {"title": "A", "baseline": "2027-01-01"}))
    folded = fold(Loaded(Plan(PLAN, version=4), Network(PLAN), {}), [planned])
    assert folded.history == ()
    assert folded.affected == frozenset()


def test_saying_the_same_again_changes_nothing_but_the_stamp() -> None:
    """A resent event, accepted later, leaves every date where it was."""
    first = event("milestone.planned", "dft/a", {"title": "A", "baseline": "2027-01-01"})
    again = event(
        "milestone.planned",
        "dft/a",
        {"title": "A", "baseline": "2027-01-01"},
        acceptedtime=(NOON + dt.timedelta(minutes=1)).isoformat(),
    )
    assert concluded([[first]]) == concluded([[first], [again]])


def test_a_later_word_wins_and_an_earlier_one_is_superseded_whenever_it_arrives() -> None:
    """Order comes from `time`, not from arrival."""
    late = event("milestone.forecast", "dft/a", {"forecast": "2027-03-01", "reason": "Later word"}, id="2")
    early = event(
        "milestone.forecast",
        "dft/a",
        {"forecast": "2027-02-01", "reason": "Earlier word"},
        time=(NOON - dt.timedelta(days=9)).isoformat(),
    )
    _, states = concluded([[late], [early]])
    assert states["dft/a"].projected == dt.date(2027, 3, 1)
    assert states["dft/a"].reason is not None
    assert states["dft/a"].reason.text == "Later word"


def test_the_original_baseline_is_the_value_said_first_whatever_was_accepted_first() -> None:
    """Where a backdated record changes it, the value first accepted is kept beside it."""
    now = event("milestone.planned", "dft/a", {"title": "A", "baseline": "2027-03-01"})
    backdated = event(
        "milestone.reported",
        "dft/a",
        {"baseline": "2027-01-01"},
        time=(NOON - dt.timedelta(days=9)).isoformat(),
        acceptedtime=(NOON + dt.timedelta(hours=1)).isoformat(),
    )
    _, states = concluded([[now], [backdated]])
    state = states["dft/a"]
    assert state.original_baseline is not None
    assert state.first_accepted_baseline is not None
    assert state.baseline is not None
    assert (state.original_baseline.date, state.baseline.date) == (dt.date(2027, 1, 1), dt.date(2027, 3, 1))
    assert state.first_accepted_baseline.date == dt.date(2027, 3, 1)


def test_the_plans_day_is_the_latest_london_date_of_acceptance() -> None:
    """An hour before midnight UTC in summer is already tomorrow in London."""
    summer = event(
        "plan.dated",
        PLAN,
        {},
        source="/milepost/plan-tracking",
        time="2026-06-30T23:30:00Z",
        acceptedtime="2026-06-30T23:30:00Z",
    )
    plan, _ = concluded([[summer]])
    assert plan.day == dt.date(2026, 7, 1)


def test_what_has_not_happened_is_not_projected_into_the_past() -> None:
    """An open milestone of last month stands at the plan's day, and its cause says that only days move it."""
    planned = event("milestone.planned", "dft/a", {"title": "A", "baseline": "2026-10-01"})
    _, states = concluded([[planned]])
    state = states["dft/a"]
    assert (state.projected, state.slip) == (NOON.date(), 55)
    assert state.cause is not None
    assert state.cause.by_day


def test_a_milestone_of_a_department_not_listed_waits_and_is_not_counted() -> None:
    """It is folded and kept; the plan counts it as waiting until its lead lists the department."""
    planned = event("milestone.planned", "dft/a", {"title": "A", "baseline": "2027-01-01"})
    published = event("plan.published", PLAN, {"title": "Towns fund"})
    plan, states = concluded([[planned, published]])
    assert (plan.waiting, plan.counts, states["dft/a"].listed) == (1, {}, False)
    listed = event("contributor.listed", PLAN, {"department": "dft"})
    plan, states = concluded([[planned, published], [listed]])
    assert (plan.waiting, states["dft/a"].listed) == (0, True)
    assert plan.counts["dft"].statuses["on-track"] == 1


def test_an_event_for_a_plan_not_yet_published_folds_into_an_unpublished_plan() -> None:
    """Nobody but its publishers and its lead sees it."""
    plan, _ = concluded([[event("milestone.planned", "dft/a", {"title": "A"})]])
    assert (plan.published, plan.visibility) == (False, "owner")
