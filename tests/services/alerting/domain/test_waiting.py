"""Waiting: why a subscriber whose time has come is not told yet, and when it is."""

import datetime as dt
from dataclasses import replace

from services.alerting.domain.due import LONGEST, QUIET, Burst, extend
from services.alerting.domain.rhythm import Hours
from services.alerting.domain.waiting import Bursts, DueBy, Held, left, waits
from tests.services.alerting.examples import NOW, TODAY
from tests.services.alerting.stored import subscription

TO = subscription("s1")
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
TOMORROW_AT_8 = dt.datetime(2026, 11, 26, 8, tzinfo=dt.UTC)


def test_nothing_holds_back_a_subscriber_whose_time_has_come() -> None:
    """No quiet hours, nothing under way, not told too often."""
    assert waits({"at_once": NOW}, TO, Bursts([Burst(NOW - 3 * SECOND, NOW - QUIET)]), 20, NOW) is None


def test_a_request_that_is_still_moving_things_is_waited_for() -> None:
    """Two seconds after its last move, and at most thirty after its first: then what there is, is told."""
    moving = Burst(NOW - 5 * SECOND, NOW - SECOND)
    wait = waits({"at_once": NOW}, TO, Bursts([moving]), 20, NOW)
    assert wait is not None
    assert (wait.why, wait.due, wait.until) == (Held.BURST, {"at_once": NOW}, NOW + SECOND)
    assert waits({"at_once": NOW}, TO, Bursts([Burst(NOW - LONGEST, NOW)]), 20, NOW) is None


def test_nobody_waits_for_one_request_after_another() -> None:
    """Bursts that follow each other hold a subscriber back no longer than thirty seconds after the first move."""
    again = [Burst(NOW - SECOND, NOW)]
    assert waits({"at_once": NOW}, TO, Bursts(again, latest=NOW), 20, NOW) is None
    wait = waits({"at_once": NOW}, TO, Bursts(again, latest=NOW + SECOND), 20, NOW)
    assert wait is not None
    assert wait.until == NOW + SECOND


def test_what_a_request_moves_after_its_burst_begins_another() -> None:
    """Within two seconds of the last move and thirty of the first it goes on."""
    burst = extend(extend(None, NOW), NOW + QUIET)
    assert burst == Burst(NOW, NOW + QUIET)
    later = burst.over + SECOND
    assert extend(burst, later) == Burst(later, later)


def test_quiet_hours_hold_every_rhythm_and_drop_none() -> None:
    """What is due later anyway stays when it is."""
    to = replace(TO, hours=Hours(quiet_from=10, quiet_until=12))
    wait = waits({"at_once": NOW, "weekly": NOW + 3 * DAY}, to, Bursts(), 20, NOW)
    assert wait is not None
    noon = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
    assert (wait.why, wait.due) == (Held.QUIET_HOURS, {"at_once": noon, "weekly": NOW + 3 * DAY})
    assert wait.until == noon


def test_who_was_told_often_enough_today_gets_a_digest() -> None:
    """At most so many a day; tomorrow counts anew, and a digest is never held back."""
    often = replace(TO, counted_on=TODAY, counted=20)
    wait = waits({"at_once": NOW}, often, Bursts(), 20, NOW)
    assert wait is not None
    assert (wait.why, wait.due, wait.until) == (Held.ENOUGH, {"daily": TOMORROW_AT_8}, TOMORROW_AT_8)
    assert waits({"at_once": NOW}, replace(often, counted=19), Bursts(), 20, NOW) is None
    assert waits({"at_once": NOW + DAY}, often, Bursts(), 20, NOW + DAY) is None
    assert waits({"at_once": NOW, "daily": NOW}, often, Bursts(), 20, NOW) is None


def test_what_is_left_is_due_in_its_own_time() -> None:
    """What was due is done; the rest keeps its time, and slower rhythms get theirs."""
    pending: DueBy = {"at_once": NOW - SECOND, "daily": TOMORROW_AT_8}
    rest = left(pending, ["daily", "weekly"], TO, NOW)
    assert rest == {"daily": TOMORROW_AT_8, "weekly": dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC)}
    assert left({"at_once": NOW}, [], TO, NOW) == {}
