"""Takes returns: reads a file, shows what it would change and whom that would reach, publishes it, keeps a receipt."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pymongo.errors import PyMongoError

from schemas.events import Event
from services.ingest.answers import problem
from services.ingest.domain.acceptance import Fault, Refusal, stamped
from services.ingest.domain.reported import events, fingerprint
from services.ingest.domain.returns.changes import as_at_instant
from services.ingest.domain.returns.choices import Reading
from services.ingest.domain.returns.effect import Effect, effect, to_foresee
from services.ingest.domain.returns.known import Before
from services.ingest.domain.returns.model import Choices
from services.ingest.domain.returns.names import slug_of
from services.ingest.domain.returns.proposal import Proposed
from services.ingest.domain.returns.propose import propose
from services.ingest.domain.returns.receipt import bindings, file_of, receipt, return_id, sent_before
from services.ingest.readers.process import FileReader
from services.ingest.returns.caller import Caller
from services.ingest.returns.elsewhere import Elsewhere, Seen
from services.ingest.returns.form import Form, Upload, no_file
from services.ingest.senders.log import EventLog
from services.ingest.store.drafts import Draft, DraftStore
from services.ingest.store.returns import ReturnStore
from services.kit.http import Problem, correlation_id
from services.kit.logs import logger
from services.kit.mongo import Document

log = logger(__name__)

Step = Literal["reading", "comparing", "publishing"]
"""What is done with a return, one after another."""

Tell = Callable[[Step], None]


def unheard(_: Step) -> None:
    """Tells nobody."""


MOST_TRIES = 5
"""Tries to remember a return while others of the same project are being remembered."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A return as it was understood; `seen` is today's plan, None where it is not known now."""

    id: str
    upload: Upload
    form: Form
    reading: Reading
    seen: Seen | None
    proposed: Proposed


@dataclass(frozen=True, slots=True)
class Published:
    """A return that was published: its receipt as stored, and its events."""

    receipt: Document
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class ReturnDesk:
    """Where returns are taken."""

    reader: FileReader
    elsewhere: Elsewhere
    returns: ReturnStore
    drafts: DraftStore
    events: EventLog
    clock: Callable[[], dt.datetime]

    async def sent(self, upload: Upload | None, form: Form) -> Upload:
        """The file that was sent, or kept earlier; raises a 422 problem where it is not kept any more."""
        if upload is not None:
            return upload
        kept = await self.drafts.find(form.department, form.draft or "")
        if kept is None:
            raise no_file("it is not kept any more: send it again")
        return Upload(kept.name, kept.content, form.draft)

    async def keep(self, upload: Upload, form: Form) -> str:
        """Keeps the file for a day; answers with the `draft` that may be sent in its place."""
        kept = Draft(upload.name, upload.content)
        return upload.draft or await self.drafts.keep(form.department, kept, self.clock())

    async def preview(self, upload: Upload, form: Form, caller: Caller, tell: Tell = unheard) -> Preview:
        """What the file would publish; nothing is written. Each step is told as it begins.

        Raises a 422 problem for what cannot be read, and 503 while too many files are being read.
        """
        tell("reading")
        known = {} if form.forget else await self.returns.choices(form.department)
        reading = await self.reader.read(upload.content, form.chosen(), known)
        tell("comparing")
        seen = await self.elsewhere.plan(form.plan, caller.token)
        identifier = return_id(reading.read, form.answers(), reading.choices, file_of(upload.name, upload.content))
        project = slug_of(form.project or reading.read.project)
        memory, _ = await self.returns.memory(form.plan, form.department, project)
        earlier = sent_before(await self.returns.receipt(identifier))
        before = Before(seen.milestones if seen else None, memory, earlier)
        proposed = await asyncio.to_thread(propose, reading.read, form.answers(), before)
        return Preview(identifier, upload, form, reading, seen, proposed)

    async def effect(self, preview: Preview, caller: Caller) -> Effect | None:
        """Whom it would reach; None where nobody can say now, or before there is an as-at date or a plan."""
        proposed, now = preview.proposed, self.clock()
        if proposed.as_at is None or preview.seen is None or preview.seen.plan is None:
            return None
        time = as_at_instant(proposed.as_at, now).isoformat()
        foreseen = await self.elsewhere.what_if(proposed.plan, to_foresee(proposed), time, caller.token)
        if foreseen is None:
            return None
        return effect(foreseen, await self.elsewhere.subscribers(foreseen["moved"], caller.token))

    def shown(self, preview: Preview) -> str:
        """What a page shows that would be published, for the form's `shown`."""
        return fingerprint(events(preview.proposed, self.clock())) if preview.proposed.as_at else ""

    async def publish(self, preview: Preview, caller: Caller) -> Published:
        """Publishes what is ready: events first, then what is remembered, and the receipt is finished last.

        Raises a 422 problem while project or as-at date are not confirmed or nothing is ready, 409 when it is not what
        its publisher was shown, and 503 when Kafka or the store does not answer: the same file sent again does no harm.
        """
        form, proposed = preview.form, preview.proposed
        require_confirmed(form, proposed)
        said = events(proposed, self.clock())
        if form.shown not in (None, fingerprint(said)):
            raise Problem(409, "Not published yet", "Your answers change what is published: see below, then publish")
        accepted = stamped(said, self.clock(), correlation_id())
        file = file_of(preview.upload.name, preview.upload.content)
        made = receipt(preview.id, proposed, accepted, file, caller.identity.departments)
        await self.returns.begin(made)
        await self.events.append(accepted)
        log.info("return accepted", plan=form.plan, department=form.department, rows=len(proposed.ready))
        try:
            await self._finish(preview)
        except PyMongoError as error:
            detail = (
                f"All is published, but receipt {preview.id} is unfinished: send the same file again, it does no harm"
            )
            raise Problem(503, "Receipt unfinished", detail, headers={"Retry-After": "5"}) from error
        return Published(made, tuple(accepted))

    async def _finish(self, preview: Preview) -> None:
        reading, form, now = preview.reading, preview.form, self.clock()
        await self._remember(preview.proposed, preview.id)
        if reading.read.layout and (form.forget or reading.choices != Choices()):
            await self.returns.choose(form.department, reading.read.layout, reading.choices, now)
        await self.returns.finish(preview.id, now)

    async def _remember(self, proposed: Proposed, identifier: str) -> None:
        where = (proposed.plan, proposed.department, slug_of(proposed.project))
        assert proposed.as_at is not None  # noqa: S101 - nothing is published without one
        for _ in range(MOST_TRIES):
            memory, version = await self.returns.memory(*where)
            after = memory.after(bindings(proposed, identifier), identifier, proposed.as_at)
            if after == memory or await self.returns.remember(*where, after, version):
                return
        raise Problem(503, "Receipt unfinished", "Others publish the same project now: send the same file again")


def require_confirmed(form: Form, proposed: Proposed) -> None:
    """Raises a 422 problem while project or as-at date are not confirmed, or no row can be published."""
    faults = [
        Fault(field, f"read from the file as {read}: confirm it by sending {field}={read}, or send another")
        for field, sent, read in (
            ("project", form.project, proposed.project),
            ("as_at", form.as_at, proposed.as_at),
        )
        if read and not sent
    ]
    if not faults and not proposed.ready:
        missing = [one for one in proposed.findings if one.kind == "refused" and one.field in ("project", "as_at")]
        faults = [Fault(one.field or "", one.message) for one in missing]
        faults = faults or [Fault("file", "no row can be published: see the findings in the preview")]
    if faults:
        raise problem(Refusal(422, "Not published", tuple(faults)))
