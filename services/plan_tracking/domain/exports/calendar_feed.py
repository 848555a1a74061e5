"""A plan's milestones as an iCalendar feed (RFC 5545), for calendars that people already have."""

import datetime as dt
from collections.abc import Callable, Iterable

from icalendar import Calendar, Event

from schemas.states import Lifecycle, MilestoneState, PlanState
from services.kit.words import day_in_words, readable, slip_in_words
from services.plan_tracking.domain.directory import expected, title_of
from services.plan_tracking.domain.sentences import STATUS_WORDS

MEDIA_TYPE = "text/calendar; charset=utf-8"
LOOK_AGAIN = dt.timedelta(hours=1)
"""How often a calendar should look for changes."""

_STATUS: dict[Lifecycle, str] = {"open": "TENTATIVE", "done": "CONFIRMED", "cancelled": "CANCELLED"}


def feed(plan: PlanState, states: Iterable[MilestoneState], link: Callable[[MilestoneState], str], about: str) -> bytes:
    """The milestones that have a date, each as an event of the whole day on which it is expected (or was met).

    `link` answers with the address of a milestone's page; `about` describes the feed, its licence too.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Milepost//Plans//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    title = readable(plan.title) or plan.plan
    for name, value in (("name", title), ("x-wr-calname", title), ("description", about), ("x-wr-caldesc", about)):
        calendar.add(name, value)
    calendar.add("refresh-interval", LOOK_AGAIN)
    for state in states:
        if day := _day(state):
            calendar.add_component(_event(state, day, link(state)))
    return bytes(calendar.to_ical())


def _day(state: MilestoneState) -> dt.date | None:
    """The day on which it stands; a cancelled one stays where its owner had it, so that calendars strike it out."""
    return state.projected or (state.declared if state.lifecycle == "cancelled" else None)


def _event(state: MilestoneState, day: dt.date, link: str) -> Event:
    event = Event()
    event.add("uid", f"{state.milestone}@{state.plan}.milepost")
    event.add("sequence", state.version)
    event.add("dtstamp", state.last_heard)
    event.add("last-modified", state.last_heard)
    event.add("dtstart", day)
    event.add("summary", f"{title_of(state)} ({state.department}): {STATUS_WORDS[state.status].lower()}")
    event.add("description", _description(state))
    event.add("status", _STATUS[state.lifecycle])
    event.add("transp", "TRANSPARENT")
    event.add("url", link)
    return event


def _description(state: MilestoneState) -> str:
    agreed = day_in_words(state.baseline.date, state.baseline.precision) if state.baseline else None
    said = [f"Agreed: {agreed}." if agreed else "No baseline agreed."]
    if at := expected(state):
        verb = "Met" if state.lifecycle == "done" else "Expected"
        said.append(f"{verb}: {day_in_words(*at)}{f' ({slip_in_words(state.slip)})' if agreed else ''}.")
    if state.reason:
        said.append(readable(state.reason.text))
    return " ".join(said)
