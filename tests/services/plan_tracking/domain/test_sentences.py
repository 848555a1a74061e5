"""What states mean in plain English."""

import pytest

from schemas.states import MilestoneState, Need
from services.plan_tracking.domain import sentences
from services.plan_tracking.domain.directory import Directory, directory
from tests.services.plan_tracking.examples import PLAN, RENEWAL, TODAY, Spec, plan_state, states


def _known(*specs: Spec) -> Directory:
    concluded = states(specs or RENEWAL)
    return directory(plan_state(concluded), concluded)


def _why(name: str, known: Directory) -> str | None:
    said = sentences.why(known.milestones[name], known)
    return said.text if said else None


def test_a_delay_names_who_moved_by_how_many_days_why_and_through_what() -> None:
    """The cause, its department, its slip, its reason and the milestones in between."""
    assert _why("dft/riverside-halt/contract", _known()) == (
        "Waits for Track possession agreed with the infrastructure manager (Department for Transport), which is "
        "49 days later than agreed: Possession moved by the infrastructure manager after the December blockade was "
        "withdrawn. Through Full business case approved."
    )


def test_a_milestone_moved_by_its_owner_shows_the_owners_reason() -> None:
    """Its own reason, as said."""
    assert _why("dfe/skills-centre/design", _known()) == "Ground survey repeated."


def test_a_move_without_a_reason_is_said_to_have_none() -> None:
    """Silence is not hidden, neither at the cause nor downstream."""
    known = _known(
        Spec("dft/a", "A", "2027-01-01", "2027-02-01"), Spec("dfe/b", "B", "2027-01-10", needs=[("dft/a", 0)])
    )
    assert _why("dft/a", known) == "Its owner's date is later than agreed. No reason was given."
    assert _why("dfe/b", known) == (
        "Waits for A (Department for Transport), which is 31 days later than agreed. No reason was given."
    )


def test_a_date_that_only_the_day_moves_is_said_to_be_counting() -> None:
    """Nobody moved it: it is open and past, and so is whatever waits for it."""
    known = _known(Spec("dft/a", "A", "2026-11-05"), Spec("dfe/b", "B", "2026-11-10", needs=[("dft/a", 0)]))
    assert _why("dft/a", known) == (
        "Its own date has passed and nobody has said that it is done: each day moves it by one."
    )
    assert _why("dfe/b", known) == (
        "Waits for A (Department for Transport), which is 20 days late and counting: nobody has said that it is done."
    )


def test_a_cause_without_a_baseline_claims_no_slip() -> None:
    """Days are only counted against what was agreed."""
    known = _known(Spec("dft/a", "A", None, "2027-02-01"), Spec("dfe/b", "B", "2027-01-10", needs=[("dft/a", 0)]))
    assert _why("dfe/b", known) == (
        "Waits for A (Department for Transport), which has no agreed baseline. No reason was given."
    )


def test_an_unlisted_cause_is_neither_named_nor_quoted() -> None:
    """What everyone may not see stays unsaid in sentences too."""
    concluded = states(
        [
            Spec("dft/a", "Secret", "2027-01-01", "2027-02-01", reason="Hidden"),
            Spec("dfe/b", "B", "2027-01-10", needs=[("dft/a", 0)]),
        ]
    )
    concluded[0] = concluded[0].model_copy(update={"listed": False})
    known = directory(plan_state(concluded), concluded)
    assert _why("dfe/b", known) == "Waits for a milestone of a department that is not listed in this plan."


@pytest.mark.parametrize("name", ["dft/riverside-halt/sobc", "dluhc/renewal-fund/close", "dfe/skills-centre/tutors"])
def test_a_milestone_as_agreed_needs_no_explanation(name: str) -> None:
    """Nothing to explain, nothing said."""
    assert _why(name, _known()) is None


def _need(**given: object) -> Need:
    plain = {"plan": PLAN, "milestone": "dft/a", "lag": 0, "unit": "calendar"}
    return Need.model_validate({**plain, **given})


def _open() -> MilestoneState:
    return states([Spec("dfe/b", "B", "2027-01-10")])[0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"float_days": 12}, "12 days of room"),
        ({"float_days": 0}, "No room"),
        ({"float_days": -1}, "Comes 1 day too late for the owner's date"),
        ({"projected": "2027-01-01"}, "Sets the date: the owner has given none"),
        ({"waiting": "undated"}, "Adds no date: it has no date"),
        ({"waiting": "other-plan"}, "Adds no date: its plan has not answered yet"),
    ],
)
def test_a_need_says_what_room_it_leaves(given: dict[str, object], said: str) -> None:
    """Room, none, too late, or why it adds no date."""
    assert sentences.room(_need(**given), None, _open()) == said


def test_a_need_that_is_over_leaves_nothing_to_say() -> None:
    """A met predecessor is done; of a milestone that is done itself no room is told."""
    done = states([Spec("dft/a", "A", "2026-01-01", actual="2026-01-01")])[0]
    assert sentences.room(_need(float_days=9), done, _open()) == "Done"
    assert sentences.room(_need(float_days=9), None, done) == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "before this"),
        ({"lag": 5}, "at least 5 days before this"),
        ({"lag": 1, "unit": "working"}, "at least 1 working day before this"),
        ({"lag": -10}, "at most 10 days after this"),
    ],
)
def test_a_need_says_how_much_earlier(given: dict[str, object], said: str) -> None:
    """A lag in days or working days, in either direction."""
    assert sentences.lag_words(_need(**given)) == said


def test_a_plan_is_summed_up() -> None:
    """Counts by status, what is overdue, and the largest slip."""
    assert sentences.summary(states(RENEWAL), TODAY) == (
        "36 milestones: 11 done, 9 on track, 3 slipping, 11 late, 1 without a date and 1 cancelled. "
        "2 open milestones are past the owner's own date. "
        "The largest slip is 49 days: Track possession agreed with the infrastructure manager."
    )
    assert sentences.summary([], TODAY) == "No milestones yet."


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("2028-03-31", "is expected on 31 March 2028, on target."),
        ("2028-03-01", "is expected on 31 March 2028, 30 days after the target."),
        (None, "is expected on 31 March 2028."),
    ],
)
def test_the_end_of_a_plan_is_held_against_its_target(target: str | None, said: str) -> None:
    """The milestone that is expected last, and how far that is from the target."""
    concluded = states(RENEWAL)
    plan = plan_state(concluded, target=target)
    outlook, last = sentences.outlook(plan, directory(plan, concluded))
    assert last is not None
    assert last.milestone == "dluhc/renewal-fund/close"
    assert outlook.text.endswith(said)


def test_a_plan_without_dates_has_no_end() -> None:
    """Nothing dated, nothing promised."""
    concluded = states([Spec("dft/a", "A")])
    plan = plan_state(concluded)
    assert sentences.outlook(plan, directory(plan, concluded)) == (sentences.Why("No milestone has a date yet."), None)


def test_a_reason_says_when_it_was_given_and_for_which_date() -> None:
    """A reason may be older than the date it stands beside."""
    reason = _known().milestones["dft/riverside-halt/possession"].reason
    assert reason is not None
    assert sentences.reason_given(reason) == "Reason given on 20 November 2026 for 29 January 2027"
