"""The receipt of a return, and its events."""

import dataclasses
import datetime as dt
from typing import Any

from schemas.events import Event
from services.ingest.domain.reported import events
from services.ingest.domain.returns.answers import Answers
from services.ingest.domain.returns.known import Before, Sent
from services.ingest.domain.returns.memory import Binding, Memory
from services.ingest.domain.returns.model import Choices, Link, Return, Row, on
from services.ingest.domain.returns.proposal import Proposed
from services.ingest.domain.returns.propose import propose
from services.ingest.domain.returns.receipt import (
    MOST_FINDINGS,
    File,
    bindings,
    file_of,
    receipt,
    return_id,
    sent_before,
)
from tests.services.ingest.domain.returns.known import PLAN, row, state
from tests.services.ingest.domain.returns.sheets import AS_AT, MAY

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
ROWS = (row("1", "OBC", key="T-1", due=on(MAY), needs=(Link("2", 5),)), row("2", "FBC"), row("3", "—"))
FILE = file_of("return.csv", b"content")
BEFORE, CHOICES = Before(), Choices()


def proposed(*rows: Row, before: Before = BEFORE, **answers: Any) -> Proposed:
    """What these rows would publish as dft's."""
    return propose(read(*rows), Answers(PLAN, "dft", **answers), before)


def read(*rows: Row) -> Return:
    """A file of these rows."""
    return Return("p", AS_AT, None, rows or ROWS, ())


def made(of: Proposed, identifier: str = "r1") -> tuple[dict[str, Any], list[Event]]:
    """Its receipt and its events."""
    said = events(of, NOW)
    return receipt(identifier, of, said, FILE, ["dft"]), said


def identity(*, choices: Choices = CHOICES, file: File = FILE, project: str | None = "p", **answers: Any) -> str:
    """The id of a return of the file."""
    of_file = Return(project, AS_AT, None, ROWS, ())
    return return_id(of_file, Answers(PLAN, "dft", **answers), choices, file)


def test_each_row_and_each_need_is_an_event_as_at_the_returns_date() -> None:
    """Of what is ready; in the name of the department's returns."""
    said = events(proposed(), NOW)
    assert [(one.type, one.subject) for one in said] == [
        ("org.milepost.milestone.reported.v1", "dft/p/obc"),
        ("org.milepost.milestone.reported.v1", "dft/p/fbc"),
        ("org.milepost.dependency.declared.v1", "dft/p/obc"),
    ]
    assert said[2].data.model_dump() == {"needs": "dft/p/fbc", "needs_plan": None, "lag": 5, "unit": "calendar"}
    assert {(one.source, one.plan, one.time.date()) for one in said} == {("/dft/return", PLAN, AS_AT)}


def test_the_same_return_has_the_same_id_and_another_has_another() -> None:
    """Whether what was read of it is confirmed or not; answered or read otherwise, it is another."""
    same = identity(new=frozenset({"1", "2"}))
    assert same == identity(new=frozenset({"2", "1"}))
    others = (
        identity(),
        identity(new=frozenset({"1"})),
        identity(file=file_of("return.csv", b"other"), new=frozenset({"1", "2"})),
        identity(choices=Choices({"A": "title"}), new=frozenset({"1", "2"})),
        identity(as_at=dt.date(2019, 9, 30), new=frozenset({"1", "2"})),
    )
    assert len({same, *others}) == len(others) + 1


def test_the_same_events_have_the_same_ids() -> None:
    """Later, and in another request; a row that says something else is another event."""
    first, again = events(proposed(), NOW), events(proposed(), NOW + dt.timedelta(days=9))
    assert [one.id for one in first] == [one.id for one in again]
    other = events(proposed(dataclasses.replace(ROWS[0], due=on(AS_AT)), *ROWS[1:]), NOW)
    assert [one.id for one in other][1:] == [one.id for one in first][1:]
    assert other[0].id != first[0].id


def test_a_return_that_is_sent_again_is_what_it_was() -> None:
    """Also where a new milestone has the name by now that a row was given, and where the plan has its needs."""
    document, said = made(proposed(new=frozenset({"2"})))
    memory = Memory().after(bindings(proposed(), "r1"), "r1", AS_AT)
    today = {name: state(name, title) for name, title in (("dft/p/obc", "OBC"), ("dft/p/fbc", "FBC"))}
    unknowing = proposed(before=Before(today, memory), new=frozenset({"2"}))
    assert [one.name for one in unknowing.ready] == ["dft/p/obc"]
    again = proposed(before=Before(today, memory, sent_before(document)), new=frozenset({"2"}))
    assert [one.id for one in events(again, NOW)] == [one.id for one in said]
    assert sent_before(None) == Sent()


def test_a_receipt_has_every_row_and_the_event_of_those_that_were_published() -> None:
    """With what was found of them."""
    document, said = made(proposed())
    assert [(one["slot"], one["milestone"], one["event"]) for one in document["rows"]] == [
        ("1", "dft/p/obc", said[0].id),
        ("2", "dft/p/fbc", said[1].id),
        ("3", None, None),
    ]
    assert document["needs"] == [{"milestone": "dft/p/obc", "needs": "dft/p/fbc", "event": said[2].id}]
    assert [one["slot"] for one in document["findings"]] == ["1", "3"]
    assert document["file"] == {"name": "return.csv", "size": 7, "sha256": FILE.sha256}


def test_a_receipt_has_bounds() -> None:
    """Whatever a file is called or says."""
    rows = [row(str(n) * 2_000, "—" * 200) for n in range(MOST_FINDINGS + 9)]
    document, _ = made(proposed(*rows))
    assert (len(document["rows"]), len(document["findings"])) == (len(rows), MOST_FINDINGS)
    assert max(len(one["slot"]) for one in document["rows"]) <= 300
    assert len(file_of("x" * 9_999, b"").name) <= 300


def test_what_is_remembered_is_what_was_published() -> None:
    """Each row's milestone, title and key."""
    assert bindings(proposed(), "r1") == [
        Binding("dft/p/obc", "OBC", None, "T-1", "r1"),
        Binding("dft/p/fbc", "FBC", None, None, "r1"),
    ]
