"""What points at a row of a list, and its id."""

from services.ingest.domain.returns.read import read_return
from tests.services.ingest.domain.returns.lists import read
from tests.services.ingest.domain.returns.sheets import JULY, MAY, grid


def test_tables_of_several_sheets_are_read_and_their_rows_told_apart() -> None:
    """Ids that two sheets have are no ids of one milestone."""
    sheets = [
        grid(name, ["ID", "Milestone", "Due"], [7, "A", MAY], ["X-9" + name, "B", JULY]) for name in ("North", "South")
    ]
    found = read_return(sheets)
    assert [(row.slot, row.key) for row in found.rows] == [
        ("North 7", None),
        ("X-9North", "X-9North"),
        ("South 7", None),
        ("X-9South", "X-9South"),
    ]
    assert any("has ids that another sheet has too" in finding.message for finding in found.findings)
    unnumbered = [grid(name, ["Milestone", "Due"], ["A", MAY]) for name in ("North", "South")]
    assert [row.slot for row in read_return(unnumbered).rows] == ["North row 2", "South row 2"]


def test_an_id_that_an_answer_could_not_name_is_only_a_key() -> None:
    """Names of milestones have slashes: such a row is pointed at by its number."""
    [row] = read("ID,Milestone,Due\ndft/bridge/obc,A,2026-04-03\n").rows
    assert (row.slot, row.key) == ("row 2", "dft/bridge/obc")
