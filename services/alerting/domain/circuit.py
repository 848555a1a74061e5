"""Circuits: a destination that fails again and again is tried by one, now and then, until it answers."""

import datetime as dt
from dataclasses import dataclass

from services.alerting.domain.model import Result

AT_ONCE = 8
"""Attempts at the same time to a destination that answers."""

OPENS_AFTER = 5
"""Failures in a row."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
"""Seconds, doubled at each further failure."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """The failures in a row of one destination, and until when nothing is sent there."""

    failures: int = 0
    until: dt.datetime | None = None

    def admits(self, now: dt.datetime) -> int:
        """How many attempts there may be at the same time."""
        if self.until is None:
            return AT_ONCE
        return 1 if self.until <= now else 0

    def after(self, result: Result, now: dt.datetime) -> "Circuit":
        """What an attempt changes: any answer that is no failure of the destination closes it."""
        if result != "failed":
            return Circuit()
        failures = self.failures + 1
        if failures < OPENS_AFTER:
            return Circuit(failures)
        pause = min(FIRST_PAUSE * 2.0 ** min(failures - OPENS_AFTER, 20), LONGEST_PAUSE)
        return Circuit(failures, now + dt.timedelta(seconds=pause))
