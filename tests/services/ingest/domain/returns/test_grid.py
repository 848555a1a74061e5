"""Sheets as values with their places."""

from services.ingest.domain.returns.grid import Area, Grid, letters


def test_a_merged_block_shows_its_value_over_each_of_its_cells() -> None:
    """In every row and column that it covers, and nowhere else."""
    grid = Grid("A", {(1, 1): "a", (1, 2): "b", (2, 4): "d"}, merged=(Area(1, 2, 2, 3),))
    assert grid.across(1, (1, 2, 3, 4)) == {1: "a", 2: "b", 3: "b", 4: None}
    assert grid.across(2, (1, 2, 3, 4)) == {1: None, 2: "b", 3: "b", 4: "d"}
    assert grid.across(3, (2, 3)) == {2: None, 3: None}


def test_a_grid_knows_its_last_row_and_its_columns() -> None:
    """Hidden columns are told apart; an empty sheet has neither."""
    grid = Grid("A", {(3, 2): 1, (1, 5): 2}, hidden_columns=frozenset({2, 9}))
    assert (grid.bottom, grid.every, grid.columns) == (3, (2, 5), (5,))
    assert (Grid("B", {}).bottom, Grid("B", {}).every) == (0, ())


def test_columns_are_named_as_people_see_them() -> None:
    """After Z comes AA."""
    assert [letters(column) for column in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]
