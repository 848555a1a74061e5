"""Milestones of open contracting data."""

import datetime as dt
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dates import PreciseDate
from services.ingest.domain.returns.model import Choices, Return
from services.ingest.domain.schedules.milestones import milestones
from services.ingest.readers.contracting import is_contracting, read_contracting
from services.ingest.readers.refusal import Limits, UnreadableFile
from tests.services.ingest.readers.project_files import handover, package, released, said, slots

DAY = dt.date(2026, 10, 10)


def read(*stated: dict[str, Any], choices: Choices | None = None, **release: Any) -> Return:
    """The milestones of a file in which one contract has these."""
    return milestones(read_contracting(package(released(*stated, **release))), choices or Choices())


def on(month: int, day: int) -> PreciseDate:
    """A day in 2026."""
    return PreciseDate(date=dt.date(2026, month, day))


def test_a_milestone_is_a_row() -> None:
    """Its due date is the agreed one, in whatever zone it is written; nothing says when it is expected."""
    found = read(handover())
    [row] = found.rows
    assert (row.slot, row.key, row.title) == ("m1", "ocds-1 implementation C1 m1", "Handover")
    assert (row.type, row.state, row.said) == ("delivery", "open", "scheduled")
    assert (row.baseline, row.due) == (on(10, 10), None)
    assert (found.project, found.as_at, found.findings) == ("ocds-1", dt.date(2026, 11, 25), ())


def test_the_due_date_can_be_the_forecast() -> None:
    """Where the sender says so."""
    [row] = read(handover(), choices=Choices(columns={"Due date": "forecast"})).rows
    assert (row.baseline, row.due, row.due_field) == (None, on(10, 10), "forecast")


def test_what_was_met_is_done() -> None:
    """On the day on which it was met, before midnight in its own zone."""
    [row] = read(handover(status="met", dateMet="2026-10-05T23:59:59-11:00")).rows
    assert (row.state, row.due, row.due_field, row.baseline) == ("done", on(10, 5), "actual", on(10, 10))


@pytest.mark.parametrize("status", ["notMet", "partiallyMet"])
def test_what_was_not_met_is_open(status: str) -> None:
    """That it was reviewed after its due date is said, and only then."""
    late = read(handover(status=status, dateModified="2026-10-11T00:00:00+04:30"))
    assert late.rows[0].state == "open"
    assert "not met when last reviewed, after the due date: m1 (Handover)." in said(late)
    assert "not met when" not in said(read(handover(status=status, dateModified="2026-10-10T23:00:00Z")))
    assert ("met in part" in said(late)) == (status == "partiallyMet")


def test_without_a_status_the_dates_decide() -> None:
    """That is said; a status that speaks against a date holds."""
    found = read(
        handover(status=None, dateMet="2026-10-05T00:00:00Z"),
        handover(id="m2", title="Opening", status=""),
        handover(id="m3", title="Closing", dateMet="2026-10-05T00:00:00Z"),
    )
    assert [row.state for row in found.rows] == ["done", "open", "open"]
    assert "without a status" in said(found)
    assert "open by its status, although it has a date on which it was met: m3 (Closing)" in said(found)


def test_a_status_of_no_codelist_is_asked() -> None:
    """It is no row until it is answered."""
    assert read(handover(status="delayed")).rows == ()
    assert "the status of m1 is 'delayed'" in said(read(handover(status="delayed")))
    [row] = read(handover(status="delayed"), choices=Choices(statuses={"delayed": "open"})).rows
    assert row.state == "open"


@pytest.mark.parametrize(
    ("kind", "type_", "what"),
    [
        ("approval", "approval", ""),
        ("contractClose", "approval", ""),
        ("assessment", "assurance", ""),
        ("engagement", "engagement", ""),
        ("payment", None, "about money"),
        ("financing", None, "about money"),
        ("reporting", None, "of a type that has no like here"),
        (None, None, ""),
    ],
)
def test_types_are_those_that_are_the_same_here(kind: str | None, type_: str | None, what: str) -> None:
    """Of the others it is said that they have none."""
    found = read(handover(type=kind))
    assert found.rows[0].type == type_
    assert said(found).startswith(what)


def test_every_part_of_a_process_is_read() -> None:
    """Planning, tender, contracts and their implementation; equal titles are told apart."""
    parts: dict[str, Any] = {"planning": {"milestones": [handover()]}, "tender": {"milestones": [handover()]}}
    contract = {"id": "C1", "milestones": [handover()], "implementation": {"milestones": [handover()]}}
    found = read(contracts=[contract], **parts)
    assert [row.version for row in found.rows] == ["planning", "tender", "contract", "implementation"]
    assert slots(found.rows) == [f"milestone {number}" for number in range(1, 5)]
    assert [row.key for row in found.rows] == [
        "ocds-1 planning m1",
        "ocds-1 tender m1",
        "ocds-1 contract C1 m1",
        "ocds-1 implementation C1 m1",
    ]


def test_equal_titles_are_told_apart_by_contract_or_id() -> None:
    """By the contract where each has one, else by the id."""
    contracts = [{"id": one, "milestones": [handover()]} for one in ("North", "South")]
    assert [row.version for row in read(contracts=contracts).rows] == ["North", "South"]
    assert [row.version for row in read(handover(), handover(id="m2")).rows] == ["m1", "m2"]
    assert [row.version for row in read(handover(), handover(id="m2", title="Other")).rows] == [None, None]


def test_later_releases_change_what_earlier_ones_said() -> None:
    """By field, in the order of their dates and not of the file; null removes. A moved due date is said."""
    first = released(handover(description="Keys", code="k"), date="2026-09-01T00:00:00Z")
    moved = {"id": "m1", "dueDate": "2026-12-10T00:00:00+04:30", "code": None}
    last = released(moved, date="2026-11-01T09:00:00+04:30")
    found = milestones(read_contracting(package(last, first)))
    [row] = found.rows
    assert (row.title, row.original_baseline, row.baseline) == ("Handover", on(10, 10), on(12, 10))
    assert row.others == {"type": "delivery", "description": "Keys"}
    assert found.as_at == dt.date(2026, 11, 1)
    assert "the due date moved between the releases in the file, and the last one is read: m1 (Handover)" in said(found)


def test_records_give_their_releases_or_what_was_compiled_of_them() -> None:
    """Links to releases are none."""
    compiled = {"ocid": "ocds-1", "compiledRelease": released(handover()), "releases": [{"url": "https://example.org"}]}
    full = {"ocid": "ocds-1", "compiledRelease": released(handover(title="x")), "releases": [released(handover())]}
    for record in (compiled, full):
        content = json.dumps({"version": "1.1", "records": [record]}).encode()
        assert [row.title for row in milestones(read_contracting(content)).rows] == ["Handover"]
    assert slots(milestones(read_contracting(json.dumps(released(handover())).encode())).rows) == ["m1"]


@pytest.mark.parametrize(
    "planning", [{"project": {"id": "P1", "title": "T"}}, {"budget": {"projectID": "P1", "project": "T"}}]
)
def test_the_project_is_the_one_that_the_planning_names(planning: dict[str, Any]) -> None:
    """In any release of the process; without one it is the process itself."""
    releases = released(handover(), date="2026-01-01T00:00:00Z", planning=planning), released(handover(title="New"))
    found = milestones(read_contracting(package(*releases)))
    assert (found.project, [row.title for row in found.rows]) == ("P1", ["New"])


def test_several_projects_are_kept_apart() -> None:
    """A return is about one."""
    found = milestones(read_contracting(package(released(handover()), released(handover(), ocid="ocds-2"))))
    assert [(row.project, row.sheet) for row in found.rows] == [("ocds-1", "ocds-1"), ("ocds-2", "ocds-2")]
    assert found.project is None
    assert "the file is about 2 projects (ocds-1 and ocds-2)" in said(found)


def test_infrastructure_projects_have_milestones_of_their_own_and_of_processes() -> None:
    """OC4IDS, as a package or one project."""
    process = {"id": "ocds-1", "summary": {"milestones": [handover(title="Payment", type="payment")]}}
    one = {
        "id": "oc4ids-1",
        "updated": "2026-11-01T00:00:00Z",
        "milestones": [handover()],
        "contractingProcesses": [process],
    }
    for document in ({"projects": [one]}, one):
        found = milestones(read_contracting(json.dumps(document).encode()))
        assert [row.key for row in found.rows] == ["oc4ids-1 project m1", "oc4ids-1 process ocds-1 m1"]
        assert (found.project, found.as_at) == ("oc4ids-1", dt.date(2026, 11, 1))


def test_ids_that_are_none_are_said() -> None:
    """Missing ones, and one that two milestones of a part have: none of them is lost."""
    found = read(
        handover(id=None), handover(id="m2", title="A"), handover(id="m2", title="B"), handover(id=3, title="C")
    )
    assert [(row.title, row.key) for row in found.rows] == [
        ("Handover", None),
        ("A", None),
        ("B", None),
        ("C", "ocds-1 implementation C1 3"),
    ]
    assert "without an id of its own, and recognised by its title: milestone 1 (Handover)" in said(found)


def test_what_is_of_something_cancelled_is_said() -> None:
    """It is open until somebody says that it is cancelled too."""
    contract = {"id": "C1", "status": "terminated", "milestones": [handover(), handover(id="m2", status="met")]}
    found = read(contracts=[contract])
    assert "open, but of something that was cancelled or terminated: m1 (Handover)." in said(found)


def test_a_title_is_needed() -> None:
    """A description stands in for it; without that, it is refused."""
    found = read(handover(title=None, description="Keys are handed over"), handover(id="m2", title=" "))
    assert [row.title for row in found.rows] == ["Keys are handed over"]
    assert "m2 cannot be published: a milestone needs a name" in said(found)


def test_a_date_that_is_none_is_left_out_by_name() -> None:
    """Nothing is guessed of it."""
    found = read(handover(dueDate="10/11/2026"))
    assert found.rows[0].baseline is None
    assert "the due date is no date, and is left out: m1." in said(found)


def test_half_a_letter_is_no_text() -> None:
    """JSON can escape one, and nothing could be sent on with it."""
    content = package(released(handover())).replace(b"Handover", rb"Hand\ud83dover")
    assert milestones(read_contracting(content)).rows[0].title == "Hand?over"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no valid JSON"),
        (b"{", "no valid JSON"),
        (b'{"releases": [], "releases": []}', "no valid JSON"),
        (b"[" * 100_000, "no valid JSON"),
        (b"\xff\xfe{\0}\0", "no valid JSON"),
        (b"[]", "no package"),
        (b"7", "no package"),
        (b"{}", "neither releases nor projects"),
        (b'{"releases": []}', "neither releases nor projects"),
        (b'{"releases": {}, "projects": 1}', "neither releases nor projects"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, why: str) -> None:
    """With what is read."""
    with pytest.raises(UnreadableFile, match=why):
        read_contracting(content)


def test_large_files_are_refused() -> None:
    """By their bytes, and by their milestones."""
    with pytest.raises(UnreadableFile, match="bytes"):
        read_contracting(package(released(handover())), Limits(sent=10))
    many = [{"id": str(number)} for number in range(20_001)]
    with pytest.raises(UnreadableFile, match="more than 20,000 milestones"):
        read_contracting(package(released(*many)))


def test_a_file_is_known_by_how_it_begins() -> None:
    """Any object of JSON may be one."""
    assert is_contracting(b'\xef\xbb\xbf \n{"releases"')
    assert not is_contracting(b"[{}]")
    assert not is_contracting(b"")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    """They are refused."""
    with pytest.raises(UnreadableFile):
        read_contracting(content)


keys = st.sampled_from(
    [
        *(
            "releases",
            "records",
            "projects",
            "compiledRelease",
            "contractingProcesses",
            "summary",
            "ocid",
            "id",
            "date",
        ),
        *("planning", "tender", "contracts", "implementation", "milestones", "project", "budget", "status", "type"),
        *("title", "dueDate", "dateMet", "dateModified", "updated", "publishedDate"),
    ]
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(keys, values, max_size=5), st.lists(st.dictionaries(keys, values, max_size=5), max_size=3))
def test_no_content_breaks_the_reader(document: dict[str, Any], stated: list[dict[str, Any]]) -> None:
    """Whatever stands in its fields, it is read, said, or refused."""
    for content in (document, released(*stated, **document), {"projects": [{"milestones": stated}, document]}):
        with suppress(UnreadableFile):
            milestones(read_contracting(json.dumps(content).encode()))
