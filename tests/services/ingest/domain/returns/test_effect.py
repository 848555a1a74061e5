"""Whom a return reaches, in words."""

from typing import Any

import pytest

from services.ingest.domain.returns.answers import Answers
from services.ingest.domain.returns.effect import effect, to_foresee
from services.ingest.domain.returns.known import Before
from services.ingest.domain.returns.model import Return
from services.ingest.domain.returns.propose import propose
from tests.services.ingest.domain.returns.known import PLAN, row, state
from tests.services.ingest.domain.returns.sheets import AS_AT


def moved(*departments: str) -> list[dict[str, Any]]:
    """One milestone of each of these moves."""
    return [{"plan": PLAN, "milestone": f"{name}/x", "department": name, "days": 30} for name in departments]


@pytest.mark.parametrize(
    ("foreseen", "subscribers", "sentence"),
    [
        (
            {"moved": moved("dft", "dft", "dwp")},
            9,
            "You are about to move 3 milestones of 2 departments; 9 subscribers will be told",
        ),
        (
            {"moved": moved("dft"), "hidden": 1},
            1,
            "You are about to move 1 milestone of 1 department and 1 milestone that you may not see; "
            "1 subscriber will be told",
        ),
        ({"moved": []}, 0, "You are about to move no milestone; no subscribers will be told"),
        (
            {"moved": [], "hidden": 2},
            None,
            "You are about to move 2 milestones that you may not see; "
            "how many subscribers will be told is not known now",
        ),
    ],
)
def test_the_sentence_counts_who_moves_and_who_is_told(
    foreseen: dict[str, Any], subscribers: int | None, sentence: str
) -> None:
    """What is not known now is not counted as nobody."""
    assert effect(foreseen, subscribers).sentence == sentence


def test_what_has_been_said_later_is_known_by_its_milestone() -> None:
    """The return would not change it."""
    found = effect({"moved": [], "superseded": [{"milestone": "dft/x", "registers": ["forecast"]}]}, 0)
    assert found.superseded == {"dft/x": ("forecast",)}


def test_only_what_changes_is_foreseen_and_only_what_moves_dates() -> None:
    """A reason moves nothing, and neither does a row that says what the plan has."""
    rows = (row("1", "OBC", reason="Because"), row("2", "FBC"), row("3", "SOBC", state="done", said="Done"))
    today = {one.milestone: one for one in (state("dft/p/fbc", "FBC"), state("dft/p/sobc", "SOBC"))}
    proposed = propose(Return("p", AS_AT, None, rows, ()), Answers(PLAN, "dft"), Before(today))
    assert to_foresee(proposed) == [
        {"milestone": "dft/p/obc", "title": "OBC", "state": "open"},
        {"milestone": "dft/p/sobc", "title": "SOBC", "state": "done"},
    ]
