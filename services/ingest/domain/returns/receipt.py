"""The receipt of a return: what was published of it, row by row, under an id that the same return always has."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from typing import Any

from schemas.events import DependencyDeclared, Event
from services.ingest.domain.returns.answers import Answers
from services.ingest.domain.returns.known import Sent
from services.ingest.domain.returns.memory import Binding
from services.ingest.domain.returns.model import Choices, Finding, Return
from services.ingest.domain.returns.proposal import Proposal, Proposed

MOST_FINDINGS = 2_000
"""Findings that a receipt keeps, those of its rows before those of the whole return."""

_LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was sent: its name, its bytes, and their SHA-256."""

    name: str
    size: int
    sha256: str


def file_of(name: str, content: bytes) -> File:
    """What is kept of a file."""
    return File(name[:_LONGEST_TEXT], len(content), hashlib.sha256(content).hexdigest())


def return_id(read: Return, answers: Answers, choices: Choices, file: File) -> str:
    """The id of a return: of the same file, read and answered in the same way, it is always the same."""
    said = {name: _sorted(value) for name, value in (asdict(answers) | asdict(choices)).items()}
    said |= {"project": answers.project or read.project, "as_at": str(answers.as_at or read.as_at)}
    return hashlib.sha256(json.dumps([said, file.sha256], sort_keys=True).encode()).hexdigest()[:24]


def _sorted(value: Any) -> Any:
    return sorted(value) if isinstance(value, AbstractSet) else value


def receipt(
    identifier: str, proposed: Proposed, events: Sequence[Event], file: File, by: Sequence[str]
) -> dict[str, Any]:
    """The receipt, as it is stored; `by` are the departments that the publisher's key speaks for."""
    ids = {event.subject: event.id for event in events if not isinstance(event, DependencyDeclared)}
    findings = [finding for row in proposed.proposals for finding in row.findings]
    return {
        "_id": identifier,
        "plan": proposed.plan,
        "department": proposed.department,
        "project": proposed.project,
        "period": proposed.period,
        "as_at": str(proposed.as_at),
        "file": asdict(file),
        "by": list(by),
        "rows": [_row(one, ids) for one in proposed.proposals],
        "needs": [
            {"milestone": event.subject, "needs": event.data.needs, "event": event.id}
            for event in events
            if isinstance(event, DependencyDeclared)
        ],
        "findings": [_finding(one) for one in (*findings, *proposed.findings)[:MOST_FINDINGS]],
    }


def sent_before(stored: Mapping[str, Any] | None) -> Sent:
    """What was published of a return before, by its receipt where there is one."""
    if stored is None:
        return Sent()
    return Sent(
        {row["slot"]: row["milestone"] for row in stored["rows"] if row["event"]},
        frozenset((need["milestone"], need["needs"]) for need in stored["needs"]),
    )


def _row(proposal: Proposal, ids: Mapping[str, str]) -> dict[str, Any]:
    row = proposal.row
    return {
        "sheet": row.sheet[:_LONGEST_TEXT],
        "row": row.row,
        "slot": row.slot[:_LONGEST_TEXT],
        "title": row.title[:_LONGEST_TEXT],
        "milestone": proposal.name,
        "event": ids.get(proposal.name or "") if proposal.ready else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {name: said[:2_000] if isinstance(said, str) else said for name, said in asdict(finding).items()}


def bindings(proposed: Proposed, identifier: str) -> list[Binding]:
    """What is remembered of a return once it is published: which milestone each of its rows is."""
    return [
        Binding(one.name, one.row.title, one.row.version, one.row.key, identifier)
        for one in proposed.ready
        if one.name is not None
    ]
