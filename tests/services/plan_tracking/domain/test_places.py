"""The register of places: names, what lies in what, what became of a code; and what is wrong with a file."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.payloads import PlacedIn
from services.plan_tracking.domain.places import MOST_ERRORS, BadRegister, Places, named, read

GOOD = """code,name,parent,successor
E92000001,England,,
E10000001,Moorshire,E92000001,E06000009
E06000009,Moorshire Council,E92000001,
E07000001,Old Aldermoor,E10000001,E07000002
E07000002,"Aldermoor, Greater",E10000001,
"""


def register(text: str = GOOD) -> Places:
    """A register of this file."""
    return read(text.encode())


def test_a_code_has_a_name_a_parent_and_all_that_it_lies_in() -> None:
    """Each by its current code: the county has become a council."""
    made = register()
    assert made.by_code["E07000002"].name == "Aldermoor, Greater"
    assert made.parent("E07000002") == "E06000009"
    assert made.wider("E07000002") == ("E06000009", "E92000001")
    assert made.parent("E92000001") is None
    assert made.parts("E06000009") == ("E07000002",)
    assert made.within["E07000002"] == ("E06000009", "E92000001")


def test_a_successor_answers_for_what_it_has_replaced() -> None:
    """However often it was replaced."""
    made = register(GOOD + "E07000000,Ancient Aldermoor,,E07000001\n")
    assert made.current("E07000000") == "E07000002"
    assert made.codes("E07000002") == ("E07000002", "E07000000", "E07000001")
    assert made.became["E07000001"] == "E07000002"


def test_without_a_register_every_code_is_its_own() -> None:
    """It lies in nothing, and is named by the plans."""
    made = Places()
    assert (made.current("E07000002"), made.codes("E07000002")) == ("E07000002", ("E07000002",))
    assert (made.parent("E07000002"), made.wider("E07000002"), made.parts("E07000002")) == (None, (), ())
    said = [PlacedIn(code="E07000002", name="First"), PlacedIn(code="E07000002", name="Second")]
    assert named(made, said) == {"E07000002": "First"}


def test_the_register_names_a_place_before_a_plan_does() -> None:
    """Where it has a name."""
    said = [PlacedIn(code="E07000002", name="The town"), PlacedIn(code="E06000001", name="Elsewhere")]
    assert named(register(), said)["E07000002"] == "Aldermoor, Greater"
    assert named(register(), said)["E06000001"] == "Elsewhere"


def test_a_file_of_a_spreadsheet_is_read_too() -> None:
    """Byte order mark, other order and more columns, Windows line ends."""
    made = read("\ufeffsuccessor,code,name,type,parent\r\n,E92000001,England,nation,\r\n".encode())
    assert made.by_code["E92000001"].name == "England"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("6000001,Town,,", "'6000001' is no GSS code"),
        ("E92000001,Again,,", "E92000001 is on line 2 already"),
        ("E06000001,Town,E99999999,", "parent 'E99999999' of E06000001"),
        ("E06000001,Town,,E99999999", "successor 'E99999999' of E06000001"),
        ("E06000001,Town,E06000001,", "parent of E06000001 leads back to itself"),
        ("E06000001,Town,,E06000001", "successor of E06000001 leads back to itself"),
        ('E06000001,"Town,,', "line 7: unexpected end of data"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(line: str, wrong: str) -> None:
    """With the fault, in the file's own words."""
    with pytest.raises(BadRegister, match="MILEPOST_PLACES") as caught:
        register(f"{GOOD}{line}\n")
    assert "\nline 7: " in str(caught.value)
    assert wrong in str(caught.value)


def test_circles_are_named_at_each_of_their_lines() -> None:
    """And nothing that only leads into one."""
    text = "code,name,parent,successor\nE00000001,A,E00000002,\nE00000002,B,E00000001,\nE00000003,C,E00000001,\n"
    with pytest.raises(BadRegister) as caught:
        register(text)
    assert [part.split(":")[0] for part in str(caught.value).splitlines()[1:]] == ["line 2", "line 3"]


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        (b"", "line 1: has no column code, name, parent, successor"),
        (b"code,name\nE92000001,England\n", "line 1: has no column parent, successor"),
        (b"code,name,parent,successor\nE92000001,Engl\xe4nd,,\n", "line 2: is not UTF-8"),
    ],
)
def test_a_file_that_is_no_register_is_refused(raw: bytes, wrong: str) -> None:
    """Empty, without its columns, in another encoding."""
    with pytest.raises(BadRegister) as caught:
        read(raw)
    assert wrong in str(caught.value)


def test_of_many_faults_the_first_are_named() -> None:
    """So that the sentence can be read."""
    with pytest.raises(BadRegister) as caught:
        register("code,name,parent,successor\n" + "x,,,\n" * 100)
    assert len(str(caught.value).splitlines()) == 1 + MOST_ERRORS


CODES = st.sampled_from([f"E0000000{n}" for n in range(6)])


@given(st.dictionaries(CODES, st.tuples(CODES | st.just(""), CODES | st.just(""))))
def test_every_register_is_refused_or_can_be_walked(rows: Mapping[str, tuple[str, str]]) -> None:
    """No chain of parents and successors goes on for ever, nor leads a place into itself."""
    lines = "".join(f"{code},,{parent},{successor}\n" for code, (parent, successor) in rows.items())
    try:
        made = register(f"code,name,parent,successor\n{lines}")
    except BadRegister:
        return
    for code in rows:
        assert code not in made.wider(code)
        assert made.current(made.current(code)) == made.current(code)
        assert code in made.codes(made.current(code))
        assert code not in made.parts(code)
