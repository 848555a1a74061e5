"""What is wanted of an XML file, as records."""

import tracemalloc
from xml.parsers.expat import ExpatError

import pytest

from services.ingest.readers.records import MOST_RECORDS, Record, Shape, read_records
from services.ingest.readers.refusal import UnreadableFile

INNER = Shape(frozenset({"name"}))
SHAPE = Shape(frozenset({"title"}), {"list": Shape(parts={"one": INNER})})

ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<r><title>&b;</title></r>"""


def test_texts_and_parts_are_read_by_name() -> None:
    """In any namespace; texts between elements, comments and references to letters are what they are."""
    content = (
        b'<r xmlns="urn:x"><title> A &amp;<!-- no --> B&#x21; </title>'
        b"<list><one><name>1</name></one>text<one/><one><name>2</name><name>3</name></one></list></r>"
    )
    found = read_records(content, "r", SHAPE)
    assert found.text("title") == "A & B!"
    assert [one.text("name") for one in found.one("list").every("one")] == ["1", "", "3"]


def test_all_else_is_skipped() -> None:
    """However deep it is, and whatever it is called; a text with elements in it is its own text only."""
    content = b"<r><x><title>no</title><list><one/></list></x><title>yes<title>no</title></title><name>no</name></r>"
    assert read_records(content, "r", SHAPE) == Record({"title": "yes"})


def test_what_is_taken_is_no_part_of_the_record_around_it() -> None:
    """It is handed over when it ends."""
    taken: list[Record] = []
    shape = Shape(parts={"one": Shape(frozenset({"name"}), take=taken.append)})
    assert read_records(b"<r><one><name>1</name></one><one><name>2</name></one></r>", "r", shape) == Record()
    assert [one.text("name") for one in taken] == ["1", "2"]


@pytest.mark.parametrize(
    "content",
    [
        ENTITIES,
        b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><title>&x;</title></r>',
        b"<!DOCTYPE r><r/>",
    ],
)
def test_a_document_type_is_refused(content: bytes) -> None:
    """Before anything of it could be expanded, or fetched."""
    with pytest.raises(UnreadableFile, match="document type"):
        read_records(content, "r", SHAPE)


def test_elements_in_each_other_without_end_are_refused() -> None:
    """The parser would keep all of them."""
    with pytest.raises(UnreadableFile, match="more than 100 elements in each other"):
        read_records(b"<r>" + b"<a>" * 1_000_000, "r", SHAPE)


def test_records_without_end_are_refused() -> None:
    """Whether they are handed over or kept, and however they are shared out."""
    many = b"<one><two/></one>" * (MOST_RECORDS // 2)
    shape = Shape(parts={"one": Shape(parts={"two": Shape()}, take=lambda _: None)})
    read_records(b"<r>" + many + b"</r>", "r", shape)
    with pytest.raises(UnreadableFile, match="more than 200,000 tasks, links"):
        read_records(b"<r>" + many + b"<one/></r>", "r", shape)


def test_another_root_is_refused() -> None:
    """By the name of what it is."""
    with pytest.raises(UnreadableFile, match="its root is 'html'"):
        read_records(b"<html/>", "r", SHAPE)


@pytest.mark.parametrize("content", [b"", b"<r>", b"<r></x>", b"<r>&b;</r>", b"\x00", b"<r/><r/>"])
def test_what_is_no_xml_is_refused(content: bytes) -> None:
    """As the parser says it."""
    with pytest.raises(ExpatError):
        read_records(content, "r", SHAPE)


def test_what_is_skipped_costs_no_memory() -> None:
    """A hundred thousand elements that are not wanted."""
    content = b"<r>" + b"<x><y>text</y></x>" * 100_000 + b"</r>"
    tracemalloc.start()
    read_records(content, "r", SHAPE)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000
