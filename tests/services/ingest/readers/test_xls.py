"""Old Excel workbooks read into grids."""

import datetime as dt
import io
import re

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.domain.returns.grid import Area, Grid
from services.ingest.readers.refusal import Limits, UnreadableFile
from services.ingest.readers.xls import read_xls

DAY, MONTH = xlwt.easyxf(num_format_str="DD/MM/YYYY"), xlwt.easyxf(num_format_str="MMM-YY")
SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def saved(book: xlwt.Workbook) -> bytes:
    """The workbook as a file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def only(book: xlwt.Workbook) -> Grid:
    """The one visible sheet of a workbook."""
    [grid] = read_xls(saved(book))
    return grid


def test_only_visible_sheets_are_read() -> None:
    """In their order; hidden ones, and those that only a macro can show, are nothing."""
    book = xlwt.Workbook()
    for visibility, name in enumerate(["A", "B", "C"]):
        book.add_sheet(name).visibility = visibility
    book.add_sheet("D")
    assert [grid.sheet for grid in read_xls(saved(book))] == ["A", "D"]


def test_values_stand_at_their_places_and_keep_their_kind() -> None:
    """Rows and columns count from 1, blank cells are not there, whole numbers have no point."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for row, column, value in ((0, 1, "a"), (0, 2, "  "), (2, 0, 1), (2, 1, 2.5), (2, 2, True)):
        sheet.write(row, column, value)
    assert only(book).values == {(1, 2): "a", (3, 1): 1, (3, 2): 2.5, (3, 3): True}


@pytest.mark.parametrize("mac", [False, True])
def test_dates_are_plain_dates_whatever_the_epoch(mac: bool) -> None:
    """A time of day is dropped, a zero is no date, and workbooks that count from 1904 mean the same days."""
    book = xlwt.Workbook()
    book.dates_1904 = mac
    sheet = book.add_sheet("A")
    for column, value in enumerate([dt.date(2019, 3, 31), dt.datetime(2019, 10, 27, 23, 59, 59), 0, 0.25]):
        sheet.write(0, column, value, DAY)
    values = only(book).values
    assert values == {(1, 1): dt.date(2019, 3, 31), (1, 2): dt.date(2019, 10, 27), (1, 4): "06:00:00"}
    assert not any(isinstance(value, dt.datetime) for value in values.values())


def test_a_date_that_shows_its_month_alone_is_that_month() -> None:
    """That is what was typed, and Excel keeps the first of the month for it; any other day was written, and stays."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for column, value in enumerate([dt.date(2027, 3, 1), dt.date(2027, 3, 15)]):
        sheet.write(0, column, value, MONTH)
    grid = only(book)
    assert grid.values == {(1, 1): "2027-03", (1, 2): dt.date(2027, 3, 15)}
    assert "whole months (A1)" in grid.remarks[0]


def test_merged_blocks_and_hidden_rows_and_columns_are_told() -> None:
    """As in any workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    sheet.write_merge(0, 1, 0, 1, "a")
    sheet.write(2, 3, "b")
    sheet.row(2).hidden = True
    sheet.col(3).hidden = True
    grid = only(book)
    assert grid.values == {(1, 1): "a", (3, 4): "b"}
    assert grid.merged == (Area(1, 1, 2, 2),)
    assert grid.hidden_rows == {3}
    assert grid.hidden_columns == {4}


def example() -> bytes:
    """A small workbook."""
    book = xlwt.Workbook()
    book.add_sheet("A").write(0, 0, "a")
    return saved(book)


def hidden() -> bytes:
    """A workbook of one hidden sheet."""
    book = xlwt.Workbook()
    book.add_sheet("A")
    return saved(book).replace(b"\x00\x00\x01\x00A", b"\x01\x00\x01\x00A")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (SIGNATURE, "cannot be read as an Excel workbook"),
        (SIGNATURE + bytes(2000), "cannot be read as an Excel workbook"),
        (example()[:3000], "cannot be read as an Excel workbook"),
        (
            example().replace("Workbook".encode("utf-16-le"), "Document".encode("utf-16-le")),
            "or is another kind of doc",
        ),
        (hidden(), "no sheet of the workbook is visible: unhide"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_fix(content: bytes, says: str) -> None:
    """The message says what to send instead."""
    with pytest.raises(UnreadableFile, match=says):
        read_xls(content)


def test_the_limits_are_the_callers() -> None:
    """What passes the usual limits is refused under tighter ones."""
    book = xlwt.Workbook()
    book.add_sheet("A").write(2, 2, "a")
    assert len(read_xls(saved(book), Limits(cells=9))) == 1
    for limits in (Limits(cells=8), Limits(sent=100)):
        with pytest.raises(UnreadableFile):
            read_xls(saved(book), limits)


@pytest.mark.parametrize("value", [1, "a", 2.5, True, None, xlwt.Formula("1+1")])
def test_cells_are_counted_before_any_is_kept(value: object) -> None:
    """Of hidden sheets and with a format alone too, one by one or a row together; twice as many as are read may be."""
    book = xlwt.Workbook()
    book.add_sheet("A")
    other = book.add_sheet("B")
    other.visibility = 1
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        other.write(row, column, value, DAY)
    assert read_xls(saved(book), Limits(cells=2))
    with pytest.raises(UnreadableFile, match="hidden ones too, have more than 2 cells"):
        read_xls(saved(book), Limits(cells=1))


def test_sheets_that_say_they_are_the_same_are_counted_each() -> None:
    """A hundred sheets in the place of one."""
    book = xlwt.Workbook()
    for number in range(100):
        book.add_sheet(f"S{number:02}").visibility = int(number > 0)
    for column in range(4):
        book.get_sheet(0).write(0, column, 1)
    content = saved(book)
    places = [
        found.end() for found in re.finditer(rb"\x85\x00[^S]{2}(?=.{4}[\x00\x01]\x00\x03\x00S)", content, re.DOTALL)
    ]
    for at in places:
        content = content[:at] + content[places[0] : places[0] + 4] + content[at + 4 :]
    assert len(places) == 100
    with pytest.raises(UnreadableFile, match="hidden ones too, have more than 8 cells"):
        read_xls(content, Limits(cells=4))


GOOD = example()


@settings(max_examples=200)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at: int, noise: bytes) -> None:
    """Whatever is wrong inside, the answer is grids or a refusal that names the fix."""
    try:
        said = str(len(read_xls(GOOD[:at] + noise + GOOD[at + len(noise) :])))
    except UnreadableFile as refusal:
        said = str(refusal)
    assert said == "1" or "save it as an .xlsx" in said or "unhide" in said or "save it again" in said
