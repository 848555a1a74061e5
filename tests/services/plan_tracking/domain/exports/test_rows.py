"""A plan as a table for spreadsheets."""

import csv
import datetime as dt
import io
import unicodedata

import pytest

from schemas.states import Blocked, Confidence, MilestoneState
from services.kit.cells import may_be_formula
from services.plan_tracking.domain.exports.rows import COLUMNS, table
from tests.services.plan_tracking.domain.hostile import HOSTILE
from tests.services.plan_tracking.examples import RENEWAL, TODAY, Spec, states


def read(text: str) -> list[dict[str, str]]:
    """The rows as a program reads them."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def one(**more: object) -> MilestoneState:
    """A milestone 30 days late."""
    [state] = states([Spec("dft/a", "Bridge", "2027-01-01", "2027-01-31", None, ())])
    return state.model_copy(update=more)


def test_every_milestone_is_a_row_and_every_column_has_its_meaning() -> None:
    """In UTF-8 with the mark that Excel needs, lines ended as RFC 4180 has it."""
    made = states(RENEWAL)
    text = table(made, TODAY)
    assert text.startswith("\ufeffplan,milestone,title,")
    assert text.count("\r\n") == len(made) + 1
    assert [row["milestone"] for row in read(text)] == [state.milestone for state in made]
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)
    assert all(column.meaning.endswith(".") for column in COLUMNS)


def test_dates_days_and_names_are_said_in_one_way() -> None:
    """Dates as ISO 8601 has them, days as numbers, what is not known as nothing."""
    [row] = read(table([one()], dt.date(2027, 2, 1)))
    assert (row["baseline"], row["forecast"], row["projected"], row["slip_days"]) == (
        "2027-01-01",
        "2027-01-31",
        "2027-01-31",
        "30",
    )
    assert (row["baseline_precision"], row["overdue"], row["actual"]) == ("day", "true", "")
    assert (row["cause"], row["last_heard"]) == (f"{row['plan']}|dft/a", "2026-11-20T09:15:00Z")
    assert read(table([one(slip=-5)], TODAY))[0]["slip_days"] == "-5"


def test_what_people_said_of_it_is_there() -> None:
    """A block, a confidence, progress."""
    since = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    said = {
        "blocked": Blocked(reason="No consent", by="dluhc", since=since),
        "confidence": Confidence(scale="RAG", value="green", assessor="Projects office", assessed=TODAY),
    }
    [row] = read(table([one(**said)], TODAY))
    assert (row["blocked"], row["blocked_by"]) == ("No consent", "dluhc")
    assert (row["confidence"], row["confidence_by"]) == ("green", "Projects office")


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_one_legible_cell_and_no_formula(title: str) -> None:
    """Whatever it holds, the row keeps its columns."""
    [row] = read(table([one(title=title, contact=title)], TODAY))
    assert (row["milestone"], row["version"]) == ("dft/a", "7")
    for cell in (row["title"], row["contact"]):
        assert cell.startswith("'") or not may_be_formula(cell)
        assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in cell)
        assert not set(cell) & set("\u202e\u2066\u200f")
    legible = [word for word in title.split() if word.isalnum()]
    assert all(word in row["title"] for word in legible)
