"""Lines of many plans side by side, and what is kept back from a reader in them and in states."""

import datetime as dt

from schemas.states import MilestoneState
from services.plan_tracking.domain.departments import department_view
from services.plan_tracking.domain.lines import MOST_FIRST, UNKNOWN, Mentioned, Seen, lines, parted, plan_lines
from tests.services.plan_tracking.examples import PLAN, TODAY, Spec, plan_state, states

SPECS = [
    Spec("dft/a", "Possession", "2027-01-01", "2027-02-01", reason="Moved."),
    Spec("dluhc/b", "Opening", "2027-01-10", needs=[("dft/a", 5)]),
    Spec("dfe/c", "Campus", "2026-11-01"),
    Spec("dfe/d", "Courses", needs=[("dfe/c", 0), ("dluhc/e", 0)]),
    Spec("dluhc/e", "Grant", "2026-10-01", actual="2026-10-01"),
]


def all_of_them() -> dict[str, MilestoneState]:
    """The milestones by key."""
    return {f"{PLAN}|{state.milestone}": state for state in states(SPECS)}


def seen(department: str = "", as_known_on: dt.date | None = None) -> list[Seen]:
    """The milestones of a department (of all) as a reader sees them."""
    made = states(SPECS)
    return [Seen(plan_state(made), one, as_known_on) for one in made if one.milestone.startswith(department)]


def sees_all(*_: str) -> bool:
    """A reader who may know of everything."""
    return True


def sees_no_dft(speaker: str, plan: str, milestone: str) -> bool:
    """A reader who may not know of dft."""
    return speaker == plan == PLAN and not milestone.startswith("dft")


def test_lines_are_ordered_by_date_and_say_what_drives_each() -> None:
    """The driver with its title, slip and reason; none where a milestone's own date drives it."""
    made = lines(seen(), Mentioned(all_of_them(), sees_all), TODAY)
    assert [one.milestone for one in made] == ["dluhc/e", "dfe/c", "dfe/d", "dft/a", "dluhc/b"]
    opening, possession = made[4], made[3]
    assert opening.cause is not None
    assert (opening.cause.milestone.title, opening.cause.slip, opening.cause.reason) == ("Possession", 31, "Moved.")
    assert (opening.slip, opening.department_title[:10], opening.plan_title) == (27, "Department", "Northgate renewal")
    assert (possession.cause, possession.reason) == (None, "Moved.")


def test_what_is_late_or_due_soon_comes_first_and_nothing_is_lost() -> None:
    """In two parts: a late one, however far off, and what is due soon; not what is done, nor what has time."""
    far = [Spec(f"dft/far-{n}", "Far off", "2028-01-01") for n in range(7)]
    near = [Spec("dft/soon", "Soon", "2027-01-20"), Spec("dft/late", "Late", "2028-01-01", "2028-03-01")]
    of = states([*far, *near, Spec("dft/done", "Done", "2026-11-01", actual="2026-11-02")])
    every = lines([Seen(plan_state(of), one) for one in of], Mentioned({}, sees_all), TODAY)
    parts = parted(every, TODAY)
    assert [one.milestone for one in parts.first] == ["dft/soon", "dft/late"]
    assert [one.milestone for one in parts.rest] == ["dft/done", *(one.name for one in far)]


def test_a_handful_is_not_folded_and_a_flood_is() -> None:
    """Few others are shown at once; of very many that are late the first alone."""
    few = lines(seen(), Mentioned(all_of_them(), sees_all), TODAY)
    assert (parted(few, TODAY).first, parted(few, TODAY).rest) == (few, ())
    of = states([Spec(f"dft/late-{n:02}", "Late", "2027-01-01", "2027-06-01") for n in range(MOST_FIRST + 9)])
    flood = lines([Seen(plan_state(of), one) for one in of], Mentioned({}, sees_all), TODAY)
    assert parted(flood, TODAY).first == flood[:MOST_FIRST]
    assert parted(flood, TODAY).rest == flood[MOST_FIRST:]


def test_a_driver_that_the_reader_may_not_know_of_has_no_name_reason_or_slip() -> None:
    """That another drives it is shown, and by how many days it is late itself."""
    made = lines(seen("dluhc/b"), Mentioned(all_of_them(), sees_no_dft), TODAY)[0]
    assert made.cause is not None
    assert (made.cause.milestone, made.cause.slip, made.cause.reason) == (UNKNOWN, None, None)
    assert made.slip == 27


def test_overdue_is_judged_by_what_the_reader_knows() -> None:
    """On hold as of a day before the owner's date nobody can say that it has passed."""
    mentioned = Mentioned(all_of_them(), sees_all)
    assert lines(seen("dfe/c"), mentioned, TODAY)[0].overdue
    frozen = lines(seen("dfe/c", dt.date(2026, 10, 31)), mentioned, TODAY)[0]
    assert (frozen.overdue, frozen.as_known_on) == (False, dt.date(2026, 10, 31))


def test_a_department_owes_what_others_wait_for_and_waits_for_what_they_owe() -> None:
    """Dependencies inside the department, and those that have been met, are not among them."""
    mentioned = Mentioned(all_of_them(), sees_all)
    transport = department_view("dft", seen("dft"), seen("dluhc/b"), mentioned, TODAY)
    assert [(one.giver.title, one.receiver.title, one.float_days) for one in transport.owes] == [
        ("Possession", "Opening", -27)
    ]
    assert transport.waits_for == ()
    assert transport.counts["late"] == 1
    assert transport.last_heard == dt.datetime(2026, 11, 20, 9, 15, tzinfo=dt.UTC)
    lead = department_view("dluhc", seen("dluhc"), [], mentioned, TODAY)
    assert [(one.giver.department, one.lag, one.binding) for one in lead.waits_for] == [("dft", 5, True)]
    assert department_view("dfe", seen("dfe"), [], mentioned, TODAY).waits_for == ()


def test_what_a_department_waits_for_may_be_kept_from_the_reader() -> None:
    """Its room is told, its name and date are not."""
    lead = department_view("dluhc", seen("dluhc"), [], Mentioned(all_of_them(), sees_no_dft), TODAY)
    assert [(one.giver, one.projected, one.float_days) for one in lead.waits_for] == [(UNKNOWN, None, -27)]


def test_plans_are_ordered_by_title_with_their_counts() -> None:
    """Of listed milestones by status."""
    made = states(SPECS)
    plans = [(plan_state(made, plan="a/b", title="z"), None), (plan_state(made, title="B"), TODAY)]
    found = plan_lines(plans)
    assert [(one.title, one.as_known_on) for one in found] == [("B", TODAY), ("z", None)]
    assert sum(found[0].counts.values()) == 5
