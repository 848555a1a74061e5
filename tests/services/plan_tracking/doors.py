"""The JSON doors over a real store, and what was said into it as the stream would write it."""

import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from schemas.events import LogRecord
from services.kit.http import application
from services.kit.identity import Identities, Sessions
from services.kit.metrics import registry
from services.kit.mongo import Database, Session, transaction
from services.kit.web import Site, install
from services.plan_tracking.api import PlanApi
from services.plan_tracking.domain.model import Entry
from services.plan_tracking.domain.places import Places
from services.plan_tracking.doors import doors as showing
from services.plan_tracking.exports import Licence
from services.plan_tracking.followers import Followers
from services.plan_tracking.pages import TEMPLATES, pages
from services.plan_tracking.past import Past
from services.plan_tracking.store import Store
from services.plan_tracking.stream.cache import Networks
from services.plan_tracking.stream.changes import changes
from services.plan_tracking.viewer import Viewers
from services.plan_tracking.views import Views
from tests.events import NOON, PLAN

SESSIONS = Sessions("tests only")
LICENCE = Licence("Open Licence", "https://example.org/licence")
NOWHERE = Places()


async def said(store: Store, records: Sequence[LogRecord], offset: int = 0, plan: str = PLAN) -> None:
    """Folds records of one plan into the store."""
    entries = [Entry(offset + number, record) for number, record in enumerate(records)]
    [change] = await changes(store, Networks(store), {plan: entries})

    async def work(session: Session) -> None:
        await store.write(session, {name: list(docs) for name, docs in change.writes.items()}, [])

    await transaction(store.client, work)


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every document of a database, by collection."""
    names = await database.list_collection_names()
    return {name: await database[name].find({}).sort("_id", 1).to_list(None) for name in sorted(names)}


@contextlib.asynccontextmanager
async def doors(store: Store, clock: dt.datetime = NOON, places: Places = NOWHERE) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the doors, at NOON unless said otherwise."""
    async with httpx.AsyncClient(base_url="http://nowhere.invalid") as ingest:
        app = application("plans", registry())
        viewers = Viewers(store, Past(store), Identities(SESSIONS, ingest), lambda: clock)
        app.include_router(PlanApi(viewers).router())
        site = Site(TEMPLATES)
        app.include_router(showing(viewers, Views(places), Followers(store), site, LICENCE, "https://milepost.example"))
        app.include_router(pages(viewers, Views(places), site))
        install(app, site)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://plans") as client:
            yield client


def key(*departments: str) -> dict[str, str]:
    """The header of a caller that speaks for these departments."""
    return {"Authorization": f"Bearer {SESSIONS.issue(departments)}"}
