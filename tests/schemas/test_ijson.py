"""I-JSON: what readers could read in two ways, or not at all, is no message."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ijson import BadJson, elements, loads, value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
SPACE = st.text(" \t\r\n", max_size=3)


@given(st.lists(st.tuples(JSON, SPACE, SPACE)), st.booleans())
def test_the_elements_of_an_array_are_found_as_they_were_written(
    rows: list[tuple[object, str, str]], ours: bool
) -> None:
    """Whatever stands between them; each is its own bytes, and says what the whole array says."""
    texts = [json.dumps(said, ensure_ascii=ours) for said, _, _ in rows]
    text = "[" + ",".join(before + text + after for text, (_, before, after) in zip(texts, rows, strict=True)) + "]"
    found = elements(text.encode(), 100)
    assert [one.raw.decode() for one in found] == texts
    assert [one.said for one in found] == json.loads(text)
    assert not any(one.fault for one in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"a": 1, "b": {"c": 1, "c": 1}}', "'c' is said twice"),
        (b'{"a": 1, "\\u0061": 2}', "'a' is said twice"),
        (b'{"a": NaN}', "NaN is no number"),
        (b"[-Infinity]", "-Infinity is no number"),
        (b"[" + b"9" * 5_000 + b"]", "thousands of digits"),
        (b'{"a": 1,}', "line 1"),
        (b"", "line 1"),
        (b"[1] [2]", "follows the end"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": 1, "a": ' + b"[" * 100_000, "nested too deeply"),
        ("[1]".encode("utf-16"), "not UTF-8"),
    ],
)
def test_what_is_no_i_json_is_refused_with_the_reason(text: bytes, words: str) -> None:
    """Names said twice, numbers that are none, nesting without end, other encodings."""
    with pytest.raises(BadJson, match=words):
        loads(text)


def test_a_byte_order_mark_is_no_part_of_a_text() -> None:
    """Some programs put one before it."""
    assert value(b'\xef\xbb\xbf{"a": 1}').raw == b'{"a": 1}'


def test_an_element_has_its_fault_alone() -> None:
    """The others of the array are as they are."""
    found = elements(b'[1, {"a": 1, "a": 2}, {"b": NaN}, 4]', 10)
    assert [one.raw for one in found] == [b"1", b'{"a": 1, "a": 2}', b'{"b": NaN}', b"4"]
    assert [bool(one.fault) for one in found] == [False, True, True, False]


@pytest.mark.parametrize("text", [b"{}", b"1", b"", b"[1", b"[1,", b"[1 2]", b"[1]]", b"[1,2,3,4]"])
def test_what_is_no_array_or_too_long_a_one_is_refused(text: bytes) -> None:
    """At most three elements here."""
    with pytest.raises(BadJson):
        elements(text, 3)
    assert len(elements(b"[1,2,3]", 3)) == 3


def test_many_names_are_read_in_no_time() -> None:
    """That one of them is said twice costs no more to find than to read them: quadratic would be a minute."""
    text = b"{" + b",".join(b'"%d":1' % number for number in range(80_000)) + b',"79999":1}'
    with pytest.raises(BadJson, match="'79999' is said twice"):
        loads(text)
