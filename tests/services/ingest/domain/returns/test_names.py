"""Names of a return's milestones."""

from typing import Any

import pytest

from schemas.names import LONGEST_SLUG
from services.ingest.domain.returns.model import Row
from services.ingest.domain.returns.names import milestone_name, name_rows


def row(slot: str, title: str, version: str | None = None, **more: Any) -> Row:
    """A row with this title."""
    return Row("6a", int(slot[-1]), slot, title, "open", "Live", version=version, **more)


def test_a_name_is_project_title_and_version() -> None:
    """The slot is never part of it; without a version the title alone names it."""
    assert milestone_name("dft", "ARE_0024_1516-Q4", "OBC - Approval", "1") == "dft/are-0024-1516-q4/obc-approval-1"
    assert milestone_name("dft", "ARE_0024", "Café opens") == "dft/are-0024/cafe-opens"


def test_a_long_title_keeps_its_version() -> None:
    """Versions of one long title stay apart, within the length of a name."""
    names = {milestone_name("dft", "p", "long title " * 20, version) for version in ("1", "2")}
    assert len(names) == 2
    assert all(len(name.rpartition("/")[2]) <= LONGEST_SLUG for name in names)


@pytest.mark.parametrize("titles", [("OBC approval", "OBC approval"), ("OBC approval", "OBC – Approvál")])
def test_equal_names_are_flagged_on_both_and_never_merged(titles: tuple[str, str]) -> None:
    """Both rows say which two they are; titles that differ only in case, dash or accent have equal names."""
    first, second, other = name_rows(
        [row("6.01.1", titles[0]), row("6.02.2", titles[1]), row("6.01.3", "FBC approval")], "dft", "p", ()
    )
    for named in (first, second):
        [finding] = named.obstacles
        assert finding.kind == "duplicate"
        assert "6.01.1" in finding.message
        assert "6.02.2" in finding.message
    assert other.obstacles == ()


def test_versions_tell_equal_titles_apart() -> None:
    """The same title with another version is another milestone."""
    named = name_rows([row("6.01.1", "OBC", "1"), row("6.01.2", "OBC", "2")], "dft", "p", ())
    assert [each.obstacles for each in named] == [(), ()]


def test_a_row_left_out_stands_in_nobodys_way() -> None:
    """With one of two equal names left out the other is free."""
    named = name_rows([row("6.01.1", "OBC"), row("6.01.2", "OBC")], "dft", "p", {"6.01.1"})
    assert [each.obstacles for each in named] == [(), ()]


def test_one_number_on_two_rows_is_flagged_on_both() -> None:
    """Answers name rows by their number, so two with the same one cannot be answered for."""
    named = name_rows([row("6.01.1", "OBC"), row("6.01.1", "FBC")], "dft", "p", ())
    assert [[f.field for f in each.obstacles] for each in named] == [["slot"], ["slot"]]


def test_a_title_without_letters_is_refused_by_name() -> None:
    """And so is one too long for the contract; the others have names."""
    dashes, long, good = name_rows([row("6.01.1", "—"), row("6.01.2", "x" * 301), row("6.01.3", "OBC")], "dft", "p", ())
    assert [named.obstacles[0].kind for named in (dashes, long)] == ["refused", "refused"]
    assert "6.01.1" in dashes.obstacles[0].message
    assert good.name == "dft/p/obc"


def test_without_a_usable_project_there_are_no_names() -> None:
    """A project of signs alone names nothing."""
    assert [named.name for named in name_rows([row("6.01.1", "OBC")], "dft", "—", ())] == [None]
    assert [named.name for named in name_rows([row("6.01.1", "OBC")], "dft", None, ())] == [None]
