"""OpenDocument spreadsheets read into grids."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.domain.returns.grid import Area, CellError, Grid
from services.ingest.readers.ods import read_ods
from services.ingest.readers.refusal import Limits, UnreadableFile
from tests.services.ingest.readers.books import book, saved
from tests.services.ingest.readers.documents import content, document, row, sheet, text, value


def only(*rows: str, columns: str = "") -> Grid:
    """The grid of a spreadsheet with one sheet of these rows."""
    [grid] = read_ods(document(sheet("A", *rows, columns=columns)))
    return grid


def test_only_visible_sheets_are_read() -> None:
    """In their order."""
    made = document(sheet("A", row(text("a"))), sheet("B", row(text("b")), style="hidden"), sheet("C", row(text("c"))))
    assert [grid.sheet for grid in read_ods(made)] == ["A", "C"]


def test_values_stand_at_their_places_and_keep_their_kind() -> None:
    """Blank cells are not there; numbers, shares, booleans and texts are what they are."""
    grid = only(
        row("", text("a"), text(" ")),
        row(),
        row(value("float", "1"), value("float", "2.5"), value("percentage", "0.5"), value("boolean", "true")),
    )
    assert grid.values == {(1, 2): "a", (3, 1): 1, (3, 2): 2.5, (3, 3): 0.5, (3, 4): True}


def test_dates_are_plain_dates() -> None:
    """The file writes them out, so that no epoch can move them; a time of day is dropped, and a zero is no date."""
    grid = only(
        row(value("date", "2019-03-31"), value("date", "2019-10-27T23:59:59"), value("date", "1899-12-30")),
        row(value("time", "PT06H00M00S", shown="06:00")),
    )
    assert grid.values == {(1, 1): dt.date(2019, 3, 31), (1, 2): dt.date(2019, 10, 27), (2, 1): "06:00"}
    assert not any(isinstance(found, dt.datetime) for found in grid.values.values())


def test_a_date_that_shows_its_month_alone_is_that_month() -> None:
    """Whether the cell or its column has that style; a day that is not the first was written, and stays."""
    months = [value("date", "2027-03-01"), value("date", "2027-03-15"), value("date", "2027-03-01", style="day")]
    grid = only(
        row(*months),
        row("", value("date", "2027-04-01", style="month")),
        columns='<table:table-column table:default-cell-style-name="month" table:number-columns-repeated="3"/>',
    )
    assert grid.values == {
        (1, 1): "2027-03",
        (1, 2): dt.date(2027, 3, 15),
        (1, 3): dt.date(2027, 3, 1),
        (2, 2): "2027-04",
    }
    assert grid.remarks == ("dates that show no day are read as whole months (A1, B2): show the day where it is meant",)


def test_formulas_are_read_by_their_saved_value_and_errors_are_told_apart() -> None:
    """Of an error there is no value that could be taken for one."""
    grid = only(
        row(value("float", "3", formula="of:=1+2"), text("#REF!", formula="of:=A9"), text("Err:502", calc="error"))
    )
    assert grid.values == {(1, 1): 3, (1, 2): CellError("#REF!"), (1, 3): CellError("Err:502")}


def test_repeated_cells_and_rows_stand_at_each_of_their_places() -> None:
    """The format writes equal neighbours once, and fills a sheet up with a million empty rows."""
    grid = only(
        row(text("a", columns_repeated=2), text("b")),
        row(text("c"), rows_repeated=2),
        row("", rows_repeated=5),
        row(text("d")),
        row('<table:table-cell table:number-columns-repeated="16384"/>', rows_repeated=1_048_567),
    )
    assert grid.values == {(1, 1): "a", (1, 2): "a", (1, 3): "b", (2, 1): "c", (3, 1): "c", (9, 1): "d"}


def test_merged_blocks_and_hidden_rows_and_columns_are_told() -> None:
    """What a block covers is not seen; a filter hides rows too, and columns may be grouped."""
    covered = '<table:covered-table-cell office:value-type="string"><text:p>unseen</text:p></table:covered-table-cell>'
    hidden = '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
    columns = f"<table:table-column/><table:table-column-group>{hidden}</table:table-column-group>"
    grid = only(
        row(text("a", columns_spanned=2, rows_spanned=2), covered, text("b")),
        row(covered, covered, text("c"), visibility="collapse"),
        row(text("d"), visibility="filter"),
        columns=columns,
    )
    assert grid.values == {(1, 1): "a", (1, 3): "b", (2, 3): "c", (3, 1): "d"}
    assert grid.merged == (Area(1, 1, 2, 2),)
    assert grid.hidden_rows == {2, 3}
    assert grid.hidden_columns == {2, 3}


def test_texts_are_what_is_shown_of_them() -> None:
    """With formatting inside a text left out, several paragraphs as lines, and notes beside it not read."""
    note = "<office:annotation><text:p>a note</text:p></office:annotation>"
    cell = (
        f'<table:table-cell office:value-type="string">{note}<text:p>OBC <text:span>app<text:s text:c="2"/>roval'
        "</text:span><text:line-break/>x</text:p><text:p>second</text:p></table:table-cell>"
    )
    assert only(row(cell)).values == {(1, 1): "OBC app  roval x\nsecond"}


def test_tables_inside_others_and_tracked_changes_are_nothing() -> None:
    """Neither a deleted row nor a drawing's table is one of the sheet."""
    inner = sheet("inner", row(text("inner")))
    deleted = f"<table:tracked-changes>{row(text('deleted'))}</table:tracked-changes>"
    [grid] = read_ods(
        document(sheet("A", row(f"<table:table-cell>{inner}</table:table-cell>", text("a"))), before=deleted)
    )
    assert grid.values == {(1, 2): "a"}


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (b"", "cannot be read as an OpenDocument spreadsheet"),
        (saved(book(("A", [["a"]]))), "is no OpenDocument spreadsheet"),
        (document(parts={"mimetype": b"application/vnd.oasis.opendocument.text"}), "is no OpenDocument spreadsheet"),
        (document(parts={"META-INF/manifest.xml": b"<m><encryption-data/></m>"}), "is protected by a password"),
        (document(parts={"content.xml": b"<a><b></a>"}), "cannot be read as an OpenDocument spreadsheet"),
        (document(sheet("A", row(value("date", "soon")))), "cannot be read as an OpenDocument spreadsheet"),
        (document(sheet("A", style="hidden")), "no sheet of the spreadsheet is visible: show those of the return"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_fix(made: bytes, says: str) -> None:
    """The message says what the file is, and what to do."""
    with pytest.raises(UnreadableFile, match=says):
        read_ods(made)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (document(parts={"bomb": bytes(65_000_000)}), "unpacks to 65,"),
        (
            document(sheet("A", row(value("float", "1", columns_repeated=16_384), rows_repeated=1_000_000_000))),
            "sheet 'A' and those before it have more than 500,000 cells",
        ),
        (
            document(sheet("A", row(text("a")), row(rows_repeated=900_000), row(text("a", columns_repeated=9)))),
            "500,000",
        ),
        (document(sheet("A", row(text("a", columns_repeated=16_385)))), "500,000"),
        (document(sheet("A", *[row()] * 200_001)), "more than 200,000 rows"),
        (document(sheet("A", row(*[text("a")] * 16_385))), "more than 16,384 cells in a row"),
        (
            document(parts={"content.xml": b'<!DOCTYPE x [<!ENTITY a "ha">]>' + content()}),
            "declares a document type",
        ),
        (document(sheet("A", row(text("<text:span>" * 50_000 + "</text:span>" * 50_000)))), "in each other"),
    ],
)
def test_what_is_too_large_or_could_expand_is_refused(made: bytes, says: str) -> None:
    """Unpacked, repeated, declared or nested: whether it holds that much or only claims it."""
    with pytest.raises(UnreadableFile, match=says):
        read_ods(made)


def test_the_limits_are_the_callers() -> None:
    """What passes the usual limits is refused under tighter ones."""
    made = document(sheet("A", row(text("a"), text("b"))), sheet("B", row(text("c"))))
    assert len(read_ods(made, Limits(cells=3))) == 2
    for limits in (
        Limits(cells=2),
        Limits(sent=100),
        Limits(unpacked=100),
        Limits(parts=2),
        Limits(rows=1),
        Limits(elements=9),
    ):
        with pytest.raises(UnreadableFile):
            read_ods(made, limits)


GOOD = content(sheet("A", row(text("Milestone"), text("Due")), row(text("OBC"), value("date", "2026-04-03"))))


def answer(made: bytes) -> str:
    """What reading says: that it is read, or the refusal."""
    try:
        read_ods(made)
    except UnreadableFile as refusal:
        return str(refusal)
    return "read"


@settings(max_examples=150)
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=8), st.integers(0, 8))
def test_damaged_content_is_read_or_refused_and_nothing_else(at: int, noise: bytes, cut: int) -> None:
    """Whatever is wrong inside."""
    said = answer(document(parts={"content.xml": GOOD[:at] + noise + GOOD[at + cut :]}))
    assert said == "read" or "save" in said or "show" in said


@settings(max_examples=50)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at: int, noise: bytes) -> None:
    """The same for the container."""
    made = document(sheet("A", row(text("a"))))
    said = answer(made[:at] + noise + made[at + len(noise) :])
    assert said == "read" or "save" in said
