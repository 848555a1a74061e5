"""What the word of a status means."""

import pytest

from services.ingest.domain.returns.model import State
from services.ingest.domain.returns.statuses import is_status, known_state, plain, says_confidence


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("open", "Live|New|To Do|in-progress|Not started|Assigned|ON TRACK|Overdue|Reopened"),
        ("done", "Complete|Done|Closed|Resolved|Achieved"),
        ("cancelled", "Superceded|Cancelled|Canceled|Rejected|Won't Do|Won’t fix|No longer required|De-scoped"),
    ],
)
def test_words_of_forms_and_trackers_are_known(state: State, words: str) -> None:
    """In any case, with any apostrophe, hyphenated or not."""
    assert {word: known_state(word) for word in words.split("|")} == dict.fromkeys(words.split("|"), state)


@pytest.mark.parametrize("word", ["On hold", "With Treasury", "Approved", "Incomplete", "Green", "Not done", ""])
def test_other_words_are_not_guessed(word: str) -> None:
    """Not even those that contain a known one."""
    assert known_state(word) is None
    assert not is_status(word)


def test_words_are_compared_without_what_does_not_matter() -> None:
    """So that an answer holds for each way in which a status is written."""
    assert plain(" With_Treasury ") == plain("with-treasury") == "with treasury"


def test_ratings_of_confidence_are_no_statuses() -> None:
    """Red, amber and green say how sure somebody is; one other word among them makes it a status."""
    assert says_confidence(["Green", "Amber/Red", "R", 3])
    assert not says_confidence(["Green", "Complete"])
