"""The plan chart as a whole: every milestone has a row, every need is drawn or explained, nothing is out of place."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.plan_tracking.domain.charts.chart import chart
from services.plan_tracking.domain.charts.model import PLOT, WIDTH, Chart, Row
from services.plan_tracking.domain.directory import directory
from tests.services.plan_tracking.examples import PLAN, RENEWAL, TODAY, Spec, many, plan_state, states


def _chart(specs: list[Spec], today: dt.date = TODAY) -> Chart:
    concluded = states(specs, today)
    plan = plan_state(concluded)
    return chart(plan, directory(plan, concluded), today)


def _row(of: Chart, title: str) -> Row:
    return next(row for row in of.rows if row.title.startswith(title))


@pytest.fixture(scope="module")
def renewal() -> Chart:
    """The chart of the renewal."""
    return _chart(list(RENEWAL))


def test_departments_stand_in_the_plans_order_and_milestones_in_that_of_their_dates(renewal: Chart) -> None:
    """The lead first, then the contributors as listed; inside a department the earliest first, the undated last."""
    assert [group.title for group in renewal.groups][:2] == [
        "Department for Levelling Up, Housing and Communities",
        "Department for Transport",
    ]
    transport = [row.marker.x for row in renewal.groups[1].rows if row.marker]
    assert transport == sorted(transport)
    assert renewal.groups[2].rows[-1].expected == "no date"


def test_a_late_milestone_shows_agreed_date_expected_date_and_the_slip_between(renewal: Chart) -> None:
    """A baseline marker, a marker of its status, and a bar from one to the other."""
    row = _row(renewal, "Track possession")
    assert row.baseline is not None
    assert row.marker is not None
    assert row.bar is not None
    assert (row.marker.shape, row.bar.kind, row.slip, row.expected) == ("late", "late", "+49", "29 Jan 2027")
    assert (row.bar.x, row.bar.x + row.bar.width) == (row.baseline.x, row.marker.x)


def test_a_milestone_knows_the_path_of_what_drives_its_date(renewal: Chart) -> None:
    """The lines from the cause to the milestone, across departments, and the markers on the way."""
    row = _row(renewal, "Building watertight")
    steps = [(renewal.edges[number].giver, renewal.edges[number].receiver) for number in row.cause]
    assert steps[0][0] == "dft/riverside-halt/possession"
    assert steps[-1] == ("dfe/skills-centre/site", "dfe/skills-centre/build")
    assert all(before[1] == after[0] for before, after in pairwise(steps))
    assert len(row.caused_by) == len(steps) + 1
    assert all(renewal.edges[number].drives for number in row.cause)


def test_a_date_is_shown_as_precisely_as_it_was_said(renewal: Chart) -> None:
    """The owner's month stays a month; a calculated date is a day."""
    assert _row(renewal, "Tutors recruited").expected == "Sep 2027"
    assert _row(renewal, "Evaluation framework").expected == "to Jun 2027"
    assert _row(renewal, "Full business case approved").expected == "26 Feb 2027"


def test_a_milestone_past_its_owners_date_is_overdue(renewal: Chart) -> None:
    """It stands at today, and says so in words too."""
    row = _row(renewal, "Land assembled")
    assert row.overdue
    assert row.marker is not None
    assert row.marker.x == renewal.today_x
    assert "late, overdue" in row.meaning


def test_a_cancelled_milestone_stands_where_it_last_stood(renewal: Chart) -> None:
    """It has a marker and no slip."""
    row = _row(renewal, "Bursary scheme")
    assert row.marker is not None
    assert (row.marker.shape, row.bar, row.expected) == ("cancelled", None, "cancelled")


def test_a_need_that_adds_no_date_is_explained(renewal: Chart) -> None:
    """What waits for a cancelled milestone has no line, but a sentence and a sign in its row."""
    (missing,) = renewal.missing
    assert (missing.receiver.title, missing.giver.title) == ("Mentoring scheme", "Bursary scheme")
    assert missing.reason == "it was cancelled"
    assert _row(renewal, "Mentoring scheme").undrawn == 1


def test_milestones_that_wait_for_each_other_are_explained() -> None:
    """A cycle is drawn nowhere and said of both."""
    specs = [
        Spec("dft/a", "A", "2027-01-01", needs=[("dft/b", 0)]),
        Spec("dft/b", "B", "2027-02-01", needs=[("dft/a", 0)]),
    ]
    found = _chart(specs)
    assert [each.reason for each in found.missing] == ["the two wait for each other, directly or through others"] * 2


def test_what_is_not_listed_is_neither_shown_nor_named() -> None:
    """A need of a department that the lead has not listed is explained without its title."""
    shown = states([Spec("dft/a", "A", "2027-01-01"), Spec("dft/b", "B", "2027-02-01", needs=[("dft/a", 0)])])
    shown[0] = shown[0].model_copy(update={"listed": False, "title": "Secret"})
    plan = plan_state(shown)
    found = chart(plan, directory(plan, shown), TODAY)
    assert [row.title for row in found.rows] == ["B"]
    assert found.missing[0].giver.name is None
    assert "Secret" not in repr(found)


def test_a_date_in_2086_is_flagged_at_the_edge_and_squashes_nothing() -> None:
    """The marker stands at the end of the axis with its date beside it; the rest keeps its room."""
    found = _chart([*RENEWAL, Spec("dft/concession", "Concession ends", "2086-03-31")])
    flag = _row(found, "Concession ends").flag
    assert flag is not None
    assert (flag.beyond, flag.day, flag.x) == (1, "31 Mar 2086", found.axis.right)
    assert found.axis.last.year == 2028
    assert found.axis.right < _chart(list(RENEWAL)).axis.right


def test_a_plan_without_milestones_has_an_empty_chart() -> None:
    """No rows, no lines, an axis around today."""
    found = _chart([])
    assert (found.rows, found.edges, found.height) == ([], (), 0)
    assert found.today_x is not None


def test_three_hundred_milestones_have_all_their_lines() -> None:
    """The network of a large plan finds a lane for every need."""
    found = _chart(many(300))
    assert len(found.rows) == 300
    assert len(found.edges) > 300
    assert found.missing == ()


_DAY = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31)).map(dt.date.isoformat)


@st.composite
def _plans(draw: st.DrawFn) -> list[Spec]:
    number = draw(st.integers(0, 24))
    names = [f"{('dft', 'dfe', 'dluhc', 'northgate')[index % 4]}/m-{index}" for index in range(number)]
    specs = []
    for index, name in enumerate(names):
        needs = draw(st.sets(st.sampled_from([*names, "dfe/nobody"]), max_size=3))
        specs.append(
            Spec(
                name,
                draw(st.text(min_size=1, max_size=60)),
                draw(st.none() | _DAY),
                draw(st.none() | _DAY),
                draw(st.none() | _DAY),
                [(need, draw(st.integers(-100, 100))) for need in sorted(needs)],
                cancelled=index % 7 == 6,
            )
        )
    return specs


@settings(max_examples=80)
@given(specs=_plans())
def test_nothing_is_out_of_place(specs: list[Spec]) -> None:
    """For any plan: each milestone has one row, every marker and bar is on the axis, today is on it or said to be
    beyond, and every need is either drawn once or explained once."""
    found = _chart(specs)
    assert sorted(row.name for row in found.rows) == sorted(spec.name for spec in specs)
    ys = [row.y for row in found.rows]
    assert all(below - above >= 30 for above, below in pairwise(ys))
    for row in found.rows:
        _is_in_place(row, found)
    assert PLOT <= found.axis.left < found.axis.right <= WIDTH
    assert (found.today_x is None) == (found.today_beyond != 0)
    drawn = [(edge.giver, edge.receiver) for edge in found.edges]
    assert len(drawn) + len(found.missing) == sum(len(spec.needs) for spec in specs)
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= {(need, spec.name) for spec in specs for need, _ in spec.needs}


def _is_in_place(row: Row, of: Chart) -> None:
    for mark in (row.baseline, row.marker):
        assert mark is None or of.axis.left <= mark.x <= of.axis.right
    if row.bar is not None:
        assert of.axis.left <= row.bar.x
        assert row.bar.x + row.bar.width <= of.axis.right
        assert row.bar.width > 0
    assert all(0 <= number < len(of.edges) for number in row.cause)


def test_the_examples_are_one_plan() -> None:
    """Every need in the made-up plan names a milestone of it."""
    names = {spec.name for spec in RENEWAL}
    assert len(names) == len(RENEWAL) == 36
    assert all(need in names for spec in RENEWAL for need, _ in spec.needs)
    assert PLAN.startswith("dluhc/")


def test_of_one_date_what_drives_comes_before_what_it_drives() -> None:
    """So that lines lead downwards where they can."""
    specs = [Spec("dft/a", "A", "2027-01-01", needs=[("dft/z", 0)]), Spec("dft/z", "Z", "2027-02-01")]
    assert [row.title for row in _chart(specs).rows] == ["Z", "A"]
