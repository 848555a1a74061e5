"""Telling: due marks make subscriptions due; each that is due is told once, over all causes."""

import asyncio
import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass

from schemas.alerts import Rhythm
from services.alerting.domain.compose import Composed
from services.alerting.domain.due import LONGEST
from services.alerting.domain.matching import by_key, matching, quickest
from services.alerting.domain.memory import Chunk
from services.alerting.domain.model import KeptAlert, Mark, NotificationRecord
from services.alerting.domain.rhythm import telling
from services.alerting.domain.subscriptions import Subscription
from services.alerting.domain.waiting import Bursts, earliest, left, waits
from services.alerting.measures import Measures
from services.alerting.store import Store
from services.alerting.store.queue import LONGEST_POSTPONEMENT, Due, Row
from services.alerting.store.subscriptions import Lost
from services.alerting.telling.gather import due_now, keep
from services.kit.logs import logger
from services.kit.mongo import Session, transaction

log = logger(__name__)

AT_ONCE = 8
"""Subscriptions that are composed for at the same time."""

KEEP_SECONDS = 3.0
"""For keeping what was composed, the first time; twice as long at each further try."""

MOST_DOUBLED = 6
"""Failures after which no wait grows: a row may fail for days."""


@dataclass
class Telling:
    """Works off due marks and due rows; several replicas may, for all of it is compare-and-set.

    `rows_bell` and `sending_bell` are set when there is work for the next step; at most `most_a_day` messages a day are
    sent to a subscriber before its daily digest.
    """

    store: Store
    plans_url: str
    most_a_day: int
    measures: Measures
    clock: Callable[[], dt.datetime]
    rows_bell: asyncio.Event
    sending_bell: asyncio.Event

    async def marks(self) -> None:
        """Makes the subscriptions due that the due marks concern."""
        for mark, stamp in await self.store.queue.due_marks(self.clock()):
            plan = (await self.store.states.plans([mark.plan])).get(mark.plan)
            alerts = by_key(await self._moved(mark), plan)
            wanted = matching(alerts, await self.store.subscriptions.listening(alerts))
            await self.store.queue.make_due([_due(mark, one, quickest(one, alerts, plan)) for one in wanted])
            await self.store.queue.delete_mark(mark, stamp)
            if wanted:
                self.rows_bell.set()

    async def _moved(self, mark: Mark) -> list[KeptAlert]:
        if mark.cause is None:
            return await self.store.alerts.firing([f"plan:{mark.plan}"])
        return await self.store.alerts.marked(mark.id)

    async def rows(self) -> None:
        """Tells whoever is due."""
        rows = await self.store.queue.due_rows(self.clock())
        random.shuffle(rows)  # replicas begin at different ends
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_turn(row: Row) -> None:
            async with turns:
                await self._tell(row)

        await asyncio.gather(*(in_turn(row) for row in rows))

    async def overdue(self) -> None:
        """Counts whoever should have been told by now."""
        self.measures.due_rows.set(await self.store.queue.overdue(self.clock()))

    async def _tell(self, row: Row) -> None:
        """Tells one subscriber; a failure postpones this one alone."""
        try:
            await self._compose(row)
        except Lost:
            log.debug("another replica was first", subscription=row.subscription)
        except Exception as error:
            wait = min(2.0 ** min(row.failures, MOST_DOUBLED), LONGEST_POSTPONEMENT.total_seconds())
            log.error("composing failed", subscription=row.subscription, error=repr(error), wait_s=wait, exc_info=True)
            await self.store.queue.postpone(row, self.clock() + dt.timedelta(seconds=wait))

    async def _compose(self, row: Row) -> None:
        subscription = await self.store.subscriptions.find(row.subscription)
        if subscription is None or subscription.ended:
            await self.store.queue.settle(row, {})
            return
        now = self.clock()
        bursts = Bursts((await self.store.queue.bursts(row.requests)).values(), row.latest)
        if wait := waits(row.due, subscription, bursts, self.most_a_day, now):
            log.debug("not told yet", subscription=subscription.id, why=wait.why)
            await self.store.queue.hold(row, wait)
            return
        await self._say(row, subscription, now)

    async def _say(self, row: Row, subscription: Subscription, now: dt.datetime) -> None:
        chunks = await self.store.subscriptions.chunks(subscription)
        rhythm = telling(row.due, now) or "at_once"
        found = await due_now(self.store, subscription, chunks, rhythm, self.plans_url, now)
        rest = left(row.due, found.later, subscription, now)
        if found.silent_until:
            rest = earliest([rest, {"at_once": subscription.hours.after_day(found.silent_until)}])
        if found.composed is None:
            await self.store.queue.settle(row, rest)
            return
        record = await self._keep(row, subscription, chunks, found.composed)
        await self.store.queue.settle(row, rest)
        self.measures.composed.labels(record.kind).inc()
        log.info(
            "composed",
            notification=record.id,
            kind=record.kind,
            reasons=found.composed.reasons,
            correlation_id=record.correlationid,
        )
        self.sending_bell.set()

    async def _keep(
        self, row: Row, subscription: Subscription, chunks: list[Chunk], composed: Composed
    ) -> NotificationRecord:
        """One transaction: number, notification, what was said; the row is left, for composed anew it says nothing."""
        now = self.clock()
        kept: list[NotificationRecord] = []

        async def work(session: Session) -> None:
            kept.append(await keep(self.store, session, subscription, chunks, composed, min(row.due.values()), now))

        # A replica that was killed may hold the subscription until the store gives its transaction up: others must not
        # queue behind that one.
        async with asyncio.timeout(KEEP_SECONDS * 2 ** min(row.failures, MOST_DOUBLED)):
            async with self.store.sessions.one() as session:
                await transaction(self.store.client, work, session)
        return kept[-1]


def _due(mark: Mark, one: Subscription, rhythm: Rhythm) -> Due:
    """When a mark makes a subscription due that tells in this rhythm."""
    return Due(one.id, one.hours.next(rhythm, mark.due), rhythm, mark.first + LONGEST, mark.request)
