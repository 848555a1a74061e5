"""Sending: claims what is to be sent, makes one attempt, and records what came of it."""

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.alerting.domain.attempts import Following, Outcome, following
from services.alerting.domain.circuit import Circuit
from services.alerting.domain.model import Attempt, Channel, NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.measures import Measures
from services.alerting.senders import Sender
from services.alerting.store import Store
from services.kit.logs import logger

log = logger(__name__)

AT_ONCE = 256
"""Attempts at the same time; those to one destination are fewer (domain/circuit.py)."""

LEASE = dt.timedelta(seconds=60)
"""An attempt whose process died is repeated after this; longer than any attempt takes."""

LAST_WORDS = 6.0
"""Seconds that running attempts are given when the service stops."""


@dataclass
class Sending:
    """The attempts of this replica. `schedule` has the seconds to wait after each failed attempt."""

    store: Store
    senders: Mapping[Channel, Sender]
    schedule: Sequence[float]
    measures: Measures
    clock: Callable[[], dt.datetime]
    bell: asyncio.Event
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    busy: Counter[str] = field(default_factory=Counter)
    circuits: dict[str, Circuit] = field(default_factory=dict)

    async def step(self) -> None:
        """Starts what can be started now; whatever ends rings for the next step."""
        now = self.clock()
        resting = [name for name, circuit in self.circuits.items() if not circuit.admits(now)]
        for identifier, destination in await self.store.notifications.to_send(now, resting):
            if len(self.running) >= AT_ONCE:
                return
            if identifier not in self.running and self.busy[destination] < self._admits(destination, now):
                self._start(identifier, destination)

    def _admits(self, destination: str, now: dt.datetime) -> int:
        return self.circuits.get(destination, Circuit()).admits(now)

    def _start(self, identifier: str, destination: str) -> None:
        task = asyncio.create_task(self._attempt(identifier))
        self.running[identifier] = task
        self.busy[destination] += 1

        def ended(_: asyncio.Task[None]) -> None:
            del self.running[identifier]
            self.busy[destination] -= 1
            self.busy += Counter()  # forgets destinations at rest
            self.bell.set()

        task.add_done_callback(ended)

    async def close(self) -> None:
        """Lets running attempts end, for a while."""
        if self.running:
            _, late = await asyncio.wait(self.running.values(), timeout=LAST_WORDS)
            for task in late:
                task.cancel()

    async def _attempt(self, identifier: str) -> None:
        """One attempt; a fault of ours leaves the notification claimed, so that it is tried again after the lease."""
        try:
            claimed = await self.claim(identifier)
            if claimed:
                await self._deliver(*claimed)
        except Exception as error:
            log.error("attempt failed by a fault of ours", notification=identifier, error=repr(error), exc_info=True)

    async def claim(self, identifier: str) -> tuple[NotificationRecord, Subscription] | None:
        """The notification with a fresh attempt, ours alone; None when there is nothing to send (any more)."""
        found = await self.store.notifications.find([identifier])
        subscription = await self.store.subscriptions.find(found[0].subscription) if found else None
        if not found or found[0].next is None or found[0].next > self.clock():
            return None
        record = found[0]
        if subscription is None or subscription.ended or self._lost(record):
            await self._finish(record, subscription)
            return None
        now = self.clock()
        claimed = replace(record, attempts=(*record.attempts, Attempt(now, "started")), next=now + LEASE)
        return (claimed, subscription) if await self.store.notifications.change(record, claimed) else None

    def _lost(self, record: NotificationRecord) -> bool:
        """Whether the last attempt of the schedule was never heard of again."""
        return len(record.attempts) > len(self.schedule) and record.attempts[-1].result == "started"

    async def _finish(self, record: NotificationRecord, subscription: Subscription | None) -> None:
        """Nothing is left to do: nobody is subscribed any more, or the last attempt was never heard of again."""
        gone = subscription is None or subscription.ended
        ended = replace(record, state="stopped" if gone else "undelivered", next=None)
        if await self.store.notifications.change(record, ended) and not gone:
            self.measures.undelivered.labels(record.channel).inc()

    async def _deliver(self, record: NotificationRecord, subscription: Subscription) -> None:
        outcome = await self.senders[record.channel].send(record, subscription)
        now = self.clock()
        after = following(outcome, len(record.attempts), self.schedule, random.random(), now)  # noqa: S311 - jitter
        self._learn(record.destination, outcome, now)
        if after.ends_subscription:
            await self.store.subscriptions.end(subscription.id, after.ends_subscription)
        if outcome.result == "bounced" or (outcome.result == "delivered" and subscription.bounces):
            await self.store.subscriptions.mark_bounces(subscription, outcome.result == "bounced")
        attempt = replace(record.attempts[-1], result=outcome.result, answer=outcome.answer)
        told = replace(record, attempts=(*record.attempts[:-1], attempt), state=after.state, next=after.next)
        if not await self.store.notifications.change(record, told):
            log.warning("another attempt has begun meanwhile", notification=record.id)
        self._measure(record, outcome, after, now)

    def _learn(self, destination: str, outcome: Outcome, now: dt.datetime) -> None:
        """What an outcome says of the whole destination; one that answers is forgotten."""
        learnt = self.circuits.pop(destination, Circuit()).after(outcome.result, now)
        if learnt.failures:
            self.circuits[destination] = learnt

    def _measure(self, record: NotificationRecord, outcome: Outcome, after: Following, now: dt.datetime) -> None:
        self.measures.attempts.labels(record.channel, outcome.result).inc()
        if after.state == "sent":
            self.measures.told_seconds.labels(record.channel).observe((now - record.due).total_seconds())
        if after.state == "undelivered" or outcome.result in ("refused", "bounced"):
            self.measures.undelivered.labels(record.channel).inc()
        log.info(
            "sent" if after.state == "sent" else "not sent",
            notification=record.id,
            attempt=len(record.attempts),
            outcome=outcome.result,
            state=after.state,
            correlation_id=record.correlationid,
        )
