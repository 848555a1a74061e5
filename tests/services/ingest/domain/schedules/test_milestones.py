"""Milestones of a schedule as the rows of a return."""

import datetime as dt

from schemas.dates import PreciseDate
from services.ingest.domain.returns.model import Choices, Link
from services.ingest.domain.schedules.milestones import MOST_CANDIDATES, milestones
from services.ingest.domain.schedules.needs import MOST_SAID
from tests.services.ingest.domain.schedules.plans import DAY, MEANS, link, milestone, schedule, task

LATER = DAY + dt.timedelta(28)


def on(day: dt.date) -> PreciseDate:
    """This day."""
    return PreciseDate(date=day)


def test_tasks_that_are_flagged_are_rows() -> None:
    """With their baseline, their forecast, or of what is done its actual date; tasks are candidates."""
    planned = milestone("1", dates={"Finish": LATER, "Baseline": DAY, "Baseline 1": LATER}, key="1", said="0% complete")
    met = milestone("2", state="done", dates={"Finish": LATER, "Actual finish": DAY})
    read = milestones(
        schedule([planned, met, task("3", 5, dates={"Finish": DAY})], means={**MEANS, "Baseline 1": None})
    )
    first, second = read.rows
    assert (first.slot, first.key, first.title, first.state, first.said) == ("1", "1", "Task 1", "open", "0% complete")
    assert (first.baseline, first.due, first.due_field) == (on(DAY), on(LATER), "forecast")
    assert first.others == {"Baseline 1": LATER.isoformat()}
    assert (second.baseline, second.due, second.due_field) == (None, on(DAY), "actual")
    assert [(one.slot, one.title, one.finish) for one in read.candidates] == [("3", "Task 3", DAY)]
    assert (read.project, read.as_at) == ("P", DAY)


def test_ticked_tasks_are_rows_at_their_finish() -> None:
    """What they need is counted to there; they stay candidates, so that they can be left unticked."""
    plan = schedule([milestone("1"), task("2", 5), task("3", summary=True)], [link("1", "2", working=1)])
    read = milestones(plan, Choices(ticked=frozenset({"2", "3"})))
    assert [row.slot for row in read.rows] == ["1", "2", "3"]
    assert read.rows[1].needs == (Link("1", 6, "working"),)
    assert [one.slot for one in read.candidates] == ["3", "2"]


def test_a_schedule_without_milestones_asks_to_tick_some() -> None:
    """And one without any task that could be one is refused."""
    [asked] = milestones(schedule([task("1", 3)])).findings
    assert (asked.kind, asked.field) == ("question", "ticked")
    assert "no milestone found" in asked.message
    assert "Tick those that are" in asked.message
    [refused] = milestones(schedule([task("1", title="")])).findings
    assert refused.kind == "refused"


def test_candidates_are_bounded_and_summaries_come_first() -> None:
    """How many more there are is said."""
    tasks = [task(str(number), summary=number == MOST_CANDIDATES) for number in range(MOST_CANDIDATES + 2)]
    read = milestones(schedule(tasks))
    assert len(read.candidates) == MOST_CANDIDATES
    assert read.candidates[0].slot == str(MOST_CANDIDATES)
    assert any("2 tasks more could be ticked" in finding.message for finding in read.findings)


def test_a_milestone_without_a_name_is_refused() -> None:
    """By its slot; the others go on."""
    read = milestones(schedule([milestone("1", title=""), milestone("2")]))
    assert [row.slot for row in read.rows] == ["2"]
    assert [(one.kind, one.message) for one in read.findings] == [
        ("refused", "1 cannot be published: a milestone needs a name")
    ]


def test_a_milestone_that_takes_time_is_read_at_its_finish() -> None:
    """It is flagged, and lasts three days."""
    [finding] = milestones(schedule([milestone("1", DAY, length=3)])).findings
    assert (finding.kind, finding.slot, finding.row) == ("noted", "1", 1)
    assert "takes time: its finish is read" in finding.message


def test_a_status_that_is_not_known_is_asked() -> None:
    """Nothing of it is a row until it is said what it means."""
    plan = schedule([milestone("1", state=None, said="paused"), milestone("2")])
    read = milestones(plan)
    assert [row.slot for row in read.rows] == ["2"]
    assert [(one.kind, one.field) for one in read.findings] == [("question", "status")]
    answered = milestones(plan, Choices(statuses={"paused": "cancelled"}))
    assert [(row.slot, row.state, row.said) for row in answered.rows] == [
        ("1", "cancelled", "paused"),
        ("2", "open", "0%"),
    ]


def test_several_baselines_are_kept_apart() -> None:
    """The current one is read; another where the sender says so; the rest is shown."""
    plan = schedule(
        [milestone("1", dates={"Baseline": DAY, "Baseline 1": LATER})],
        means={"Baseline": "baseline", "Baseline 1": None},
    )
    read = milestones(plan)
    assert read.rows[0].baseline == on(DAY)
    assert "Baseline has the agreed dates" in read.findings[0].message
    chosen = milestones(plan, Choices(columns={"Baseline 1": "baseline"}))
    assert chosen.rows[0].baseline == on(LATER)
    assert chosen.rows[0].others == {"Baseline": DAY.isoformat()}
    assert [(column.header, column.means) for column in chosen.columns] == [
        ("Baseline", None),
        ("Baseline 1", "baseline"),
    ]


def test_without_a_current_baseline_none_is_read() -> None:
    """Which of the saved ones was agreed nobody can know but the sender."""
    plan = schedule([milestone("1", dates={"Baseline 1": DAY})], means={"Baseline 1": None})
    read = milestones(plan)
    assert read.rows[0].agreed is None
    assert "none of them is the current one" in read.findings[0].message
    original = milestones(plan, Choices(columns={"Baseline 1": "original_baseline"}))
    assert original.rows[0].original_baseline == on(DAY)


def test_a_date_can_be_left_unread_and_none_is_read_as_something_else() -> None:
    """A date of a schedule is no title."""
    plan = schedule([milestone("1", DAY)], means={"Finish": "forecast"})
    assert milestones(plan, Choices(columns={"Finish": None})).rows[0].due is None
    read = milestones(plan, Choices(columns={"Finish": "title"}))
    assert "Finish=title" in read.findings[0].message


def test_blanks_of_dates_marked_complete_are_no_longer_known() -> None:
    """Of the forecast only where it is open."""
    plan = schedule([milestone("1", DAY), milestone("2"), milestone("3", state="done")])
    read = milestones(plan, Choices(complete=frozenset({"Finish", "Baseline"})))
    assert [row.blank for row in read.rows] == [{"baseline"}, {"baseline", "forecast"}, {"baseline"}]


def test_relations_in_a_circle_are_named() -> None:
    """By the tasks that are in it."""
    read = milestones(schedule([milestone("1"), milestone("2")], [link("1", "2"), link("2", "1")]))
    assert [row.needs for row in read.rows] == [(), ()]
    assert any("1 (Task 1) and 2 (Task 2) run in a circle" in finding.message for finding in read.findings)


def test_circles_are_counted_where_they_are_many() -> None:
    """The first ones are named."""
    tasks = [milestone(str(number)) for number in range(2 * MOST_SAID + 4)]
    pairs = [(one.id, other.id) for one, other in zip(tasks[::2], tasks[1::2], strict=True)]
    read = milestones(schedule(tasks, [link(*ends) for a, b in pairs for ends in ((a, b), (b, a))]))
    assert len(read.findings) == MOST_SAID + 1
    assert "2 circles of relations more are left out" in read.findings[-1].message


def test_the_layout_is_that_of_the_schedule() -> None:
    """So that what was ticked is remembered for it, and for no other."""
    one, same, other = (
        milestones(schedule([milestone(number)], identity=name)).layout
        for number, name in (("1", "a"), ("2", "a"), ("1", "b"))
    )
    assert one == same != other


def test_lags_that_were_rounded_or_mixed_are_noted() -> None:
    """Once for each kind."""
    relations = [link("1", "2", working=0.5), link("2", "3", working=5, elapsed=1)]
    read = milestones(schedule([milestone("1"), milestone("2"), milestone("3")], relations))
    said = " ".join(finding.message for finding in read.findings)
    assert "1 lag had a part of a day" in said
    assert "1 lag had working and elapsed time" in said


def test_a_date_that_its_needs_do_not_allow_is_said() -> None:
    """It would be shown as late as soon as it is published; of many, the first, and how many more."""
    open_ = [milestone("1", DAY), milestone("2", DAY + dt.timedelta(1)), milestone("3", DAY, state="done")]
    read = milestones(schedule(open_, [link("1", "2", working=10), link("1", "3", working=10)]))
    assert [finding.slot for finding in read.findings] == ["2"]
    assert "2 needs 1 10 working days earlier, and its own date is 9 working days too early" in read.findings[0].message
    read = milestones(
        schedule([milestone("1", DAY), milestone("2", DAY - dt.timedelta(30))], [link("1", "2", working=-9)])
    )
    assert "2 needs 1 9 working days later at most, and its own date is 13 working days" in read.findings[0].message
    many = [milestone(str(number), DAY) for number in range(MOST_SAID + 3)]
    read = milestones(schedule(many, [link("0", one.id, working=9) for one in many[1:]]))
    assert "2 dependencies more do not fit" in read.findings[-1].message


def test_findings_of_the_reader_come_first() -> None:
    """And a row of several projects stands on a sheet of its own project."""
    plan = schedule([milestone("1", DAY, project="A")])
    assert milestones(plan).rows[0].sheet == "A"
