"""History as a readable story."""

import datetime as dt

import pytest

from services.plan_tracking.domain.directory import Directory, directory
from services.plan_tracking.domain.history import HistoryEntry, story
from tests.services.plan_tracking.examples import RENEWAL, entry, plan_state, possession_history, states


@pytest.fixture(scope="module")
def known() -> Directory:
    """The directory of the renewal."""
    concluded = states(RENEWAL)
    return directory(plan_state(concluded), concluded)


def _what(known: Directory, *entries: HistoryEntry) -> list[str]:
    return [f"{told.who} {told.what}" for told in story(entries, known)]


def test_each_date_stands_beside_the_one_it_replaced(known: Directory) -> None:
    """Newest first, by when it was so, whoever was heard first."""
    assert _what(known, *reversed(possession_history())) == [
        "Department for Transport gave a new forecast 29 January 2027 (42 days later than before)",
        "Department for Transport gave a new forecast 18 December 2026 (7 days later than before)",
        "Department for Transport reported: baseline 11 December 2026 (35 days later than before) "
        "and forecast 11 December 2026",
        "Department for Transport put it in the plan as “Track possession agreed with the infrastructure manager”, "
        "baseline 6 November 2026",
    ]


def test_what_came_late_and_changed_nothing_says_so(known: Directory) -> None:
    """A record that was overtaken before it was heard stays in the story, with a note."""
    notes = [told.note for told in story(possession_history(), known)]
    assert notes == [
        None,
        "received on 24 November 2026; changed nothing: something later had been said already",
        None,
        None,
    ]


def test_reasons_are_quoted(known: Directory) -> None:
    """As said, apart from what was said."""
    assert story(possession_history(), known)[0].reason == "Possession moved by the infrastructure manager."


@pytest.mark.parametrize(
    ("type_", "data", "said"),
    [
        ("milestone.completed", {"actual": "2026-11-20"}, "said that it was done on 20 November 2026"),
        ("milestone.cancelled", {"reason": "Merged"}, "cancelled it"),
        (
            "milestone.cancelled",
            {"reason": "Merged", "replaced_by": "dft/riverside-halt/fbc"},
            "cancelled it; in its place: Full business case approved",
        ),
        ("milestone.forecast", {"forecast": None, "reason": "Unknown"}, "gave a new forecast no longer known"),
        (
            "milestone.forecast",
            {"forecast": {"date": "2027-03-31", "precision": "quarter"}, "reason": "x"},
            "gave a new forecast quarter to 31 March 2027",
        ),
        ("milestone.reported", {"actual": "2026-11-20"}, "reported: done on 20 November 2026"),
        ("milestone.reported", {"state": "cancelled"}, "reported: cancelled"),
        ("milestone.reported", {"title": "New title"}, "reported nothing about its dates"),
        (
            "dependency.declared",
            {"needs": "dft/riverside-halt/fbc", "lag": 5, "unit": "working"},
            "said that it needs Full business case approved, at least 5 working days before it",
        ),
        (
            "dependency.declared",
            {"needs": "dft/x", "needs_plan": "dft/other"},
            "said that it needs a milestone in another plan",
        ),
        (
            "dependency.removed",
            {"needs": "dft/riverside-halt/fbc"},
            "said that it no longer needs Full business case approved",
        ),
        ("milestone.sighted", {}, "said: milestone sighted"),
    ],
)
def test_every_kind_of_record_is_told(known: Directory, type_: str, data: dict[str, object], said: str) -> None:
    """In words of its own; a type that this version does not know, by its name."""
    assert _what(known, entry(type_, data, "2026-11-20T09:00")) == [f"Department for Transport {said}"]


def test_who_spoke_is_the_department_of_the_source(known: Directory) -> None:
    """Its title where it has one, else its name."""
    data = {"actual": "2026-11-20"}
    assert _what(known, entry("milestone.completed", data, "2026-11-20T09:00", source="/ofgem/feed")) == [
        "ofgem said that it was done on 20 November 2026"
    ]


def test_equal_times_are_told_in_the_order_of_acceptance(known: Directory) -> None:
    """The later accepted is the newer."""
    first = entry("milestone.forecast", {"forecast": "2027-01-01", "reason": "a"}, "2026-11-20T09:00")
    later = entry(
        "milestone.forecast",
        {"forecast": "2027-01-03", "reason": "b"},
        "2026-11-20T09:00",
        accepted=first.accepted + dt.timedelta(seconds=1),
    )
    assert [told.reason for told in story([later, first], known)] == ["b", "a"]


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (
            "milestone.rebaselined",
            {"baseline": "2027-03-01", "approved_by": "Projects board", "reason": "Scope"},
            "agreed a new baseline 1 March 2027, approved by Projects board",
        ),
        ("milestone.started", {"started": "2026-11-02"}, "said that work began on 2 November 2026"),
        ("milestone.progressed", {"percent": 40, "note": "Piles in"}, "reported progress: 40 per cent (Piles in)"),
        ("milestone.blocked", {"reason": "No consent"}, "said that it is blocked"),
        ("milestone.unblocked", {}, "said that it is blocked no longer"),
        ("milestone.reopened", {"reason": "Not so"}, "opened it again"),
        ("confidence.assessed", {"scale": "RAG", "value": "Green"}, "declared its confidence green (RAG)"),
        (
            "dependency.disputed",
            {"needed_by": "dfe/skills-centre/site"},
            "disputed that it is needed by Site handed over",
        ),
        ("dependency.accepted", {"needed_by": ""}, "accepted that it is needed"),
        (
            "dependency.absorbed",
            {"needs": "dfe/skills-centre/site", "until": "2027-01-31"},
            "said that it can take in what moves in Site handed over until 31 January 2027",
        ),
    ],
)
def test_every_word_of_the_contract_is_told_as_a_sentence(
    known: Directory, kind: str, data: dict[str, object], said: str
) -> None:
    """No event is shown by the name of its type."""
    assert _what(known, entry(kind, data, "2026-11-20T09:00")) == [f"Department for Transport {said}"]
