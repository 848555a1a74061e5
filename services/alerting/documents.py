"""Documents: how alerting's values are kept in Mongo, and read back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from schemas.names import owner
from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.alerting.domain.levels import keys_of
from services.alerting.domain.memory import Chunk
from services.alerting.domain.model import KeptAlert, Mark, NotificationRecord, Said, mark_id
from services.alerting.domain.rules.every import OF_DATES
from services.alerting.domain.rules.needs import needs_engagement
from services.alerting.domain.scopes import found_under, mission_slug
from services.alerting.domain.subscriptions import Subscription
from services.kit.mongo import Document

_ALERT = TypeAdapter(KeptAlert)
_MARK = TypeAdapter(Mark)
_SAID = TypeAdapter(Said)
_SUBSCRIPTION = TypeAdapter(Subscription)
_NOTIFICATION = TypeAdapter(NotificationRecord)


@dataclass(frozen=True, slots=True)
class Judged:
    """A milestone's state, the version of the rules that judged it, the alerts that fire, and when it is judged again.

    `rules` is None of a state that was stored before rules had versions.
    """

    state: MilestoneState
    rules: str | None
    firing: Sequence[str]
    wakes: dt.date | None = None


@dataclass(frozen=True, slots=True)
class JudgedPlan:
    """A plan's state, and how it was judged: `rules` is "" before any judged it; `known` counts as told to everybody.

    `silent` says whether a department is.
    """

    plan: PlanState
    rules: str | None
    firing: Sequence[str]
    known: bool = False
    silent: bool = False
    wakes: dt.date | None = None


def state_id(state: MilestoneState) -> str:
    """The identity of a milestone's state."""
    return milestone_key(state.plan, state.milestone)


def day_of(day: dt.date | None) -> str | None:
    """A date as it is kept, so that dates can be compared."""
    return day.isoformat() if day else None


def state_document(judged: Judged) -> Document:
    """A milestone's state. `engaged` names what a delivery that was met needs: its rule looks there.

    `awaits` has the departments, in their plans, that an open milestone of another waits for.
    """
    needs = judged.state.needs if needs_engagement(judged.state) else ()
    awaits = {awaited_key(need.plan, owner(need.milestone)) for need in judged.state.needs}
    own = awaited_key(judged.state.plan, judged.state.department)
    return {
        "_id": state_id(judged.state),
        "version": judged.state.version,
        "engaged": [milestone_key(need.plan, need.milestone) for need in needs],
        "awaits": sorted(awaits - {own}) if judged.state.lifecycle == "open" else [],
        "state": judged.state.model_dump(mode="json"),
        **judgement(judged),
    }


def awaited_key(plan: str, department: str) -> str:
    """A department in a plan, as one name."""
    return f"{plan}|{department}"


def judgement(judged: Judged | JudgedPlan) -> Document:
    """How a state was judged."""
    return {"rules": judged.rules, "firing": list(judged.firing), "wakes": day_of(judged.wakes)}


def judged_of(document: Document) -> Judged:
    """The state of a document, with how it was judged."""
    state = MilestoneState.model_validate(document["state"])
    return Judged(state, document.get("rules"), document.get("firing", keys_of(state, OF_DATES)))


def plan_fields(state: PlanState) -> Document:
    """What a newer state of a plan changes; how it was judged stays."""
    return {
        "version": state.version,
        "mission": mission_slug(state.mission),
        "places": [place.code for place in state.places],
        "state": state.model_dump(mode="json"),
    }


def judged_plan_of(document: Document) -> JudgedPlan:
    """The plan of a document, with how it was judged."""
    plan, known = PlanState.model_validate(document["state"]), document.get("known", False)
    return JudgedPlan(plan, document.get("rules"), document.get("firing", ()), known)


def alert_document(kept: KeptAlert) -> Document:
    """An alert. `firing` has the keys of the scopes under which it is found while it fires; `mark` its due mark."""
    return {
        "_id": kept.key,
        "firing": list(found_under(kept)) if kept.firing else [],
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


def subscription_in(chunk_id: str) -> str:
    """The subscription whose chunk it is."""
    return chunk_id.rpartition("|")[0]


def chunk_of(document: Document) -> Chunk:
    """The chunk of a document."""
    return {key: _SAID.validate_python(one) for key, one in document["said"].items()}


def subscription_document(subscription: Subscription) -> Document:
    """A subscription; `scope_key` has the keys under which it is found while it is active."""
    document: Document = _SUBSCRIPTION.dump_python(subscription)
    document["counted_on"] = day_of(subscription.counted_on)
    active = {"scope_key": list(subscription.scope.keys)} if subscription.state == "active" else {}
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
