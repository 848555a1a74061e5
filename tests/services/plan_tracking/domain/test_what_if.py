"""What if: the same fold and schedule as if it had been said, and in words what that would do."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LogRecord
from schemas.payloads import ReportedData
from services.plan_tracking.domain import what_if
from services.plan_tracking.domain.fold import london_day
from services.plan_tracking.domain.network import Moves, Network
from services.plan_tracking.domain.what_if import Moved, as_it_is, moved, reports, words
from tests.events import MILESTONES, NOON, PLAN, SAID, event, records
from tests.services.plan_tracking.domain.test_fold import fold_all

NOW = NOON + dt.timedelta(days=3)
ROWS = st.one_of(
    st.fixed_dictionaries({}, optional={"baseline": SAID, "forecast": SAID}),
    st.fixed_dictionaries({"state": st.sampled_from(["open", "done", "cancelled"])}, optional={"forecast": SAID}),
    st.fixed_dictionaries({"actual": st.just("2026-11-20")}),
)


def planned(name: str, baseline: str | None, *needs: str) -> list[LogRecord]:
    """A milestone of the plan, and what it needs ten days earlier."""
    said = [event("milestone.planned", name, {"title": name, "baseline": baseline})]
    return said + [event("dependency.declared", name, {"needs": need, "lag": 10}, id=need) for need in needs]


CHAIN = [
    *planned("dft/a", "2027-03-01"),
    *planned("dwp/b", "2027-03-20", "dft/a"),
    *planned("dluhc/c", "2027-04-10", "dwp/b"),
    *planned("dluhc/apart", "2027-01-01"),
]


@dataclass(frozen=True)
class Foreseen:
    """What would follow in one plan; steps of paths by their names."""

    after: Network
    moved: tuple[Moved, ...]
    superseded: dict[str, list[str]]


def tried(said: list[LogRecord], changes: dict[str, dict[str, Any]], time: dt.datetime = NOW) -> Foreseen:
    """What would follow from the changes after all of this was said."""
    folded, subjects = fold_all([said])
    rows = {name: ReportedData.model_validate(row) for name, row in changes.items()}
    moves, superseded = words(subjects, reports(PLAN, rows, time, NOW))
    there = as_it_is(folded.plan, Moves(given=folded.network.given), london_day(NOW))
    after, heard = what_if.tried(there, moves)
    assert heard == {}
    found = moved([after], frozenset(f"{PLAN}|{name}" for name in rows))
    short = (replace(one, path=tuple(step.partition("|")[2] for step in one.path)) for one in found)
    return Foreseen(after.after, tuple(short), superseded)


def test_everything_downstream_is_named_with_days_and_path_the_greatest_first() -> None:
    """A moves by 45 days; B had nine days of room, C had eleven more."""
    found = tried(CHAIN, {"dft/a": {"forecast": "2027-04-15"}})
    assert [(moved.milestone, moved.days) for moved in found.moved] == [("dft/a", 45), ("dwp/b", 36), ("dluhc/c", 25)]
    assert [moved.path for moved in found.moved] == [
        ("dft/a",),
        ("dft/a", "dwp/b"),
        ("dft/a", "dwp/b", "dluhc/c"),
    ]


def test_a_move_within_the_room_that_is_left_moves_nobody_else() -> None:
    """Nine days are what B has."""
    found = tried(CHAIN, {"dft/a": {"forecast": "2027-03-10"}})
    assert [moved.milestone for moved in found.moved] == ["dft/a"]


def test_what_is_said_with_a_precision_counts_to_its_last_day() -> None:
    """The fourth quarter of the financial year ends on 31 March."""
    found = tried(CHAIN, {"dft/a": {"forecast": {"date": "2027-02-01", "precision": "quarter"}}})
    assert [moved.days for moved in found.moved if moved.milestone == "dft/a"] == [30]


def test_a_baseline_counts_only_where_there_is_no_forecast() -> None:
    """Else the owner's expectation stands."""
    forecast = event("milestone.forecast", "dft/a", {"forecast": "2027-03-05", "reason": "Consent"}, id="f")
    assert tried([*CHAIN, forecast], {"dft/a": {"baseline": "2027-06-01"}}).moved == ()
    assert tried(CHAIN, {"dft/a": {"baseline": "2027-06-01"}}).moved[0].days == 92


def test_what_comes_back_is_led_to_by_what_let_it_go() -> None:
    """B and C were pushed by A; A is cancelled, and each has its own date again."""
    late = event("milestone.forecast", "dft/a", {"forecast": "2027-04-15", "reason": "Consent"}, id="f")
    found = {moved.milestone: moved for moved in tried([*CHAIN, late], {"dft/a": {"state": "cancelled"}}).moved}
    assert (found["dft/a"].days, found["dft/a"].after) == (None, None)
    assert (found["dluhc/c"].days, found["dluhc/c"].path) == (-25, ("dft/a", "dwp/b", "dluhc/c"))


def test_a_new_milestone_moves_nobody_unless_it_was_waited_for() -> None:
    """It is not among the moved; who declared a need of it before it was planned is."""
    assert tried(CHAIN, {"dft/new": {"forecast": "2028-01-01"}}).moved == ()
    waiting = [*CHAIN, event("dependency.declared", "dluhc/c", {"needs": "dft/new"}, id="n")]
    found = tried(waiting, {"dft/new": {"forecast": "2028-01-01"}})
    assert [(moved.milestone, moved.path) for moved in found.moved] == [("dluhc/c", ("dft/new", "dluhc/c"))]


def test_what_has_been_said_later_otherwise_is_not_changed_by_an_older_word() -> None:
    """As at a day before the present forecast: that one stays, and is named; the same word again is not."""
    forecast = event("milestone.forecast", "dft/a", {"forecast": "2027-03-05", "reason": "Consent"}, id="f")
    before = NOON - dt.timedelta(days=1)
    found = tried([*CHAIN, forecast], {"dft/a": {"forecast": "2027-06-01", "baseline": "2027-03-01"}}, before)
    assert (found.moved, found.superseded) == ((), {"dft/a": ["forecast"]})
    assert tried([*CHAIN, forecast], {"dft/a": {"forecast": "2027-06-01"}}).superseded == {}


def test_the_day_that_has_passed_moves_nothing_by_itself() -> None:
    """What the passing of days has moved since the plan was last heard of is not the change's doing."""
    past = planned("dft/a", "2026-11-01")
    assert tried(past, {"dft/new": {}}).moved == ()


@given(st.lists(records(), min_size=1, max_size=14), st.dictionaries(st.sampled_from(MILESTONES), ROWS, max_size=3))
def test_it_foretells_what_the_fold_will_say(said: list[LogRecord], changes: dict[str, dict[str, Any]]) -> None:
    """Said for real, every milestone stands where it was foreseen, and only those named have moved."""
    foreseen = tried(said, changes)
    rows = {name: ReportedData.model_validate(row) for name, row in changes.items()}
    today = event("plan.dated", PLAN, {}, source="/milestone", acceptedtime=NOW.isoformat())
    before, _ = fold_all([said, [today]])
    after, _ = fold_all([said, [today, *reports(PLAN, rows, NOW, NOW)]])
    assert foreseen.after.scheduled == after.network.scheduled
    were, are = before.network.scheduled, after.network.scheduled
    moved = {one.milestone: (one.before, one.after) for one in foreseen.moved}
    assert moved == {
        name: (was.projected, are[name].projected) for name, was in were.items() if was.projected != are[name].projected
    }
