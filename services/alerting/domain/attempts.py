"""Attempts: what follows one, by its outcome."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from services.alerting.domain.model import Delivery, Result

LONGEST_ANSWER = 1024
"""Characters of an answer that are kept."""

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
    if outcome.result == "refused":
        return Following("stopped")
    if tries > len(schedule):
        return Following("undelivered")
    wait = max(schedule[tries - 1] * (1 + jitter / 10), min(outcome.retry_after or 0, LONGEST_WAIT))
    return Following("pending", now + dt.timedelta(seconds=wait))
