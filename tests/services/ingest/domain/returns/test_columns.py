"""What a column means by the words of its header."""

import pytest

from services.ingest.domain.returns.columns import is_computed, meaning, milestone_type


@pytest.mark.parametrize(
    ("header", "means"),
    [
        ("Milestone label", "title"),
        ("Miletone label", "title"),
        ("Milestone", "title"),
        ("Version No.", "version"),
        ("Baseline Date of Approval Point", "baseline"),
        ("Basline date (latest approved)", "baseline"),
        ("Original Baseline", "original_baseline"),
        ("Forecast / Actual Date \nof Milestone", "forecast_or_actual"),
        ("Forcast", "forecast"),
        ("Actual date", "actual"),
        ("Status", "status"),
        ("Specific reason/s for any delay\n(mandatory if over 100 days)", "reason"),
        ("Comments", "reason"),
        ("Approvals and Controls", None),
        ("Critical Path", None),
        ("Previous forecast", None),
        ("Forecast " * 40, None),
    ],
)
def test_headers_are_known_by_their_words_misspelt_or_not(header: str, means: str | None) -> None:
    """Misspelt, over several lines, or among other words: the word that matters decides; prose is no header."""
    assert meaning(header) == means


@pytest.mark.parametrize(
    "header",
    [
        "Ginga between Baseline and Forecast/ Actual Dates (Days)",
        "Xyzzy: Baseline to Forecast",
        "Variance (days)",
    ],
)
def test_a_variance_is_nothing_whatever_the_word_for_it(header: str) -> None:
    """A column that names both dates is the difference between them, even where the word variance was replaced."""
    assert is_computed(header)
    assert meaning(header) is None


def test_a_delay_in_days_is_still_a_reason() -> None:
    """The reason column speaks of days too, and is no variance."""
    assert not is_computed("Specific reason/s for any delay (mandatory if over 100 days)")


def test_the_type_is_what_the_sheet_says() -> None:
    """The sheet's name decides; its headings where the name says nothing, or two things."""
    assert milestone_type("6a - Milestones - Approvals") == "approval"
    assert milestone_type("6b - Assurence", "Approval History") == "assurance"
    assert milestone_type("Sheet1", "Delivery History (covers all high level delivery)") == "delivery"
    assert milestone_type("Approvals and Assurance", "Approval History") == "approval"
    assert milestone_type("Sheet1", "History") is None
