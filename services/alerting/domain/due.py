"""Due marks: told after a quiet while, and after a longer one however much moves."""

import datetime as dt
from dataclasses import dataclass, replace

from schemas.states import Node
from services.alerting.domain.model import Mark

QUIET = dt.timedelta(seconds=2)
"""Unless another is set."""

LONGEST = dt.timedelta(seconds=30)


def push(
    mark: Mark | None,
    plan: str,
    cause: Node | None,
    now: dt.datetime,
    request: str | None = None,
    quiet: dt.timedelta = QUIET,
) -> Mark:
    """The mark after something moved `now`: due when it has been `quiet`, but at most LONGEST after the first move."""
    if mark is None:
        return Mark(plan, cause, now, now + quiet, request)
    return replace(mark, due=min(now + quiet, mark.first + LONGEST), request=request or mark.request)


@dataclass(frozen=True, slots=True)
class Burst:
    """All that one request moves, whatever the causes: when it first and last moved something, and how it ends."""

    first: dt.datetime
    last: dt.datetime
    quiet: dt.timedelta = QUIET

    @property
    def over(self) -> dt.datetime:
        """When it is taken to be over, so that all of it is told together."""
        return min(self.last + self.quiet, self.first + LONGEST)


def extend(burst: Burst | None, now: dt.datetime, quiet: dt.timedelta = QUIET) -> Burst:
    """The burst after the request has moved something `now`; what it moves after the burst is over begins another."""
    return replace(burst, last=now) if burst and now <= burst.over else Burst(now, now, quiet)
