"""What the headers of any table claim for their columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.returns.headers import EXPECTED, EXPLICIT, WEAK, Claim, claim, is_person, says_month_first
from services.ingest.domain.returns.model import Meaning


def means(header: str) -> Meaning | None:
    """What a header claims to mean."""
    found = claim(header)
    return found.means if found else None


@pytest.mark.parametrize(
    ("meaning", "headers"),
    [
        ("id", "ID|Milestone ID|Issue key|#|Ref|Ref No.|Reference number|UID|Unique ID|MilestoneID|Activity ID"),
        ("title", "Milestone|Milestones|Key milestones|Summary|Subject|Task Name|Title|Milestone description"),
        ("title", "Deliverable / Milestone|Name|Miletone label"),
        ("project", "Project|Project ID|Project key|Programme name"),
        ("type", "Type|Issue Type|Tracker|Milestone type"),
        ("status", "Status|State|Current status|Milestone status"),
        ("resolution", "Resolution"),
        ("needs", "Needs|Depends on|Predecessors|Dependencies|Blocked by|follows|Inward issue link (Blocks)"),
        ("forecast", "Forecast|Due|due_date|DueDate|Due Date (dd/mm/yyyy)|Target date|Planned finish|Deadline"),
        ("forecast", "Expected completion|Revised date|Latest forecast|ETA|Custom field (Target end)"),
        ("forecast_or_actual", "Date|Milestone date|Finish date|End date|Completion date|Forecast / Actual|When"),
        ("baseline", "Baseline|Baseline finish|Agreed date|Basline date"),
        ("original_baseline", "Original baseline|Original date|Initial target date"),
        ("actual", "Actual|Actual finish|Date completed|Resolved|Closed on|Closed At (UTC)"),
        ("reason", "Comments|Reason for change|Notes"),
    ],
)
def test_headers_are_known_by_their_words(meaning: Meaning, headers: str) -> None:
    """As trackers, schedules and people write them."""
    assert {header: means(header) for header in headers.split("|")} == dict.fromkeys(headers.split("|"), meaning)


@pytest.mark.parametrize(
    "header",
    [
        *("Start date", "Created", "Updated", "Last Viewed", "Review date", "Approval date", "Baseline start"),
        *("Forecast cost", "Actual work", "Duration", "% Complete", "Original estimate", "Finish variance"),
        *("Previous forecast", "Original forecast", "RAG status", "Status date", "Status Category", "Parent key"),
        *("Outward issue link (Blocks)", "Successors", "Dependency type", "Labels", "Sprint", "Risk title", "version"),
        *("cell_key", "template_sheet", "cellreference", "", "1", "Forecast " * 40),
    ],
)
def test_other_headers_claim_nothing(header: str) -> None:
    """Dates that are not the milestone's own, amounts, and what merely shares a word with a known header."""
    assert claim(header) is None


@pytest.mark.parametrize(
    "header", ["Assignee", "Milestone owner", "Project lead", "Resource Names", "Author", "SRO", "Email"]
)
def test_columns_of_people_claim_nothing_and_are_known(header: str) -> None:
    """Nobody is named in anything that is published."""
    assert is_person(header)
    assert claim(header) is None


def test_how_plainly_a_header_speaks() -> None:
    """A key outlives a number, and a forecast by that name goes before one that is planned or just a date."""
    assert claim("Issue key") == Claim("id", 0)
    assert claim("Issue id") == Claim("id", 1)
    assert claim("Forecast") == Claim("forecast", EXPLICIT)
    assert claim("Revised date") == Claim("forecast", EXPECTED)
    assert claim("Target date") == Claim("forecast", WEAK, planned=True)
    assert claim("Date") == Claim("forecast_or_actual", WEAK)


def test_a_header_may_say_that_the_month_comes_first() -> None:
    """That is evidence about its dates."""
    assert says_month_first("Due (mm/dd/yyyy)")
    assert says_month_first("Due M/D/YY")
    assert not says_month_first("Due (dd/mm/yyyy)")


@given(st.text(max_size=80))
def test_any_header_claims_something_or_nothing(header: str) -> None:
    """And the same each time."""
    assert claim(header) == claim(header)
