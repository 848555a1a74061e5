"""A plan as one JSON document."""

from services.plan_tracking.domain.exports.document import Picture, document
from tests.services.plan_tracking.examples import TODAY, Spec, plan_state, states

SPECS = [
    Spec("dft/a", "A", "2026-11-01", None, None, ()),
    Spec("dfe/b", "B", "2027-02-01", None, None, (("dft/a", 10),)),
]


def test_room_is_worked_out_from_all_milestones_also_those_that_are_not_shown() -> None:
    """What a hidden one demands counts; only its name is kept back."""
    everything = states(SPECS)
    plan = plan_state(everything, target="2027-02-28")
    found = document(Picture(plan, everything[:1], everything, (), TODAY))
    [only] = found["milestones"]
    assert (only["milestone"], only["overdue"], only["total_float"]) == ("dft/a", True, 85)
    assert found["last_heard"] == {"dft": everything[0].last_heard}
    assert found["outlook"]["last"]["milestone"] == "dft/a"


def test_a_plan_without_dates_has_no_outlook() -> None:
    """Nothing is made up."""
    found = document(Picture(plan_state([], target="2027-02-28"), [], [], (), TODAY))
    assert (found["outlook"], found["milestones"], found["last_heard"]) == (None, [], {})
