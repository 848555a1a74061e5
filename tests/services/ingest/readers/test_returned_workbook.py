"""A quarterly return from its bytes to what it would publish."""

import datetime as dt

from services.ingest.domain.returns.answers import Answers
from services.ingest.domain.returns.known import Before
from services.ingest.domain.returns.proposal import Proposed
from services.ingest.domain.returns.propose import propose
from services.ingest.domain.returns.read import read_return
from services.ingest.readers.workbook import read_workbook
from tests.services.ingest.readers.books import AS_AT, quarterly_return, saved

YEAR = dt.timedelta(365)
APPROVALS = [
    ("6.01.1", "SOBC approval", AS_AT - YEAR, AS_AT - YEAR, "Complete"),
    ("6.01.2", "OBC approval", AS_AT - YEAR, AS_AT - dt.timedelta(60), "Live"),
    ("6.01.3", "FBC approval", AS_AT + YEAR, AS_AT - 19 * YEAR, "Live", "Date changed"),
    ("6.01.4", "Planning consents", dt.date(1923, 1, 1), AS_AT + YEAR, "Live"),
]
ASSURANCE = [
    ("6.02.1", "SGAR3", AS_AT - 6 * YEAR, AS_AT - YEAR, "Superceded"),
    ("6.02.2", "Gate 0", AS_AT - YEAR, AS_AT - YEAR, "Complete"),
    ("6.02.3", "Gate 0", AS_AT + YEAR, AS_AT + YEAR, "Live"),
    ("6.02.4", "Gate 1", AS_AT + YEAR, AS_AT + YEAR, "Redundant"),
]
DELIVERY = [
    ("6.03.1", "Project end", dt.date(2086, 6, 30), dt.date(2086, 6, 30), "Live"),
    ("6.03.2", "Start of build", "in spring", AS_AT + YEAR, "Live"),
    ("6.03.3", "Start of operation", AS_AT + YEAR, AS_AT + YEAR, "Live"),
]


def proposed() -> Proposed:
    """What the return above would publish, unanswered."""
    content = saved(quarterly_return(*APPROVALS, assurance=ASSURANCE, delivery=DELIVERY))
    return propose(read_return(read_workbook(content)), Answers("dft/bridge", "dft"), Before())


def test_a_return_is_read_with_all_its_quirks() -> None:
    """Milestones of the three visible sheets and nothing else, each under the name it would have."""
    result = proposed()
    assert (result.project, result.as_at) == ("ARE_0024_1516-Q4", AS_AT)
    assert {p.row.slot: (p.name or "").removeprefix("dft/are-0024-1516-q4/") for p in result.proposals} == {
        "6.01.1": "sobc-approval-1",
        "6.01.2": "obc-approval-1",
        "6.01.3": "fbc-approval-1",
        "6.01.4": "planning-consents-1",
        "6.02.1": "sgar3",
        "6.02.2": "gate-0",
        "6.02.3": "gate-0",
        "6.02.4": "gate-1",
        "6.03.1": "project-end",
        "6.03.3": "start-of-operation",
    }
    assert [p.row.type for p in result.proposals] == ["approval"] * 4 + ["assurance"] * 4 + ["delivery"] * 2


def test_what_it_would_publish_is_what_its_rows_say() -> None:
    """Live, Complete, Superceded and Redundant each give what they mean; doubtful dates are left out."""
    data = {p.row.slot: p.data for p in proposed().proposals}
    assert data["6.01.1"]["actual"] == (AS_AT - YEAR).isoformat()
    assert data["6.01.2"]["forecast"] == (AS_AT - dt.timedelta(60)).isoformat()
    assert "forecast" not in data["6.01.3"]
    assert "baseline" not in data["6.01.4"]
    assert (data["6.02.1"]["state"], data["6.02.1"]["reason"]) == ("cancelled", "Superceded")
    assert (data["6.02.4"]["state"], data["6.02.4"]["reason"]) == ("cancelled", "Redundant")
    assert data["6.03.1"]["forecast"] == "2086-06-30"


def test_what_is_doubtful_noted_duplicate_or_refused_is_found_and_nothing_else() -> None:
    """Every finding of the return, by kind, slot and field."""
    result = proposed()
    findings = [*result.findings, *(finding for proposal in result.proposals for finding in proposal.findings)]
    assert sorted((f.kind, f.slot or "", f.field) for f in findings) == [
        ("doubtful", "6.01.3", "forecast"),
        ("doubtful", "6.01.4", "baseline"),
        ("duplicate", "6.02.2", "title"),
        ("duplicate", "6.02.3", "title"),
        ("noted", "", "project"),
        ("noted", "6.01.2", "forecast"),
        ("noted", "6.01.2", "reason"),
        ("noted", "6.01.3", "forecast"),
        ("noted", "6.01.4", "reason"),
        ("noted", "6.02.1", "reason"),
        ("noted", "6.02.4", "forecast"),
        ("refused", "6.03.2", "baseline"),
    ]
    assert [p.row.slot for p in result.proposals if not p.ready] == ["6.02.2", "6.02.3"]


def test_the_same_workbook_gives_the_same_proposals() -> None:
    """Reading depends on nothing but the bytes and the answers."""
    assert proposed() == proposed()
