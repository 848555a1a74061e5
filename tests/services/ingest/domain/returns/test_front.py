"""The project, as-at date and period as they stand in a return."""

import datetime as dt

from services.ingest.domain.returns.front import project_finding, read_front
from tests.services.ingest.domain.returns.sheets import AS_AT, approvals, front, grid


def test_project_as_at_and_period_stand_beside_their_labels() -> None:
    """They are read as they stand; hints, empty answers and the quarter of joining are none of them."""
    read = read_front([front("ARE_0024_1516-Q4")])
    assert (read.project, read.as_at, read.period) == ("ARE_0024_1516-Q4", AS_AT, "Q1 1920")
    assert read.findings == ()


def test_what_is_not_there_is_not_made_up() -> None:
    """Without answers, and from a sheet without labels, nothing is read."""
    for grids in ([front(None, None, None)], [grid("Sheet1", ["Project", "ARE_0024"])]):
        read = read_front(grids)
        assert (read.project, read.as_at, read.period) == (None, None, None)


def test_the_project_is_the_reference_that_the_sheets_repeat() -> None:
    """A number that others gave the project does not take the place of its own, and is mentioned."""
    intro = grid("Introduction", ["Controls Project ID number", "C-77"], ["GOASS Project ID", "ARE_0024_1516-Q4"])
    read = read_front([intro, approvals()])
    assert read.project == "ARE_0024_1516-Q4"
    [finding] = read.findings
    assert (finding.kind, finding.field) == ("noted", "project")
    assert "C-77" in finding.message


def test_two_as_at_dates_are_pointed_out() -> None:
    """The first is taken, and both are named."""
    read = read_front([front(), grid("1", ["Snapshot date", "2019-03-31"])])
    assert read.as_at == AS_AT
    [finding] = read.findings
    assert "2019-06-30" in finding.message
    assert "2019-03-31" in finding.message


def test_a_date_in_words_beside_the_label_is_not_the_as_at_date() -> None:
    """A hint is skipped, and the date after it is found."""
    assert read_front([grid("1", ["Snapshot Date", "Drop down", dt.date(2019, 9, 30)])]).as_at == dt.date(2019, 9, 30)


def test_a_reference_that_ends_in_a_period_is_noted_with_its_stable_part() -> None:
    """It would change every name if it changed with the quarter; a stable one is not mentioned."""
    for reference in ("ARE_0024_1516-Q4", "ARE_0024-2015/16-Q4", "ARE_0024 Q4 1516", "ARE_0024_201516_Q4"):
        finding = project_finding(reference)
        assert finding is not None, reference
        assert "give ARE_0024 as the project" in finding.message
    assert project_finding("ARE_0024") is None
    assert project_finding("BOX-Q4") is None
