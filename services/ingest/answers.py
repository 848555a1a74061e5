"""What a publisher is answered: receipts for what was accepted, problems for what was not."""

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from schemas.events import Event
from services.ingest.domain.acceptance import Refusal
from services.kit.http import Problem

_quoted = lru_cache(maxsize=4096)(quote)
"""Sources are few."""


def receipt(event: Event, ingest_url: str) -> dict[str, Any]:
    """For an accepted event: its identity, and the address that tells what came of it."""
    address = f"{ingest_url}/events?source={_quoted(event.source)}&id={quote(event.id, safe='')}"
    return {"source": event.source, "id": event.id, "receipt": address}


def tried(event: Event) -> dict[str, Any]:
    """For an event that would have been accepted, in a dry run: as a receipt, of which there is none."""
    return {"source": event.source, "id": event.id, "receipt": None}


def reused(receipt: dict[str, Any]) -> dict[str, Any]:
    """The receipt of an event whose id has stood for another one."""
    said = (
        f"id reused: {receipt['source']} has said something else as {receipt['id']}. Both are kept, each as of its own "
        "time, and share a receipt; give every event an id of its own"
    )
    return {**receipt, "warning": said}


def problem(refusal: Refusal) -> Problem:
    """A refusal as an answer that names each field and its fix."""
    errors = [{"field": fault.field, "detail": fault.detail} for fault in refusal.faults]
    detail = "; ".join(f"{fault.field}: {fault.detail}" for fault in refusal.faults)
    return Problem(refusal.status, refusal.title, detail, errors=errors)
