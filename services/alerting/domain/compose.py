"""Composing: everything that one subscriber hears now, as one notification sectioned by cause."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from schemas.alerts import Kind, NotificationData, Rhythm, Told, ToldOfCause
from schemas.states import Node
from schemas.topics import milestone_key
from services.alerting.domain.ends import in_words
from services.alerting.domain.model import Said
from services.alerting.domain.rules.every import OF_DATES
from services.alerting.domain.rules.needs import States
from services.alerting.domain.select import Item, kind_of
from services.alerting.domain.speaking import Why
from services.alerting.domain.view import View

MOST_TOLD = 1_000
"""Milestones that one notification names; what is over is counted."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A notification, and what is remembered as said by it.

    `titles` names the milestones of every path, by milestone key; `thread` is the notification that it takes up.
    """

    data: NotificationData
    said: dict[str, Said | None]
    titles: dict[str, str]
    correlationid: str | None
    reasons: dict[str, int] = field(default_factory=dict)
    thread: str | None = None

    def said_in(self, notification: str) -> dict[str, Said | None]:
        """What is remembered of it: what nobody took up before is told first by this notification."""
        return {k: replace(one, thread=one.thread or notification) if one else None for k, one in self.said.items()}


def nodes_to_show(items: Sequence[Item]) -> set[Node]:
    """The milestones whose states `compose` needs: of what it names, and of slips that are over."""
    over = {item.kept.own for item in items if item.ended and item.kept.symptom == "late"}
    return over | {n for item in items[:MOST_TOLD] for n in (*item.kept.path, item.kept.alert.cause)}


def compose(
    items: list[Item], view: View, plans_url: str, *, kind: Kind | None = None, rhythm: Rhythm = "at_once"
) -> Composed | None:
    """The notification of these items; None when there is nothing to say. The view has the states `nodes_to_show`."""
    if not items:
        return None
    told = items[:MOST_TOLD]
    by_cause: dict[Node, list[Item]] = defaultdict(list)
    for item in told:
        by_cause[item.kept.alert.cause].append(item)
    data = NotificationData(
        kind=kind or kind_of(items),
        rhythm=rhythm,
        links=_links(told, plans_url),
        causes=tuple(
            ToldOfCause(cause=view.cause(cause), moved=tuple(_told(item, view) for item in own))
            for cause, own in by_cause.items()
        ),
        more=len(items) - len(told),
    )
    return Composed(
        data,
        said={item.kept.key: saying(item, view.states) for item in items},
        titles=view.titles(node for item in told for node in _path(item)),
        correlationid=next((item.kept.correlationid for item in told if item.kept.correlationid), None),
        thread=next((item.before.thread for item in told if item.before and item.before.thread), None),
        reasons={why.name.lower(): sum(item.why is why for item in items) for why in Why if why.speaks},
    )


def saying(item: Item, states: States) -> Said | None:
    """What is remembered when the item has been told; None when there is nothing more to compare with.

    After the end of a slip that is still a slip, what was told remains: a date that swings about the tolerance is not
    told again and again.
    """
    kept, thread = item.kept, item.before.thread if item.before else None
    if kept.firing:
        return Said(kept.alert.days, kept.projected, kept.alert.cause, thread=thread, newest=kept.newest)
    state = states.get(milestone_key(kept.alert.plan, kept.alert.milestone))
    still_open = state is not None and state.lifecycle == "open" and state.listed
    if kept.symptom == "late" and still_open and (kept.slip or 0) > 0:
        return Said(kept.slip or 0, kept.projected, kept.alert.cause, item.ended, thread)
    return None


def _links(items: Iterable[Item], plans_url: str) -> dict[str, str]:
    """The plan's page under `plan`; of several plans the first there, and each under its own name.

    What is of no plan has its page under `rejections`: that of what was refused.
    """
    found = list(items)
    plans = list(dict.fromkeys(item.kept.plan for item in found if item.kept.plan))
    urls = {plan: f"{plans_url.rstrip('/')}/plans/{plan}" for plan in plans}
    refused = [item.kept.page for item in found if item.kept.page]
    first = {"plan": urls[plans[0]]} if plans else {}
    return first | (urls if len(plans) > 1 else {}) | ({"rejections": refused[0]} if refused else {})


def _told(item: Item, view: View) -> Told:
    kept, alert = item.kept, item.kept.alert
    before, days = _moved(item)
    return Told(
        plan=kept.plan,
        milestone=alert.milestone,
        title=kept.title,
        department=kept.department,
        rule=alert.rule,
        from_=before,
        to=kept.projected,
        days=days,
        against_baseline=kept.slip,
        path=tuple(map(view.shown, _path(item))),
        ended=item.ended,
        reason=in_words(item.ended, kept.symptom) if item.ended else view.reason(kept),
        yours=bool(alert.about or not kept.plan) and kept.department in view.departments,
    )


def _moved(item: Item) -> tuple[dt.date | None, int]:
    """The date that it moved from, and the days by which it did; of what is no slip, the days that it has been so."""
    kept = item.kept
    if kept.firing and kept.symptom != "late":
        return kept.declared if kept.symptom == "overdue" else None, kept.alert.days
    if kept.symptom not in OF_DATES:
        return None, 0
    before = item.before.to if item.before else kept.baseline
    return before, (kept.projected - before).days if kept.projected and before else 0


def _path(item: Item) -> tuple[Node, ...]:
    """The chain from the cause; of what a milestone suffers or ended by itself, the milestone alone."""
    kept = item.kept
    if not kept.alert.milestone:
        return ()
    return (kept.own,) if kept.alert.cause == kept.own else kept.path
