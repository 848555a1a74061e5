"""Attempts: what follows one, by its outcome."""

import datetime as dt
import email.utils
from collections.abc import Sequence
from dataclasses import dataclass

from services.alerting.domain.model import Delivery, Result

LONGEST_ANSWER = 1024
"""Bytes of an answer that are kept, in UTF-8."""

LONGEST_WAIT = 86_400.0
"""Seconds: a receiver may ask for more patience than this, and does not get it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt; `answer` is for people. `retry_after` is what the receiver asked for, in seconds."""

    result: Result
    answer: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Following:
    """What is to be done: the state of the delivery, when to try again, why the subscription ends if it does."""

    state: Delivery
    next: dt.datetime | None = None
    ends_subscription: str | None = None


def following(outcome: Outcome, tries: int, schedule: Sequence[float], jitter: float, now: dt.datetime) -> Following:
    """What follows the `tries`-th attempt.

    `schedule` has the seconds to wait after the first, second ... attempt; when it is used up the notification is
    undelivered. `jitter` (0 to 1) lengthens a wait by at most a tenth, so that what failed together returns apart.
    """
    if outcome.result == "delivered":
        return Following("sent")
    if outcome.result == "gone":
        return Following("stopped", ends_subscription=f"the receiver wants no more: {outcome.answer}"[:200])
    if outcome.result in ("refused", "bounced"):
        return Following("stopped")
    if tries > len(schedule):
        return Following("undelivered")
    wait = max(schedule[tries - 1] * (1 + jitter / 10), min(outcome.retry_after or 0, LONGEST_WAIT))
    return Following("pending", now + dt.timedelta(seconds=wait))


def cut(answer: str) -> str:
    """An answer as it is kept."""
    return answer.encode(errors="replace")[:LONGEST_ANSWER].decode(errors="ignore")


def patience(retry_after: str | None, now: dt.datetime) -> float | None:
    """The seconds that a Retry-After asks for (RFC 9110: seconds, or a date); None where it says neither."""
    if retry_after is None or not retry_after.isascii():
        return None
    if retry_after.strip().isdigit():
        return min(float(retry_after), LONGEST_WAIT)
    try:
        until = email.utils.parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    seconds = (until.replace(tzinfo=until.tzinfo or dt.UTC) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT)
