"""Documents: how alerting's values are kept in Mongo, and read back."""

from pydantic import TypeAdapter

from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.alerting.domain.memory import Chunk
from services.alerting.domain.model import (
    KeptAlert,
    Mark,
    NotificationRecord,
    Said,
    Subscription,
    mark_id,
    scopes_of,
)
from services.kit.mongo import Document

_ALERT = TypeAdapter(KeptAlert)
_MARK = TypeAdapter(Mark)
_SAID = TypeAdapter(Said)
_SUBSCRIPTION = TypeAdapter(Subscription)
_NOTIFICATION = TypeAdapter(NotificationRecord)


def state_document(state: MilestoneState) -> Document:
    """A milestone's state. `passes` is the date on which an open milestone's own date passes, for the clock."""
    waits = state.lifecycle == "open" and state.listed and state.declared is not None
    return {
        "_id": milestone_key(state.plan, state.milestone),
        "version": state.version,
        "passes": state.declared.isoformat() if waits and state.declared else None,
        "state": state.model_dump(mode="json"),
    }


def plan_document(state: PlanState) -> Document:
    """A plan's state."""
    return {"_id": state.plan, "version": state.version, "state": state.model_dump(mode="json")}


def alert_document(kept: KeptAlert) -> Document:
    """An alert. `firing` has the keys of the scopes under which it is found while it fires; `mark` its due mark."""
    return {
        "_id": kept.key,
        "firing": list(scopes_of(kept)) if kept.firing else [],
        "mark": mark_id(kept.alert.plan, kept.alert.cause),
        "kept": _ALERT.dump_python(kept, mode="json"),
    }


def alert_of(document: Document) -> KeptAlert:
    """The alert of a document."""
    return _ALERT.validate_python(document["kept"])


def mark_document(mark: Mark, stamp: str) -> Document:
    """A due mark; `stamp` is new at every change, so that it is deleted only as it was read."""
    return {"_id": mark.id, "stamp": stamp, **_MARK.dump_python(mark)}


def mark_of(document: Document) -> Mark:
    """The mark of a document."""
    return _MARK.validate_python(_plain(document))


def chunk_document(subscription: str, number: int, chunk: Chunk) -> Document:
    """One chunk of what was said to a subscription."""
    said = {key: _SAID.dump_python(one, mode="json") for key, one in chunk.items()}
    return {"_id": chunk_id(subscription, number), "said": said}


def chunk_id(subscription: str, number: int) -> str:
    """The identity of a chunk."""
    return f"{subscription}|{number}"


def chunk_of(document: Document) -> Chunk:
    """The chunk of a document."""
    return {key: _SAID.validate_python(one) for key, one in document["said"].items()}


def subscription_document(subscription: Subscription) -> Document:
    """A subscription; `scope_key` finds it while it is active."""
    document: Document = _SUBSCRIPTION.dump_python(subscription)
    active = {} if subscription.ended else {"scope_key": subscription.scope.key}
    return {"_id": document.pop("id"), **document, **active}


def subscription_of(document: Document) -> Subscription:
    """The subscription of a document."""
    return _SUBSCRIPTION.validate_python({**_plain(document), "id": document["_id"]})


def notification_document(record: NotificationRecord) -> Document:
    """A notification; `tries` is what attempts are compared and set by."""
    document: Document = _NOTIFICATION.dump_python(record)
    return {"_id": document.pop("id"), **document, "tries": len(record.attempts)}


def notification_of(document: Document) -> NotificationRecord:
    """The notification of a document."""
    return _NOTIFICATION.validate_python({**_plain(document), "id": document["_id"]})


def _plain(document: Document) -> Document:
    return {name: value for name, value in document.items() if not name.startswith("_")}
