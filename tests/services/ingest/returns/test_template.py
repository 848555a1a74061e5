"""Templates: sent back unchanged they change nothing."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from schemas.dates import PreciseDate
from schemas.states import MilestoneState
from services.ingest.domain.returns.answers import Answers
from services.ingest.domain.returns.known import Before
from services.ingest.domain.returns.model import Choices
from services.ingest.domain.returns.proposal import Proposed
from services.ingest.domain.returns.propose import propose
from services.ingest.domain.returns.template import HEADERS, lines
from services.ingest.readers.file import read_file
from services.ingest.returns.template import Front, text_file, workbook
from services.kit.words import readable
from tests.services.ingest.domain.returns.known import PLAN, state

TODAY = dt.date(2026, 11, 25)


def files(states: Sequence[MilestoneState]) -> list[bytes]:
    """dft's template in both forms."""
    prefilled = lines(states, "dft")
    return [workbook(Front(PLAN, "dft", None, TODAY), prefilled), text_file(prefilled)]


def sent_back(content: bytes, states: Sequence[MilestoneState]) -> Proposed:
    """What a template would publish."""
    read = read_file(content, Choices())
    return propose(read, Answers(PLAN, "dft", as_at=TODAY), Before({one.milestone: one for one in states}))


DATES = st.none() | st.builds(
    lambda date, precision: PreciseDate(date=date, precision=precision),
    st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from(["day", "month", "quarter", "financial-year"]),
)
TEXTS = st.one_of(
    st.text(min_size=1, max_size=40).filter(readable),
    st.sampled_from(
        ["=1+1", "- OBC", "@x", "+44", "'=1", "TBC", "Total", "6.01.1", "2027-01-01", "Live", "a, b;\tc", '"']
    ),
)


def milestone(number: int, title: str, lifecycle: str, reason: str | None, **dates: Any) -> MilestoneState:
    """A milestone of dft's."""
    said = {"text": reason, "said": "2026-01-01T00:00:00Z"} if reason else None
    return state(f"dft/p/m-{number}", title.strip(), lifecycle=lifecycle, reason=said, **dates)


ACTUAL = st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))
FACTS = st.tuples(TEXTS, st.sampled_from(["open", "done", "cancelled"]), st.none() | TEXTS, DATES, DATES, DATES, ACTUAL)


@settings(max_examples=60)
@given(st.lists(FACTS, min_size=1, max_size=5))
def test_a_template_that_is_sent_back_unchanged_changes_nothing(facts: list[tuple[Any, ...]]) -> None:
    """As a workbook and as CSV, whatever the titles, reasons, dates and states of its milestones."""
    states = [
        milestone(
            number,
            title,
            lifecycle,
            reason,
            type="delivery",
            original_baseline=original or agreed,
            baseline=agreed,
            forecast=forecast,
            actual=actual if lifecycle == "done" else None,
        )
        for number, (title, lifecycle, reason, original, agreed, forecast, actual) in enumerate(facts)
    ]
    for content in files(states):
        proposed = sent_back(content, states)
        assert [(one.name, one.changes) for one in proposed.proposals if one.changes or not one.ready] == []
        assert {one.name for one in proposed.ready} == {one.milestone for one in states}


def test_what_is_changed_in_a_template_is_what_changes() -> None:
    """A date, a status; and a row without an ID is a new milestone."""
    states = [state("dft/p/obc", "OBC", baseline="2027-05-01", forecast="2027-05-01", declared="2027-05-01")]
    book = load_workbook(io.BytesIO(files(states)[0]))
    sheet = book["Milestones"]
    sheet["F2"], sheet["I2"] = dt.date(2027, 6, 1), "Tunnelling"
    sheet["B3"], sheet["H3"], sheet["F3"] = "Opening", "Open", "Q4 2027/28"
    stream = io.BytesIO()
    book.save(stream)
    changed, new = sent_back(stream.getvalue(), states).proposals
    assert (changed.name, {one.field: (one.after, one.days) for one in changed.changes}) == (
        "dft/p/obc",
        {"forecast": ("2027-06-01", 31), "reason": ("Tunnelling", None)},
    )
    assert (new.name, new.data["forecast"]) == (None, {"date": "2028-03-31", "precision": "quarter"})


def test_the_workbook_says_how_to_use_it_and_offers_what_may_be_chosen() -> None:
    """With its project and date; the ID and the original baseline are not to be changed."""
    prefilled = lines([state("dft/p/obc", "=1+1")], "dft")
    book = load_workbook(io.BytesIO(workbook(Front(PLAN, "dft", "p", TODAY), prefilled)))
    assert [[cell.value for cell in row] for row in book["Return"]["A1:B4"]] == [
        ["Plan", PLAN],
        ["Department", "dft"],
        ["Project reference", "p"],
        ["As-at date", dt.datetime(2026, 11, 25)],
    ]
    sheet = book["Milestones"]
    assert [cell.value for cell in sheet[1]] == list(HEADERS)
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["B2"].quotePrefix) == ("=1+1", "s", True)
    assert [sheet[place].protection.locked for place in ("A2", "B2", "D2", "F2")] == [True, False, True, False]
    assert sheet.protection.sheet
    offered = {str(one.sqref)[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    assert offered == {"C": '"approval,assurance,delivery,engagement"', "H": '"Open,Done,Cancelled"'}


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_nothing_in_the_csv_file_is_a_formula(title: str) -> None:
    """A spreadsheet that opens it computes nothing; it says in which encoding it is."""
    content = text_file(lines([state("dft/p/obc", title)], "dft"))
    assert content.startswith(b"\xef\xbb\xbf")
    [_, line] = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert line[1] == f"'{title}"
