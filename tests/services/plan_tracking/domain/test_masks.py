"""Masks: what a reader may not know of has no name, in a state and in history."""

from services.plan_tracking.domain.masks import masked, masked_entry, named_plans
from tests.services.plan_tracking.domain.test_lines import all_of_them, sees_all, sees_no_dft
from tests.services.plan_tracking.examples import PLAN, entry


def test_a_masked_state_names_nothing_that_the_reader_may_not_know_of() -> None:
    """Cause, path, needs and successor lose names and dates; days stay, and all else."""
    state = all_of_them()[f"{PLAN}|dluhc/b"].model_copy(update={"replaced_by": "dft/z"})
    made = masked(state, sees_no_dft)
    assert "dft" not in made.model_dump_json()
    assert "2027-02-01" not in made.needs[0].model_dump_json()
    assert made.needs[0].float_days == state.needs[0].float_days
    assert made.path[-1].milestone == "dluhc/b"
    assert (made.projected, made.slip) == (state.projected, state.slip)
    assert masked(state, sees_all) == state


def test_a_record_that_names_another_milestone_is_told_without_its_name() -> None:
    """In what it said and in the registers that it won; lag and reason stay."""
    said = {"needs": "dft/secret", "needs_plan": "dft/hidden", "lag": 5, "reason": "Consent"}
    declared = entry("dependency.declared", said, "2026-11-01T09:00", won=("needs:dft/hidden|dft/secret", "reason"))
    made = masked_entry(declared, PLAN, sees_no_dft)
    assert made.data == {"needs": "", "needs_plan": "", "lag": 5, "reason": "Consent"}
    assert made.won == ("needs:", "reason")
    assert masked_entry(declared, PLAN, sees_all) == declared
    assert named_plans([declared]) == {"dft/hidden"}


def test_a_record_that_names_what_everybody_sees_is_told_as_it_was() -> None:
    """Of the same plan, without its name."""
    for data, won in (
        ({"needs": "dluhc/b"}, f"needs:{PLAN}|dluhc/b"),
        ({"needed_by": "dluhc/b"}, f"answer:{PLAN}|dluhc/b"),
        ({"replaced_by": "dluhc/b"}, "lifecycle"),
        ({"replaced_by": None}, "lifecycle"),
    ):
        said = entry("milestone.reported", data, "2026-11-01T09:00", won=(won,))
        assert masked_entry(said, PLAN, sees_no_dft) == said
    hidden = entry("milestone.cancelled", {"replaced_by": "dft/z"}, "2026-11-01T09:00")
    assert masked_entry(hidden, PLAN, sees_no_dft).data == {"replaced_by": ""}
