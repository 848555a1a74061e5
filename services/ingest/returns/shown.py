"""A return as JSON values: as it was understood, and what came of it."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from services.ingest.domain.returns.changes import Change
from services.ingest.domain.returns.choices import Reading
from services.ingest.domain.returns.effect import Effect
from services.ingest.domain.returns.known import Known
from services.ingest.domain.returns.model import Choices, Finding
from services.ingest.domain.returns.proposal import Proposal, Proposed

_CHOICES = TypeAdapter(Choices)


def understood(reading: Reading, proposed: Proposed, effect: Effect | None) -> dict[str, Any]:
    """What was understood, row by row, with every finding, what would change, and whom it would reach."""
    superseded = effect.superseded if effect else {}
    return {
        "plan": proposed.plan,
        "department": proposed.department,
        "project": proposed.project,
        "as_at": proposed.as_at.isoformat() if proposed.as_at else None,
        "period": proposed.period,
        "counts": counts(proposed),
        "milestones": [
            {**_row(one), "superseded": list(superseded.get(one.name or "", ()))} for one in proposed.proposals
        ],
        "needs": [asdict(need) for need in proposed.needs],
        "absent": [{**_known(one), "state": one.state.lifecycle if one.state else None} for one in proposed.absent],
        "columns": [asdict(column) for column in reading.read.columns],
        "candidates": [
            {**asdict(one), "finish": one.finish.isoformat() if one.finish else None} for one in reading.read.candidates
        ],
        "choices": {**_CHOICES.dump_python(reading.choices, mode="json"), "remembered": reading.remembered},
        "findings": [asdict(finding) for finding in proposed.findings],
    }


def reach(effect: Effect) -> dict[str, Any]:
    """Whom it would reach."""
    return {
        "sentence": effect.sentence,
        "milestones": len(effect.moved) + effect.hidden,
        "departments": list(effect.departments),
        "subscribers": effect.subscribers,
        "moved": list(effect.moved),
        "hidden": effect.hidden,
    }


def counts(proposed: Proposed) -> dict[str, int]:
    """How many rows there are of each kind, and how many findings."""
    of_rows: list[Finding] = [finding for one in proposed.proposals for finding in one.findings]
    kinds: Counter[str] = Counter(finding.kind for finding in (*of_rows, *proposed.findings))
    return {
        "rows": len(proposed.proposals),
        "ready": len(proposed.ready),
        "new": sum(bool(one.new) for one in proposed.ready),
        "changed": sum(bool(one.changes) for one in proposed.ready),
        "absent": len(proposed.absent),
        **kinds,
    }


def _row(proposal: Proposal) -> dict[str, Any]:
    row = proposal.row
    return {
        "sheet": row.sheet,
        "row": row.row,
        "slot": row.slot,
        "title": row.title,
        "status": row.said,
        "milestone": proposal.name,
        "new": proposal.new,
        "data": dict(proposal.data),
        "changes": [_change(change) for change in proposal.changes],
        "ready": proposal.ready,
        "maybe": [_known(one) for one in proposal.matched.maybe],
        "findings": [asdict(finding) for finding in proposal.findings],
    }


def _change(change: Change) -> dict[str, Any]:
    return {"field": change.field, "from": change.before, "to": change.after, "days": change.days}


def _known(known: Known) -> dict[str, Any]:
    return {"milestone": known.name, "title": known.title}
