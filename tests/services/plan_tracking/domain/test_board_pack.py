"""The board pack."""

import datetime as dt

from schemas.states import Blocked, Confidence, MilestoneState
from services.plan_tracking.domain.board_pack import BoardPack, Cell, board_pack
from services.plan_tracking.domain.known import Known
from tests.services.plan_tracking.examples import NOW, TODAY, Spec, plan_state, states

MONTH = dt.timedelta(days=30)
SPECS = [
    Spec("dft/a", "Bridge", "2027-01-01", None, None, ()),
    Spec("dfe/b", "School", "2027-02-01", None, None, (("dft/a", 10),)),
]
MOVED = [Spec("dft/a", "Bridge", "2027-01-01", "2027-02-15", None, (), reason="Possession moved"), SPECS[1]]


def known(specs: list[Spec], moment: dt.datetime, **more: object) -> Known:
    """The plan as known at a moment, each milestone with more said of it."""
    made = [state.model_copy(update=more) for state in states(specs)]
    return Known(moment, plan_state(made, target="2027-02-10"), {state.milestone: state for state in made})


def rows(pack: BoardPack, title: str) -> list[tuple[Cell, ...]]:
    """The rows of one of its tables."""
    [table] = [table for table in pack.tables if table.title == title]
    assert all(len(row) == len(table.headers) for row in table.rows)
    return list(table.rows)


def test_it_says_where_the_plan_ends_then_and_now() -> None:
    """Against its target, in days."""
    ends = {row[0]: row[1:] for row in rows(pack_of(MOVED), "Where it ends")}
    assert ends["Last milestone expected"] == (dt.date(2027, 2, 1), dt.date(2027, 2, 25))
    assert ends["Days after the target"] == (-9, 15)
    assert ends["Last milestone"] == ("School", "School")
    assert (ends["On track"], ends["Late"]) == ((2, 0), (0, 2))


def pack_of(specs: list[Spec], **more: object) -> BoardPack:
    """The pack from SPECS a month ago to these."""
    return board_pack(known(SPECS, NOW - MONTH), known(specs, NOW, **more), TODAY)


def test_it_says_what_changed_because_of_whom_and_why() -> None:
    """The furthest moved first; a milestone that its own date drives names no other."""
    assert rows(pack_of(MOVED), "What changed") == [
        ("Bridge", "dft", "moved", dt.date(2027, 1, 1), dt.date(2027, 2, 15), 45, 45, None, "Possession moved"),
        ("School", "dfe", "moved", dt.date(2027, 2, 1), dt.date(2027, 2, 25), 24, 24, "Bridge", None),
    ]
    assert rows(pack_of(SPECS), "What changed") == []


def test_it_says_what_stands_out() -> None:
    """Late, blocked, declared green all the same, changed without an approval."""
    said = {
        "blocked": Blocked(reason="No consent", since=NOW),
        "confidence": Confidence(scale="RAG", value="Green", assessor="Projects office", assessed=TODAY),
        "baseline_approved": False,
    }
    found = [row[2:] for row in rows(pack_of(MOVED, **said), "What stands out") if row[0] == "Bridge"]
    assert found == [
        ("baseline changed without an approval", "Possession moved"),
        ("45 days late", "Possession moved"),
        ("blocked", "No consent"),
        ("declared green, 45 days late", "by Projects office"),
    ]


def test_departments_are_counted_with_when_they_were_last_heard() -> None:
    """A department that has fallen silent is seen."""
    assert [row[:2] for row in rows(pack_of(MOVED), "Departments")] == [
        ("dfe", dt.date(2026, 11, 20)),
        ("dft", dt.date(2026, 11, 20)),
    ]


def test_hidden_causes_have_no_name() -> None:
    """What the reader may not know of is not in the pack."""

    def hide(state: MilestoneState) -> MilestoneState:
        cause = state.cause.model_copy(update={"plan": "", "milestone": ""}) if state.cause else None
        return state.model_copy(update={"cause": cause})

    after = known(MOVED, NOW)
    after = Known(after.moment, after.plan, {name: hide(state) for name, state in after.milestones.items()})
    pack = board_pack(known(SPECS, NOW - MONTH), after, TODAY)
    assert [row[7] for row in rows(pack, "What changed")] == [None, None]
