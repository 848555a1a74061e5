"""Reading sheets of any content."""

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.returns.grid import Area, CellError, Grid
from services.ingest.domain.returns.model import Choices
from services.ingest.domain.returns.read import read_return

WORDS = st.sampled_from(
    [
        *("Milestone", "ID", "Due date", "Forecast", "Baseline", "Status", "Type", "Predecessors", "Owner", "Comment"),
        *("Open", "Done", "6.01.1", "6.01.2", "03/04/2026", "04/13/2026", "Q3 2026", "TBC", "2FS+1d", "Approval", "1"),
    ]
)
VALUES = st.one_of(
    WORDS,
    st.text(max_size=6),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.builds(CellError, st.text(max_size=3)),
)
GRIDS = st.builds(
    Grid,
    st.sampled_from(["A", "B"]),
    st.dictionaries(st.tuples(st.integers(1, 8), st.integers(1, 6)), VALUES, max_size=40),
    merged=st.lists(st.builds(Area, *[st.integers(1, 6)] * 4), max_size=2).map(tuple),
    hidden_rows=st.frozensets(st.integers(1, 8), max_size=2),
    hidden_columns=st.frozensets(st.integers(1, 6), max_size=2),
)
MEANINGS = st.none() | st.sampled_from(
    ["id", "title", "version", "baseline", "forecast", "actual", "status", "type", "needs"]
)
CHOICES = st.builds(
    Choices,
    columns=st.dictionaries(WORDS, MEANINGS, max_size=3),
    order=st.dictionaries(WORDS, st.sampled_from(["day-first", "month-first"]), max_size=2),
    year=st.dictionaries(WORDS, st.sampled_from(["calendar", "financial"]), max_size=2),
    complete=st.frozensets(WORDS, max_size=3),
    statuses=st.dictionaries(WORDS, st.sampled_from(["open", "done", "cancelled"]), max_size=2),
    ticked=st.frozensets(WORDS, max_size=2),
)


@given(st.lists(GRIDS, max_size=3), CHOICES)
def test_no_sheets_and_no_choices_make_reading_fail(grids: list[Grid], choices: Choices) -> None:
    """Whatever stands in them, there are rows, candidates or a finding, and reading twice says the same."""
    found = read_return(grids, choices)
    assert found.rows or found.candidates or found.findings
    assert all(row.slot and row.title for row in found.rows)
    assert repr(read_return(grids, choices)) == repr(found)
