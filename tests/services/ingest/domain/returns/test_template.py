"""The lines of a template."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dates import PreciseDate, Precision
from services.ingest.domain.returns.model import on
from services.ingest.domain.returns.template import HEADERS, lines, unmarked, written
from services.ingest.domain.returns.written_dates import meant
from services.kit.cells import marked, may_be_formula
from tests.services.ingest.domain.returns.known import state

MAY = dt.date(2027, 5, 1)


def test_a_line_says_what_the_plan_has() -> None:
    """Under the headers, with the milestone's name as its ID; what is not known is blank."""
    said = {"text": "Late\nconsents", "said": "2027-01-01T00:00:00Z"}
    of = state("dft/p/obc", "OBC", type="approval", original_baseline=on(MAY), baseline=on(MAY), reason=said)
    [line] = lines([of], "dft")
    assert line == ("dft/p/obc", "OBC", "approval", MAY, MAY, None, None, "Open", "Late consents")
    assert len(line) == len(HEADERS)


def test_it_has_the_departments_own_milestones_of_one_project_or_of_all() -> None:
    """By project and date."""
    names = ("dft/q/x", "dft/p/late", "dft/p/soon", "dft/rail", "dwp/p/jobs")
    states = [state(name, declared=MAY if name.endswith("soon") else None) for name in names]
    assert [line[0] for line in lines(states, "dft")] == ["dft/rail", "dft/p/soon", "dft/p/late", "dft/q/x"]
    assert [line[0] for line in lines(states, "dft", "p")] == ["dft/p/soon", "dft/p/late"]


@pytest.mark.parametrize(
    ("precision", "said"), [("month", "March 2027"), ("quarter", "Q4 2026/27"), ("financial-year", "FY 2026/27")]
)
def test_a_date_that_is_no_day_is_written_as_it_was_said(precision: Precision, said: str) -> None:
    """In words that a person reads too."""
    assert written(PreciseDate(date=dt.date(2027, 3, 1), precision=precision)) == said


DATES = st.builds(
    lambda date, precision: PreciseDate(date=date, precision=precision),
    st.dates(dt.date(1901, 1, 1), dt.date(2198, 12, 31)),
    st.sampled_from(["month", "quarter", "financial-year"]),
)


@given(DATES)
def test_a_written_date_is_read_as_it_was(date: PreciseDate) -> None:
    """With its precision; 2011/12 too, which may look like a month."""
    assert meant(str(written(date))) == date


@pytest.mark.parametrize("text", ["=1+1", "+44", "-", "@SUM(A1)", "\t=1"])
def test_what_may_be_a_formula_is_marked(text: str) -> None:
    """So that a spreadsheet takes it for text."""
    assert may_be_formula(text)
    assert marked(text) == f"'{text}"


@given(st.text(max_size=8))
def test_a_mark_is_taken_off_again(text: str) -> None:
    """Whatever the text, one of such a mark too."""
    assert unmarked(marked(text)) == text
    assert unmarked(marked(f"'{text}")) == f"'{text}"
