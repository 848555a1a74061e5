"""Workbooks read into grids."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from services.ingest.domain.returns.grid import Area, CellError, Grid
from services.ingest.readers.refusal import Limits, UnreadableFile
from services.ingest.readers.workbook import read_workbook
from tests.services.ingest.readers.books import AS_AT, book, quarterly_return, replacing, rewritten, saved

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

SHEET = "xl/worksheets/sheet1.xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet(rows: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """A workbook of one sheet with this XML."""
    xml = b"<worksheet " + MAIN + b">" + before + b"<sheetData>" + rows + b"</sheetData>" + after + b"</worksheet>"
    return rewritten(saved(book(("A", []))), {SHEET: xml})


def only(content: bytes) -> Grid:
    """The one visible sheet of a workbook."""
    [grid] = read_workbook(content)
    return grid


def test_only_visible_sheets_are_read() -> None:
    """In their order; hidden ones, and those that only a macro can show, are nothing."""
    made = quarterly_return(("6.01.1", "OBC", AS_AT, AS_AT, "Live"))
    assert [grid.sheet for grid in read_workbook(saved(made))] == [
        "Introduction",
        "Report Summary",
        "6a - Milestones - Approvals",
        "6b - Milestones - Assurance",
        "6c - Milestones - Delivery",
    ]


def test_values_stand_at_their_places() -> None:
    """Rows and columns count from 1, blank cells are not there, and no value changes its kind."""
    values = only(saved(book(("A", [[None, "a", "  "], [], [1, 2.5, True]])))).values
    assert values == {(1, 2): "a", (3, 1): 1, (3, 2): 2.5, (3, 3): True}


@pytest.mark.parametrize("epoch", ["1900", "1904"])
def test_dates_are_plain_dates_whatever_the_epoch(epoch: str) -> None:
    """A time of day is dropped, and a date never moves by a zone or by the epoch of the workbook."""
    made = book(("A", [[dt.date(2019, 3, 31), dt.datetime(2019, 10, 27, 23, 59, 59), dt.date(2086, 6, 30)]]))
    if epoch == "1904":
        made = Workbook()
        made.epoch = CALENDAR_MAC_1904
        made.active.append([dt.date(2019, 3, 31), dt.datetime(2019, 10, 27, 23, 59, 59), dt.date(2086, 6, 30)])
    values = only(saved(made)).values
    assert list(values.values()) == [dt.date(2019, 3, 31), dt.date(2019, 10, 27), dt.date(2086, 6, 30)]
    assert not any(isinstance(value, dt.datetime) for value in values.values())


def test_a_zero_shown_as_a_date_is_no_date() -> None:
    """It is what a formula leaves that points at an empty cell."""
    made = book(("A", [[0, 0.25]]))
    for cell in made["A"][1]:
        cell.number_format = "DD/MM/YYYY"
    assert only(saved(made)).values == {(1, 2): "06:00:00"}


def test_a_date_that_shows_its_month_alone_is_that_month() -> None:
    """Excel keeps the first of the month for a typed "Mar-27"; any other day was written by somebody, and stays."""
    made = book(("A", [[dt.date(2027, 3, 1), dt.date(2027, 3, 15), dt.date(2027, 3, 1)]]))
    for cell, form in zip(made["A"][1], ("mmm-yy", "mmm-yy", "dd/mm/yyyy"), strict=True):
        cell.number_format = form
    grid = only(saved(made))
    assert grid.values == {(1, 1): "2027-03", (1, 2): dt.date(2027, 3, 15), (1, 3): dt.date(2027, 3, 1)}
    assert "whole months (A1)" in grid.remarks[0]


def test_formulas_are_read_by_their_saved_value() -> None:
    """Numbers and texts as Excel last saved them; an empty result is an empty cell."""
    rows = (
        b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"a"</f><v>a</v></c>'
        b'<c r="C1" t="str"><f>""</f><v></v></c></row>'
    )
    assert only(sheet(rows)).values == {(1, 1): 2, (1, 2): "a"}


def test_errors_and_formulas_that_were_never_calculated_are_told_apart_from_empty_cells() -> None:
    """A date that nobody calculated is not silently missing."""
    made = book(("A", [["=1+1", "a"]]))
    values = only(rewritten(saved(made), {})).values
    assert values == {(1, 1): CellError("a formula without a saved result"), (1, 2): "a"}
    error = only(sheet(b'<row r="1"><c r="A1" t="e"><f>X</f><v>#REF!</v></c></row>'))
    assert error.values == {(1, 1): CellError("#REF!")}


def test_merged_blocks_and_hidden_rows_and_columns_are_told() -> None:
    """Columns that are hidden as a group are all of them hidden."""
    made = book(("A", [["a", "b", "c", "d"], ["e"]]))
    made["A"].merge_cells("A1:B2")
    made["A"].row_dimensions[2].hidden = True
    made["A"].column_dimensions.group("C", "D", hidden=True)
    grid = only(saved(made))
    assert grid.merged == (Area(1, 1, 2, 2),)
    assert grid.hidden_rows == {2}
    assert grid.hidden_columns == {3, 4}
    assert grid.columns == (1,)


def test_texts_may_be_shared() -> None:
    """As Excel writes them: once for the whole workbook, with formatting inside a text left out."""
    shared = b"<sst " + MAIN + b'><si><t>a</t></si><si><r><t>b</t></r><r><t xml:space="preserve"> c</t></r></si></sst>'
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    content = rewritten(
        sheet(b'<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c></row>'),
        {"[Content_Types].xml": replacing(b"</Types>", override), "xl/sharedStrings.xml": shared},
    )
    assert only(content).values == {(1, 1): "b c", (1, 2): "a"}


def test_texts_are_not_left_escaped() -> None:
    """Some programs write a carriage return as `_x000D_`, which Excel does not show."""
    rows = b'<row r="1"><c r="A1" t="inlineStr"><is><t>OBC_x000D_ approval</t></is></c></row>'
    assert only(sheet(rows)).values == {(1, 1): "OBC\r approval"}


def test_cells_and_rows_without_addresses_are_counted() -> None:
    """Some exporters write none."""
    rows = b"<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>3</v></c></row>"
    assert only(sheet(rows)).values == {(1, 1): 1, (1, 2): 2, (2, 2): 3}


def test_a_dimension_that_says_too_little_hides_nothing() -> None:
    """Some exporters declare A1 whatever they write."""
    rows = b'<row r="3"><c r="C3"><v>1</v></c></row>'
    assert only(sheet(rows, b'<dimension ref="A1"/>')).values == {(3, 3): 1}


def test_formatting_far_below_the_table_is_nothing() -> None:
    """A coloured last row does not make a sheet too large."""
    assert (
        only(sheet(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>')).bottom
        == 1
    )


def test_a_merged_block_over_a_whole_sheet_costs_nothing() -> None:
    """It is kept as one block, never written out over its 17 billion cells."""
    grid = only(
        sheet(
            b'<row r="1"><c r="A1"><v>1</v></c></row>',
            after=b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        )
    )
    assert grid.merged == (Area(1, 1, 1_048_576, 16_384),)
    assert grid.values == {(1, 1): 1}


def test_macros_are_carried_past() -> None:
    """A macro workbook is read like any other; its macros are neither run nor kept."""
    macro = rewritten(
        saved(book(("A", [["a"]]))),
        {
            "[Content_Types].xml": replacing(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            ),
            "xl/vbaProject.bin": b"\x00<!DOCTYPE x>\x01",
        },
    )
    assert only(macro).values == {(1, 1): "a"}


def zipped(**parts: bytes) -> bytes:
    """A zip file of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not an Excel workbook: open it in Excel, save it as an .xlsx"),
        (b"project,date\nA,2019-01-01\n", "is not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old .xls or is protected by a password"),
        (zipped(a=b"a"), "is a zip file, but no workbook"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "is an OpenDocument file"),
        (zipped(**{"[Content_Types].xml": b"<Types/>"}), "cannot be read as an Excel workbook"),
        (saved(book(("A", [["a"]])))[:-200], "cannot be read as an Excel workbook"),
        (sheet(b"<row><c></row>"), "cannot be read as an Excel workbook"),
        (b"PK\x03\x04", "cannot be read as an Excel workbook"),
    ],
)
def test_what_is_no_workbook_is_refused_with_the_fix(content: bytes, says: str) -> None:
    """The message says what the file is and how to send it instead."""
    with pytest.raises(UnreadableFile, match=says) as refusal:
        read_workbook(content)
    assert "save it as" in str(refusal.value)


def test_a_workbook_with_hidden_sheets_alone_is_refused() -> None:
    """There is nothing that its sender was shown."""
    made = book(("A", [["a"]]), ("B", [["b"]]))
    content = rewritten(saved(made), {"xl/workbook.xml": lambda part: part.replace(b'"visible"', b'"hidden"')})
    with pytest.raises(UnreadableFile, match="no sheet of the workbook is visible: unhide"):
        read_workbook(content)


def test_an_encrypted_part_is_refused() -> None:
    """A zip password is no way to send a return."""
    content = bytearray(saved(book(("A", [["a"]]))))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableFile, match="is encrypted"):
        read_workbook(bytes(content))


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet '
    + MAIN
    + b"><sheetData/></worksheet>"
)


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_part_that_declares_entities_is_refused_before_anything_is_parsed(part: str, encoding: str) -> None:
    """In any part and any encoding: no workbook declares a document type."""
    declared = ENTITIES.decode().replace('version="1.0"', f'version="1.0" encoding="{encoding}"').encode(encoding)
    with pytest.raises(UnreadableFile, match="declares a document type"):
        read_workbook(rewritten(saved(book(("A", [["a"]]))), {part: declared}))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lambda: bytes(25_000_001), "25,000,001 bytes and a return may have 25,000,000"),
        (lambda: rewritten(saved(book(("A", []))), {"bomb": bytes(65_000_000)}), "unpacks to 65,"),
        (lambda: zipped(**{"[Content_Types].xml": b"", **{str(n): b"" for n in range(2_000)}}), "in 2,001 parts"),
        (lambda: sheet(b"", b'<dimension ref="A1:C1000000000"/>'), "sheet 'A' has 1,000,000,000 rows and 3 columns"),
        (lambda: sheet(b'<row r="1000000000"><c r="A1000000000"><v>1</v></c></row>'), "1,000,000,000 rows"),
        (lambda: sheet(b'<row r="900000"><c r="XFD900000"><v>1</v></c></row>'), "900,000 rows and 16,384 columns"),
        (lambda: sheet(b"<row/>" * 200_001), "more than 200,000 rows"),
        (lambda: sheet(b"<row>" + b"<c/>" * 16_385 + b"</row>"), "more than 16,384 cells in a row"),
        (lambda: sheet(b"<x:row xmlns:x='x'>" + b"<x:c/>" * 16_385 + b"</x:row>"), "more than 16,384 cells in a row"),
    ],
)
def test_what_is_too_large_is_refused_with_the_fix(content: Callable[[], bytes], says: str) -> None:
    """As sent, unpacked, in parts or in cells, whether it holds that much or only declares it."""
    with pytest.raises(UnreadableFile, match=says):
        read_workbook(content())


def test_the_limits_are_the_callers() -> None:
    """What passes the usual limits is refused under tighter ones."""
    content = saved(book(("A", [["a", "b"], ["c", "d"]]), ("B", [["e"], ["f"]])))
    assert len(read_workbook(content, Limits(cells=6))) == 2
    for limits in (
        Limits(cells=5),
        Limits(sent=100),
        Limits(unpacked=100),
        Limits(parts=3),
        Limits(rows=1),
        Limits(elements=9),
    ):
        with pytest.raises(UnreadableFile):
            read_workbook(content, limits)


def test_a_part_without_rows_may_have_as_many_elements_as_it_likes() -> None:
    """The order in which formulas are calculated is a list of cells, of all rows."""
    chain = b"<calcChain>" + b'<c r="A1"/>' * 20_000 + b"</calcChain>"
    assert read_workbook(rewritten(saved(book(("A", [["a"]]))), {"xl/calcChain.xml": chain}))


GOOD = saved(quarterly_return(("6.01.1", "OBC", AS_AT, AS_AT, "Live")))
PARTS = ["[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"]


def answer(content: bytes) -> str:
    """What reading says: that there are grids, or the refusal."""
    try:
        return f"{len(read_workbook(content))} grids"
    except UnreadableFile as refusal:
        return str(refusal)


@settings(max_examples=150)
@given(st.sampled_from([*PARTS, SHEET, SHEET, SHEET]), st.floats(0, 1), st.binary(max_size=8), st.integers(0, 8))
def test_a_damaged_part_is_read_or_refused_and_nothing_else(part: str, at: float, noise: bytes, cut: int) -> None:
    """Whatever is wrong inside, the answer is grids or a refusal that names the fix."""

    def damage(content: bytes) -> bytes:
        place = int(at * len(content))
        return content[:place] + noise + content[place + cut :]

    said = answer(rewritten(GOOD, {part: damage}))
    assert said.endswith("grids") or "save it as" in said or "unhide" in said or "save it again" in said


@settings(max_examples=50)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at: int, noise: bytes) -> None:
    """The same for the container."""
    said = answer(GOOD[:at] + noise + GOOD[at + len(noise) :])
    assert said.endswith("grids") or "save it as" in said
