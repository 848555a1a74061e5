"""What a return would publish."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.payloads import ReportedData, unknown_fields
from services.ingest.domain.returns.answers import Answers
from services.ingest.domain.returns.data import LONGEST_REASON
from services.ingest.domain.returns.grid import CellError, Grid
from services.ingest.domain.returns.known import Before
from services.ingest.domain.returns.model import LONGEST_TITLE, Row
from services.ingest.domain.returns.proposal import Proposal, Proposed
from services.ingest.domain.returns.propose import propose
from services.ingest.domain.returns.read import read_return
from tests.services.ingest.domain.returns.sheets import AS_AT, HEADER, JULY, MAY, Line, approvals, front, line

FAR = dt.date(2051, 4, 3)


def proposed(*lines: Line, project: str | None = "ARE_0024", as_at: dt.date | None = AS_AT, **answers: Any) -> Proposed:
    """What a return with these lines would publish as dft's."""
    read = read_return([front(project, as_at), approvals(*lines)])
    return propose(read, Answers(plan="dft/bridge", department="dft", **answers), Before())


def one(*args: Any, **answers: Any) -> Proposal:
    """What a return with this line alone would publish of it."""
    [proposal] = proposed(line("6.01.1", *args), **answers).proposals
    return proposal


def test_live_gives_a_forecast() -> None:
    """A live milestone is open; its date is the forecast."""
    proposal = one("OBC approval", MAY, JULY, "Live", "Held up")
    assert proposal.ready
    assert proposal.name == "dft/are-0024/obc-approval-1"
    assert proposal.data == {
        "title": "OBC approval",
        "type": "approval",
        "state": "open",
        "baseline": "2019-05-01",
        "forecast": "2019-07-31",
        "reason": "Held up",
    }


def test_complete_gives_an_actual_date() -> None:
    """A complete milestone is done; its date is the actual one, and there is no forecast."""
    data = one("OBC approval", MAY, MAY, "Complete").data
    assert (data["state"], data["actual"]) == ("done", "2019-05-01")
    assert "forecast" not in data


@pytest.mark.parametrize(
    ("status", "reason", "said"),
    [
        ("Superceded", None, "Superceded"),
        ("Superseded", "By the new case", "Superseded: By the new case"),
        ("Redundant", None, "Redundant"),
    ],
)
def test_superceded_and_redundant_are_cancelled_with_that_reason(status: str, reason: str | None, said: str) -> None:
    """Their date is neither a forecast nor an actual one, and is not published."""
    data = one("OBC approval", MAY, MAY, status, reason).data
    assert (data["state"], data["reason"]) == ("cancelled", said)
    assert not {"forecast", "actual"} & data.keys()


def test_what_is_not_known_is_absent() -> None:
    """An absent field says nothing; it is never null."""
    assert one("OBC", None, None, "Live").data == {"title": "OBC", "type": "approval", "state": "open"}


def test_a_doubtful_date_is_left_out_and_the_rest_goes_on() -> None:
    """The row is published without it, and the finding says how to confirm it."""
    proposal = one("Examination", MAY, FAR, "Live", "Starts after the hearing")
    assert proposal.ready
    assert "forecast" not in proposal.data
    assert (proposal.data["baseline"], proposal.data["reason"]) == ("2019-05-01", "Starts after the hearing")
    assert [(f.kind, f.field) for f in proposal.findings] == [("doubtful", "forecast")]


@pytest.mark.parametrize("confirmed", ["6.01.1", "6.01.1/forecast"])
def test_a_doubtful_date_that_is_confirmed_is_published(confirmed: str) -> None:
    """Confirmed by its row, or by row and field; it is noted that it was."""
    proposal = one("Examination", MAY, FAR, "Live", "Late", include={confirmed})
    assert proposal.data["forecast"] == "2051-04-03"
    assert [(f.kind, f.field) for f in proposal.findings] == [("noted", "forecast")]


def test_confirming_another_field_confirms_nothing() -> None:
    """The doubt is about the forecast, not the baseline."""
    assert "forecast" not in one("Examination", MAY, FAR, include={"6.01.1/baseline"}).data


def test_equal_names_are_not_published_until_resolved() -> None:
    """Both are flagged and held back; the rest goes on."""
    proposal = proposed(line("6.01.1", "OBC"), line("6.01.2", "obc"), line("6.01.3", "FBC"))
    assert [p.row.slot for p in proposal.ready] == ["6.01.3"]
    assert [[f.kind for f in p.findings] for p in proposal.proposals] == [["duplicate"], ["duplicate"], []]


def test_a_new_title_resolves_equal_names() -> None:
    """The title given by the caller is what is published, and names the milestone."""
    proposal = proposed(line("6.01.1", "OBC"), line("6.01.2", "OBC"), rename={"6.01.2": "OBC  (revisit)"})
    assert [p.name for p in proposal.ready] == ["dft/are-0024/obc-1", "dft/are-0024/obc-revisit-1"]
    assert proposal.proposals[1].data["title"] == "OBC (revisit)"


def test_leaving_one_out_resolves_equal_names() -> None:
    """The row left out says that it is."""
    proposal = proposed(line("6.01.1", "OBC"), line("6.01.2", "OBC"), leave_out={"6.01.1"})
    assert [p.row.slot for p in proposal.ready] == ["6.01.2"]
    assert [f.kind for f in proposal.proposals[0].findings] == ["noted"]


def test_answers_about_rows_that_are_not_there_are_pointed_out() -> None:
    """A slip of the pen in an answer does not pass in silence."""
    proposal = proposed(line("6.01.1"), include={"6.01.9/forecast"}, rename={"6.01.8": "X"}, leave_out={"6.01.1"})
    assert [(f.kind, f.field) for f in proposal.findings] == [("noted", "include"), ("noted", "rename")]


def test_the_callers_project_and_date_stand_before_those_of_the_return() -> None:
    """Names follow the confirmed project, and dates are judged against the confirmed date."""
    proposal = proposed(line("6.01.1"), project="ARE_0024_1516-Q4")
    assert proposal.ready[0].name == "dft/are-0024-1516-q4/obc-approval-1"
    assert [(f.kind, f.field) for f in proposal.findings] == [("noted", "project")]
    confirmed = proposed(line("6.01.1"), project="ARE_0024_1516-Q4", as_at=AS_AT)
    assert confirmed.as_at == AS_AT
    read = read_return([front("ARE_0024_1516-Q4"), approvals(line("6.01.1"))])
    answered = propose(read, Answers("dft/bridge", "dft", project="ARE_0024", as_at=dt.date(2019, 9, 30)), Before())
    assert (answered.project, answered.as_at, answered.findings) == ("ARE_0024", dt.date(2019, 9, 30), ())
    assert answered.ready[0].name == "dft/are-0024/obc-approval-1"
    assert [f.field for f in answered.ready[0].findings] == ["forecast"]


@pytest.mark.parametrize(("project", "as_at", "field"), [(None, AS_AT, "project"), ("ARE_0024", None, "as_at")])
def test_nothing_is_published_without_a_project_or_an_as_at_date(
    project: str | None, as_at: dt.date | None, field: str
) -> None:
    """A finding asks for it; what was read is still shown."""
    proposal = proposed(line("6.01.1"), project=project, as_at=as_at)
    assert proposal.ready == ()
    assert [p.row.slot for p in proposal.proposals] == ["6.01.1"]
    assert [(f.kind, f.field) for f in proposal.findings] == [("refused", field)]


def test_findings_of_a_row_are_with_the_row_and_those_of_refused_rows_with_the_return() -> None:
    """So a preview can show each where it belongs."""
    proposal = proposed(line("6.01.1", due="TBC"), line("6.01.2", status="On hold"))
    assert [f.field for f in proposal.proposals[0].findings] == ["forecast_or_actual"]
    assert [(f.kind, f.slot) for f in proposal.findings] == [("refused", "6.01.2")]


def test_a_long_reason_is_cut_where_the_contract_ends() -> None:
    """And it is noted; the longest title and reason pass the contract."""
    proposal = one("x" * LONGEST_TITLE, MAY, JULY, "Redundant", "y" * (LONGEST_REASON + 1))
    assert len(ReportedData.model_validate(proposal.data).reason or "") == LONGEST_REASON
    assert [f.field for f in proposal.findings][-1] == "reason"


CELLS = st.one_of(
    st.none(),
    st.dates(),
    st.sampled_from(["6.01.1", "6.01.2", "6.02.1", "6.01b", "OBC", "obc", "—", "TBC", "Live", "Complete", "Redundant"]),
    st.sampled_from([cell for cell in HEADER if cell] + ["Snapshot Date", "Project ID", "ARE_1", "Actual date"]),
    st.text(max_size=20),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.builds(CellError, st.just("#REF!")),
)


@given(st.dictionaries(st.tuples(st.integers(1, 12), st.integers(1, 9)), CELLS.filter(lambda cell: cell is not None)))
def test_no_sheet_makes_reading_fail_and_all_that_is_proposed_passes_the_contract(values: dict[Any, Any]) -> None:
    """Whatever stands in a sheet, under a good header or none, ends as a row or a finding."""
    header = {(3, column): value for column, value in enumerate(HEADER, 1) if value is not None}
    for grid in (Grid("6a", values), Grid("6a", {place: v for place, v in values.items() if place[0] > 3} | header)):
        result = propose(read_return([front(), grid]), Answers("dft/bridge", "dft"), Before())
        for proposal in result.proposals:
            assert isinstance(proposal.row, Row)
            assert proposal.ready or proposal.findings or result.findings
            data = ReportedData.model_validate(proposal.data)
            assert not list(unknown_fields(data))
