"""Text files read into grids."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.returns.grid import Grid, Written
from services.ingest.readers.delimited import read_delimited
from services.ingest.readers.refusal import Limits, UnreadableFile

TABLE = "Milestone;Due\nCafé – Nº 1;2026-04-03\n"
VALUES = {(1, 1): "Milestone", (1, 2): "Due", (2, 1): "Café – Nº 1", (2, 2): "2026-04-03"}


def only(content: bytes | str) -> Grid:
    """The grid of a text file."""
    [grid] = read_delimited(content.encode() if isinstance(content, str) else content)
    return grid


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_is_the_same_in_any_encoding_and_with_any_line_ends(encoding: str, end: str) -> None:
    """With a mark or without one, from Windows, a Mac of old or anything else; and nothing has to be assumed."""
    grid = only(TABLE.replace("\n", end).encode(encoding))
    assert grid.values == VALUES
    assert grid.remarks == ()


def test_big_endian_with_its_mark() -> None:
    """As Notepad writes it."""
    assert only(codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be")).values == VALUES


@pytest.mark.parametrize(
    ("encoding", "end", "named"), [("cp1252", "\r\n", "Windows-1252"), ("mac-roman", "\r", "Mac Roman")]
)
def test_what_is_not_unicode_is_read_as_its_system_writes_and_that_is_said(encoding: str, end: str, named: str) -> None:
    """Old Excel on Windows, and old Excel on a Mac, which alone ends lines with a carriage return."""
    grid = only(TABLE.replace("Nº", "No").replace("\n", end).encode(encoding))
    assert grid.values[2, 1] == "Café – No 1"
    assert f"was read as {named}: check accented letters" in grid.remarks[0]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", ["1,5", "2,5", "3,5"]),
        ("a,b,c\nx; y,2,3\nx; y,2,3\n", ["x; y", "2", "3"]),
        ("a\tb\tc\nx, y\t2\t3\nx, y\t2\t3\n", ["x, y", "2", "3"]),
        ("A plan, with a title\na;b;c\nx, y;2;3\nx, y;2;3\n", ["a", "b", "c"]),
        ("sep=;\nx,y;2,5;z\n", ["x,y", "2,5", "z"]),
        ('a,b,c\n"x,\n""y""",2,3\n', ['x,\n"y"', "2", "3"]),
        ('a,b,c\n12" pipe,2,3\n', ['12" pipe', "2", "3"]),
    ],
)
def test_the_separator_is_what_the_whole_file_is_separated_by(content: str, line: list[str]) -> None:
    """Not what happens to stand in one line; Excel's own directive is obeyed, and quoted ones are text."""
    values = only(content).values
    assert [values[2, column] for column in (1, 2, 3)] == line


def test_cells_are_texts_and_blank_ones_are_not_there() -> None:
    """1.10 is not 1.1, and a date is not yet one."""
    grid = only("a,b,c\n1.10,  ,0012\n")
    assert grid.values == {(1, 1): "a", (1, 2): "b", (1, 3): "c", (2, 1): "1.10", (2, 3): "0012"}


def test_rows_are_counted_as_a_spreadsheet_does_and_know_their_lines() -> None:
    """A cell over two lines is one row; blank lines are rows."""
    grid = only('a,b\n"x\ny",2\n\n3,4,5\n')
    assert grid.values[4, 1] == "3"
    assert grid.written == {1: Written(1, 2), 2: Written(2, 2), 3: Written(4, 0), 4: Written(5, 3), 5: Written(6, 0)}


@pytest.mark.parametrize(
    ("content", "line"),
    [('a,b\n1,2\n"x,2\n3,4\n', 3), ('a,b\n"x,2\n3,"4"\n', 2), ('a,b\n1,"x"y\n', 2), ('a,b\n1,2\n"', 3)],
)
def test_a_quotation_mark_that_is_not_closed_is_refused_by_its_line(content: str, line: int) -> None:
    """It could swallow the rows that follow, so nothing is read."""
    with pytest.raises(UnreadableFile, match=f"the row in line {line} are not closed"):
        only(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        ("\ufeff \r\n".encode(), "the file is empty"),
        (b"%PDF-1.7\x00\x01", "is no text"),
        (b"\x81\x8d\x8f", "no text in any encoding that is known"),
        (codecs.BOM_UTF16_LE + b"a", "no valid utf-16 text"),
        (b'a,b\n"' + b"x" * 200_000 + b'",2\n', "a cell in line 2 has more than 131,072 letters"),
    ],
)
def test_what_is_no_text_is_refused_with_the_fix(content: bytes, says: str) -> None:
    """The message says how to send it instead."""
    with pytest.raises(UnreadableFile, match=says):
        only(content)


def test_the_limits_are_the_callers() -> None:
    """Bytes and cells, blank ones too; a file of line ends alone is no exception."""
    assert read_delimited(b"a,b\n1,2\n", Limits(cells=4))
    for content, limits in (
        (b"a,b\n1,2\n", Limits(cells=3)),
        (b"a,b\n", Limits(sent=3)),
        (b"a" + b"\n" * 9, Limits(cells=8)),
    ):
        with pytest.raises(UnreadableFile):
            read_delimited(content, limits)


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8), min_size=2, max_size=4),
        max_size=4,
    )
)
def test_what_was_written_is_what_is_read(lines: list[list[str]]) -> None:
    """Every cell at its place, whatever separators, quotation marks and line breaks it holds."""
    quoted = "\n".join(";".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    grid = only(f"sep=;\n{quoted}\n")
    assert grid.values == {
        (row, column): cell for row, line in enumerate(lines, 2) for column, cell in enumerate(line, 1) if cell.strip()
    }


@given(st.binary(max_size=200) | st.text('a,;"\n\r\t', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_and_nothing_else(content: bytes) -> None:
    """The refusal names the fix."""
    try:
        read_delimited(content)
        said = ""
    except UnreadableFile as refusal:
        said = str(refusal)
    assert not said or "save it as CSV" in said or "close them" in said
