"""Rows and milestones for tests of matching."""

import datetime as dt
from typing import Any

from schemas.states import MilestoneState
from services.ingest.domain.returns.known import Known
from services.ingest.domain.returns.model import Row

PLAN = "dft/bridge"


def row(slot: str, title: str, **more: Any) -> Row:
    """A row with this title, of project p."""
    given = {"sheet": "6a", "row": 7, "state": "open", "said": "Live", "project": "p"}
    return Row(slot=slot, title=title, **{**given, **more})


def state(name: str, title: str = "OBC approval", **more: Any) -> MilestoneState:
    """A milestone of today's plan, last heard of a while ago."""
    given = {
        "plan": PLAN,
        "milestone": name,
        "version": 1,
        "department": name.partition("/")[0],
        "listed": True,
        "tolerance": 14,
        "lifecycle": "open",
        "status": "undated",
        "last_heard": dt.datetime(2019, 1, 1, tzinfo=dt.UTC),
    }
    return MilestoneState.model_validate({**given, "title": title, **more})


def known(title: str, name: str | None = None, **more: Any) -> Known:
    """A milestone that is known by this title, under a name of its own."""
    return Known(name or f"dft/p/{title.lower().replace(' ', '-')}", (title,), **more)
