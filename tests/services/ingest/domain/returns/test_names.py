"""Names of a return's milestones."""

import pytest

from schemas.names import LONGEST_SLUG
from services.ingest.domain.returns.names import milestone_name, squashed


def test_a_name_is_project_title_and_version() -> None:
    """The slot is never part of it; without a version the title alone names it."""
    assert milestone_name("dft", "ARE_0024_1516-Q4", "OBC - Approval", "1") == "dft/are-0024-1516-q4/obc-approval-1"
    assert milestone_name("dft", "ARE_0024", "Café opens") == "dft/are-0024/cafe-opens"


def test_a_long_title_keeps_its_version() -> None:
    """Versions of one long title stay apart, within the length of a name."""
    names = {milestone_name("dft", "p", "long title " * 20, version) for version in ("1", "2")}
    assert len(names) == 2
    assert all(len(name.rpartition("/")[2]) <= LONGEST_SLUG for name in names)


def test_several_endings_follow_the_title() -> None:
    """A version and then an id, where two milestones have the same title."""
    assert milestone_name("dft", "p", "OBC", "1", "TASK 7") == "dft/p/obc-1-task-7"
    assert milestone_name("dft", "p", "OBC", None, "TASK 7") == "dft/p/obc-task-7"


@pytest.mark.parametrize(("project", "title", "version"), [("—", "OBC", None), ("p", "—", None), ("p", "OBC", "—")])
def test_signs_alone_name_nothing(project: str, title: str, version: str | None) -> None:
    """Each part of a name needs a letter or digit."""
    with pytest.raises(ValueError, match="—"):
        milestone_name("dft", project, title, version)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("hand-over", "handover", True),
        ("phase-1", "phase1", True),
        ("phase-1-1", "phase-11", False),
        ("a-b", "a-c", False),
    ],
)
def test_squashed_slugs_are_equal_where_dashes_alone_differ(one: str, other: str, same: bool) -> None:
    """But a dash between digits tells numbers apart."""
    assert (squashed(one) == squashed(other)) is same
