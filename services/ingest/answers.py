"""What a publisher is answered: receipts for what was accepted, problems for what was not."""

from urllib.parse import urlencode

from schemas.events import Event
from services.ingest.domain.acceptance import Refusal
from services.kit.http import Problem


def receipt(event: Event, ingest_url: str) -> dict[str, str]:
    """For an accepted event: its identity, and the address that tells what came of it."""
    query = urlencode({"source": event.source, "id": event.id})
    return {"source": event.source, "id": event.id, "receipt": f"{ingest_url}/events?{query}"}


def problem(refusal: Refusal) -> Problem:
    """A refusal as an answer that names each field and its fix."""
    errors = [{"field": fault.field, "detail": fault.detail} for fault in refusal.faults]
    detail = "; ".join(f"{fault.field}: {fault.detail}" for fault in refusal.faults)
    return Problem(refusal.status, refusal.title, detail, errors=errors)
