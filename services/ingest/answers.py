"""What a publisher is answered: receipts for what was accepted, problems for what was not."""

from urllib.parse import quote

from schemas.events import Event
from services.ingest.domain.acceptance import Refusal
from services.kit.http import Problem


def receipt(event: Event, ingest_url: str) -> dict[str, str]:
    """For an accepted event: its identity, and the address that tells what came of it."""
    address = f"{ingest_url}/events?source={quote(event.source)}&id={quote(event.id, safe='')}"
    return {"source": event.source, "id": event.id, "receipt": address}


def reused(receipt: dict[str, str]) -> dict[str, str]:
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
