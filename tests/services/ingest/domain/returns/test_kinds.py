"""Which rows of a list are milestones, by their types."""

from services.ingest.domain.returns.kinds import Kinds, kinds, type_of


def test_where_some_rows_are_called_milestones_those_are() -> None:
    """By a type of a tracker, or a column with yes and no."""
    found = kinds({1: "Milestone", 2: "Task"}, "Subject")
    assert found == Kinds(decides=True)
    assert [found.is_milestone(said) for said in ("Milestone", "Key milestone", "Task", None)] == [
        True,
        True,
        False,
        False,
    ]
    flags = kinds({1: "Yes", 2: "No"}, "Task Name")
    assert [flags.is_milestone(said) for said in ("Yes", True, "No", None)] == [True, True, False, False]


def test_where_none_is_called_a_milestone_none_is() -> None:
    """Unless the titles are headed Milestone: then all are."""
    assert kinds({1: "Bug", 2: "Story"}, "Summary") == Kinds(decides=True, found=False, unknown=("bug", "story"))
    assert kinds({1: "No", 2: "No"}, "Summary") == Kinds(decides=True, found=False)
    assert kinds({1: "Funding"}, "Milestone") == Kinds(unknown=("funding",))
    assert kinds({}, "Summary") == Kinds()


def test_types_of_the_contract_are_types() -> None:
    """They do not decide, and what is none of them is named."""
    assert kinds({1: "Approval", 2: "Decision"}, "Summary") == Kinds(unknown=("decision",))
    assert [type_of(said) for said in ("Approval", "delivery ", "Decision", None, 3)] == [
        "approval",
        "delivery",
        None,
        None,
        None,
    ]
