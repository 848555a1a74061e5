"""Telling: due marks make subscriptions due; each that is due is told once, over all causes."""

import asyncio
import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass

from services.alerting.domain.compose import Composed
from services.alerting.domain.memory import Chunk
from services.alerting.domain.model import KeptAlert, Mark, NotificationRecord, Subscription, scopes_of
from services.alerting.measures import Measures
from services.alerting.store import Lost, Row, Store
from services.alerting.telling.gather import due_now, keep
from services.kit.logs import logger
from services.kit.mongo import Session, transaction

log = logger(__name__)

AT_ONCE = 8
"""Subscriptions that are composed for at the same time."""

LONGEST_POSTPONEMENT = 60.0

KEEP_SECONDS = 3.0
"""For keeping what was composed, the first time; twice as long at each further try."""


@dataclass
class Telling:
    """Works off due marks and due rows; several replicas may, for all of it is compare-and-set.

    `rows_bell` and `sending_bell` are set when there is work for the next step.
    """

    store: Store
    plans_url: str
    measures: Measures
    clock: Callable[[], dt.datetime]
    rows_bell: asyncio.Event
    sending_bell: asyncio.Event

    async def marks(self) -> None:
        """Makes the subscriptions due that the due marks concern."""
        for mark, stamp in await self.store.due_marks(self.clock()):
            alerts = await self._moved(mark)
            keys = {key for alert in alerts for key in scopes_of(alert)}
            listening = await self.store.listening(sorted(keys))
            wanted = [one.id for one in listening if any(one.scope.holds(a.alert) for a in alerts)]
            await self.store.make_due(wanted, mark.due)
            await self.store.delete_mark(mark, stamp)
            if wanted:
                self.rows_bell.set()

    async def _moved(self, mark: Mark) -> list[KeptAlert]:
        if mark.cause is None:
            return await self.store.firing(f"plan:{mark.plan}")
        return await self.store.marked(mark.id)

    async def rows(self) -> None:
        """Tells whoever is due."""
        rows = await self.store.due_rows(self.clock())
        self.measures.due_rows.set(len(rows))
        random.shuffle(rows)  # replicas begin at different ends
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_turn(row: Row) -> None:
            async with turns:
                await self._tell(row)

        await asyncio.gather(*(in_turn(row) for row in rows))
        self.measures.due_rows.set(0)

    async def _tell(self, row: Row) -> None:
        """Tells one subscriber; a failure postpones this one alone."""
        try:
            await self._compose(row)
        except Lost:
            log.debug("another replica was first", subscription=row.subscription)
        except Exception as error:
            wait = min(2.0**row.failures, LONGEST_POSTPONEMENT)
            log.error("composing failed", subscription=row.subscription, error=repr(error), wait_s=wait, exc_info=True)
            await self.store.postpone_row(row, self.clock() + dt.timedelta(seconds=wait))

    async def _compose(self, row: Row) -> None:
        subscription = await self.store.subscription(row.subscription)
        if subscription is None or subscription.ended:
            await self.store.delete_row(row)
            return
        chunks = await self.store.chunks(subscription)
        composed = await due_now(self.store, subscription, chunks, self.plans_url, self.clock())
        if composed is None:
            await self.store.delete_row(row)
            return
        record = await self._keep(row, subscription, chunks, composed)
        self.measures.composed.labels(record.kind).inc()
        log.info(
            "composed",
            notification=record.id,
            kind=record.kind,
            reasons=composed.reasons,
            correlation_id=record.correlationid,
        )
        self.sending_bell.set()

    async def _keep(
        self, row: Row, subscription: Subscription, chunks: list[Chunk], composed: Composed
    ) -> NotificationRecord:
        """One transaction: number, notification and what was said; then the row, for composed anew it says nothing."""
        now = self.clock()
        kept: list[NotificationRecord] = []

        async def work(session: Session) -> None:
            kept.append(await keep(self.store, session, subscription, chunks, composed, row.due, now))

        # A replica that was killed may hold the subscription until the store gives its transaction up: others must not
        # queue behind that one.
        async with asyncio.timeout(KEEP_SECONDS * 2**row.failures):
            await transaction(self.store.client, work)
        await self.store.delete_row(row)
        return kept[-1]
