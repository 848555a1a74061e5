"""A plan as a calendar feed."""

import datetime as dt
import unicodedata
from typing import Any

import pytest
from icalendar import Calendar

from schemas.states import MilestoneState
from services.kit.words import readable
from services.plan_tracking.domain.exports.calendar_feed import feed
from tests.services.plan_tracking.domain.hostile import HOSTILE
from tests.services.plan_tracking.examples import PLAN, RENEWAL, Spec, plan_state, states


def link(state: MilestoneState) -> str:
    """The address of a milestone's page."""
    return f"https://milepost.example/plans/{state.plan}/milestones/{state.milestone}"


def written(made: list[MilestoneState]) -> bytes:
    """The feed of these milestones."""
    return feed(plan_state(made), made, link, "Milestones, under the Open Licence")


def read(text: bytes) -> Any:
    """A feed as a calendar reads it."""
    return Calendar.from_ical(text)


def events(made: list[MilestoneState]) -> list[Any]:
    """The events of the feed of these milestones."""
    return list(read(written(made)).walk("VEVENT"))


def one(**more: object) -> MilestoneState:
    """A milestone 30 days late."""
    [state] = states([Spec("dft/a", "Bridge", "2027-01-01", "2027-01-31", None, (), reason="Possession moved")])
    return state.model_copy(update=more)


def test_each_milestone_with_a_date_is_an_event_of_the_whole_day() -> None:
    """On the day on which it is expected, whatever the reader's time zone; it keeps nobody busy."""
    [event] = events([one()])
    assert event["dtstart"].dt == dt.date(2027, 1, 31)
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert event["summary"] == "Bridge (dft): late"
    assert event["description"] == (
        "Agreed: 1 January 2027. Expected: 31 January 2027 (30 days later than agreed). Possession moved"
    )
    assert (event["transp"], event["url"]) == ("TRANSPARENT", link(one()))
    assert events([one(projected=None)]) == []


def test_a_calendar_knows_it_again_and_sees_what_changed() -> None:
    """The same identity whatever its title; its version grows; its instant is when it was last spoken of."""
    [before], [after] = events([one()]), events([one(title="Viaduct", version=9)])
    assert before["uid"] == after["uid"] == f"dft/a@{PLAN}.milepost"
    assert (before["sequence"], after["sequence"]) == (7, 9)
    assert before["dtstamp"].dt == dt.datetime(2026, 11, 20, 9, 15, tzinfo=dt.UTC)


def test_what_was_cancelled_is_struck_out_and_what_was_met_is_sure() -> None:
    """By the statuses that calendars know."""
    cancelled = one(lifecycle="cancelled", status="cancelled", projected=None)
    assert [event["status"] for event in events([one(), cancelled])] == ["TENTATIVE", "CANCELLED"]
    assert events([one(lifecycle="done", status="done", actual=dt.date(2027, 1, 31))])[0]["status"] == "CONFIRMED"


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_one_line_of_one_event(title: str) -> None:
    """Folded at 75 octets, escaped, legible; no other event or property comes of it."""
    made = written([one(title=title)])
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert [line for line in made.split(b"\r\n") if line.startswith((b"BEGIN", b"END"))] == [
        b"BEGIN:VCALENDAR",
        b"BEGIN:VEVENT",
        b"END:VEVENT",
        b"END:VCALENDAR",
    ]
    [event] = read(made).walk("VEVENT")
    said = readable(title).removesuffix(" ")
    assert str(event["summary"]) == f"{said or 'dft/a'} (dft): late"
    assert not any(unicodedata.category(letter) == "Cc" for letter in str(event["summary"]))


def test_a_whole_plan_is_a_valid_calendar() -> None:
    """Named after the plan; it says whose it is and under which licence."""
    made = states(RENEWAL)
    calendar = read(written(made))
    assert len(calendar.walk("VEVENT")) == sum(1 for state in made if state.projected or state.lifecycle == "cancelled")
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    assert "Open Licence" in calendar["description"]
