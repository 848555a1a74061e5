"""HTTP in, JSON out: what was said of a plan or a milestone, by whom, when, why, and what it moved."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from schemas.names import owner
from schemas.topics import milestone_key
from services.kit.http import Problem
from services.kit.mongo import Document
from services.plan_tracking.asking import as_json, seen
from services.plan_tracking.domain.exports.records import is_told, mentions
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.known import end_of
from services.plan_tracking.domain.masks import Sees, masked_entry
from services.plan_tracking.domain.moves import Moved
from services.plan_tracking.viewer import Viewer, Viewers

MOST_ENTRIES, MOST_MOVES = 1_000, 100
"""Entries of one page; and of one that says what they moved."""

Row = tuple[int, Document, HistoryEntry]
"""A record's offset, the CloudEvent, and what history keeps of it."""


class HistoryDoors:
    """The door to history."""

    def __init__(self, viewers: Viewers) -> None:
        self._viewers, self._store, self._past = viewers, viewers.store, viewers.past

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter(tags=["plans"])
        router.add_api_route("/api/plans/{lead}/{slug}/history", self.history)
        return router

    async def history(
        self,
        request: Request,
        lead: str,
        slug: str,
        milestone: str | None = None,
        after: Annotated[int, Query(ge=-1)] = -1,
        limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = MOST_ENTRIES,
        moves: bool = False,
    ) -> Response:
        """What was said about the plan, or about one of its milestones, in the order of acceptance.

        Of each record: when it was so (`time`), when it was received (`accepted`), why (`reason`), which registers it
        won, and with `moves` which milestones it moved, from which date to which. Milestones that the caller may not
        know of have empty names. `next` is what to give as `after` to go on, null at the end; with `moves` a page has
        100 records at most.
        """
        viewer = await self._viewers.of(request)
        plan, limit = await seen(viewer, f"{lead}/{slug}"), min(limit, MOST_MOVES) if moves else limit
        if milestone:
            await self._require(viewer, plan.plan, milestone)
        about = milestone_key(plan.plan, milestone) if milestone else plan.plan
        found = await self._store.history_page(about, after, limit)
        rows = _known(found, viewer.as_known_on(plan))
        sees = await viewer.sees({plan.plan, *(node.plan for _, event, _ in rows for node in mentions(event))})
        shown = [row for row in rows if is_told(row[1], viewer.departments)]
        moved = await self._past.moved(plan.plan, [row[0] for row in shown]) if moves else {}
        answer = {
            "history": [_entry(row, moved, plan.plan, sees) for row in shown],
            "next": rows[-1][0] if len(rows) == limit else None,
        }
        return await as_json(lambda: answer)

    async def _require(self, viewer: Viewer, plan: str, milestone: str) -> None:
        sees, there = await viewer.sees([plan]), await self._store.milestones(plan, [milestone])
        if milestone not in there or not sees(plan, plan, milestone):
            raise Problem(404, "No such milestone", f"{milestone}: the plan has no such milestone")


def _known(rows: Sequence[Row], frozen: dt.date | None) -> Sequence[Row]:
    return rows if frozen is None else [row for row in rows if row[2].accepted <= end_of(frozen)]


def _entry(row: Row, moved: Mapping[int, Moved], plan: str, sees: Sees) -> dict[str, Any]:
    offset, entry = row[0], masked_entry(row[2], plan, sees)
    reason, who = entry.data.get("reason"), owner(entry.source.removeprefix("/"))
    said = {"offset": offset, "department": who, **asdict(entry), "reason": reason}
    return said | _moves(moved[offset], plan, sees) if offset in moved else said


def _moves(moved: Moved, plan: str, sees: Sees) -> dict[str, Any]:
    """What a record moved; `more` counts what is not named, for its number or because the reader may not know."""
    shown = [step for step in moved.steps if sees(plan, plan, step.milestone)]
    return {
        "moved": [
            {"milestone": s.milestone, "from": _date(s.before), "to": _date(s.after), "days": _days(s.before, s.after)}
            for s in shown
        ],
        "more": moved.more + len(moved.steps) - len(shown),
    }


def _date(ordinal: int | None) -> dt.date | None:
    return None if ordinal is None else dt.date.fromordinal(ordinal)


def _days(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before
