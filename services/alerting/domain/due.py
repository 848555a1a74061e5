"""Due marks: told after a quiet while, and after a longer one however much moves."""

import datetime as dt
from dataclasses import replace

from schemas.states import Node
from services.alerting.domain.model import Mark

QUIET = dt.timedelta(seconds=2)
LONGEST = dt.timedelta(seconds=30)


def push(mark: Mark | None, plan: str, cause: Node | None, now: dt.datetime) -> Mark:
    """The mark after something moved `now`: due QUIET later, but at most LONGEST after the first move."""
    if mark is None:
        return Mark(plan, cause, now, now + QUIET)
    return replace(mark, due=min(now + QUIET, mark.first + LONGEST))
