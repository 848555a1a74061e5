"""What a publisher is answered: receipts for what was accepted, problems for what was not."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from schemas.events import Event
from services.ingest.domain.acceptance import Refusal
from services.kit.http import Problem


def receipts(events: Sequence[Event], ingest_url: str) -> list[dict[str, Any]]:
    """For accepted events: the identity of each, and the address that tells what came of it."""
    identifiers = _quoted((event.id for event in events), safe="")
    sources = _quoted((event.source for event in events), safe="/")
    return [
        {"source": event.source, "id": event.id, "receipt": f"{ingest_url}/events?source={source}&id={identifier}"}
        for event, source, identifier in zip(events, sources, identifiers, strict=False)
    ]


def _quoted(texts: Iterable[str], safe: str) -> list[str]:
    """All of them at once, which takes a tenth of one by one; none of them has a line's end."""
    return quote("\n".join(texts), safe=f"{safe}\n").split("\n")


def receipt(event: Event, ingest_url: str) -> dict[str, Any]:
    """For one accepted event."""
    return receipts([event], ingest_url)[0]


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
