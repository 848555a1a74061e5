"""What follows an attempt."""

import datetime as dt

import pytest

from services.alerting.domain.attempts import Following, Outcome, following, patience
from tests.services.alerting.examples import NOW

SCHEDULE = (5.0, 300.0)


def after(outcome: Outcome, tries: int = 1, jitter: float = 0.0) -> Following:
    """What follows the so-manieth attempt."""
    return following(outcome, tries, SCHEDULE, jitter, NOW)


def seconds(found: Following) -> float | None:
    """The seconds until the next attempt."""
    return (found.next - NOW).total_seconds() if found.next else None


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome("delivered"), "sent"),
        (Outcome("refused"), "stopped"),
        (Outcome("bounced"), "stopped"),
        (Outcome("gone", "410"), "stopped"),
    ],
)
def test_ends(outcome: Outcome, state: str) -> None:
    """Delivered, refused and gone are ends; only the last ends the subscription too."""
    found = after(outcome)
    assert (found.state, found.next) == (state, None)
    assert bool(found.ends_subscription) is (outcome.result == "gone")


def test_failures_are_tried_again_until_the_schedule_is_used_up() -> None:
    """5 s after the first, 300 s after the second, and then no more: undelivered."""
    found = [after(Outcome("failed"), tries) for tries in (1, 2, 3)]
    assert [one.state for one in found] == ["pending", "pending", "undelivered"]
    assert [seconds(one) for one in found] == [5, 300, None]


def test_jitter_lengthens_a_wait_by_a_tenth_at_most() -> None:
    """What failed together does not return together."""
    assert seconds(after(Outcome("failed"), 2, jitter=1.0)) == 330


def test_a_receiver_may_ask_for_patience_but_not_for_ever() -> None:
    """Retry-After lengthens a wait to a day at most, and never shortens it."""
    assert seconds(after(Outcome("failed", retry_after=60))) == 60
    assert seconds(after(Outcome("failed", retry_after=1))) == 5
    assert after(Outcome("failed", retry_after=1e12)).next == NOW + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30),
        (" 30 ", 30),
        ("0", 0),
        ("9" * 400, 86_400),
        (f"{NOW + dt.timedelta(minutes=5):%a, %d %b %Y %H:%M:%S} GMT", 300),
        (f"{NOW - dt.timedelta(minutes=5):%a, %d %b %Y %H:%M:%S} GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        (None, None),
        ("soon", None),
        ("-5", None),
        ("\u0663\u0660", None),
        ("Fri, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_patience_is_asked_for_in_seconds_or_until_a_date(said: str | None, seconds: float | None) -> None:
    """Nonsense asks for nothing, and nobody asks for more than a day."""
    assert patience(said, NOW) == seconds
