"""Every page of every service, and where to look at it; a new page without a visit fails a test."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.alerting.app import build as alerting
from services.alerting.settings import AlertingSettings
from services.ingest.app import build as ingest
from services.ingest.settings import IngestSettings
from services.kit.words import london_day
from services.plan_tracking.app import build as plan_tracking
from services.plan_tracking.settings import PlanTrackingSettings
from tests.browser.world import HOSTILE, HOSTILE_PLACE, LARGE, NAMES, World
from tests.deploy.test_proxy import INSIDE, doors
from tests.services.plan_tracking.towns import ALDERMOOR, JOBS, MOORSHIRE, RENEWAL, SLUG

TODAY = london_day(dt.datetime.now(dt.UTC))
PLANS = (RENEWAL, HOSTILE, LARGE)
HOSTILE_MISSION = "mission-img-src-x-onerror-alert-1"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page of a service, and the status that it answers with."""

    service: str
    path: str
    status: int = 200


VISITS: dict[str, tuple[Visit, ...]] = {
    "/": (Visit("plans", "/"), Visit("plans", "/?q=station"), Visit("plans", "/?q=%3Cimg"), Visit("plans", "/?q=zzz")),
    "/plans/{lead}/{slug}": (
        *(Visit("plans", f"/plans/{plan}") for plan in (*PLANS, JOBS)),
        Visit("plans", f"/plans/{RENEWAL}?group=state&range=year&sort=-slip&status=late"),
    ),
    "/plans/{lead}/{slug}/milestones/{milestone:path}": (
        Visit("plans", f"/plans/{RENEWAL}/milestones/dft/station"),
        Visit("plans", f"/plans/{RENEWAL}/milestones/dluhc/square"),
        *(Visit("plans", f"/plans/{HOSTILE}/milestones/dft/m-{number}") for number in (0, 1, 2, 3, len(NAMES) - 1)),
        Visit("plans", f"/plans/{LARGE}/milestones/dft/stage-151"),
        Visit("plans", f"/plans/{RENEWAL}/milestones/dft/nothing", 404),
    ),
    "/plans/{lead}/{slug}/board-pack": tuple(
        Visit("plans", f"/plans/{plan}/board-pack?from={TODAY}") for plan in (RENEWAL, HOSTILE)
    ),
    "/plans/{lead}/{slug}/compare": (
        *(Visit("plans", f"/plans/{plan}/compare?from={TODAY}") for plan in (RENEWAL, HOSTILE)),
        Visit("plans", f"/plans/{RENEWAL}/compare?from=never", 422),
    ),
    "/plans/{lead}/{slug}/what-if": (
        Visit("plans", f"/plans/{RENEWAL}/what-if"),
        Visit("plans", f"/plans/{RENEWAL}/what-if?milestone1=dft/station&forecast1=2027-12-01"),
        Visit("plans", f"/plans/{HOSTILE}/what-if?milestone1=dft/m-0&forecast1=2032-12-01"),
        Visit("plans", f"/plans/{RENEWAL}/what-if?milestone1=dft/station&forecast1=never", 422),
    ),
    "/plans/{lead}/{slug}/waiting": (
        Visit("plans", f"/plans/{RENEWAL}/waiting"),
        Visit("plans", f"/plans/{HOSTILE}/waiting"),
        Visit("plans", f"/plans/{JOBS}/waiting", 403),
    ),
    "/departments": (Visit("plans", "/departments"),),
    "/departments/{department}": (
        Visit("plans", "/departments/dft"),
        Visit("plans", "/departments/aldermoor-council"),
        Visit("plans", "/departments/nobody", 404),
    ),
    "/places": (Visit("plans", "/places"),),
    "/places/{gss}": tuple(Visit("plans", f"/places/{place}") for place in (ALDERMOOR, HOSTILE_PLACE, MOORSHIRE)),
    "/missions": (Visit("plans", "/missions"),),
    "/missions/{slug}": (Visit("plans", f"/missions/{SLUG}"), Visit("plans", f"/missions/{HOSTILE_MISSION}")),
    "/accessibility": (Visit("plans", "/accessibility"),),
    "/privacy": (Visit("plans", "/privacy"),),
    "/alerts": (
        Visit("alerts", "/alerts"),
        *(Visit("alerts", f"/alerts?plan={plan}") for plan in PLANS),
        Visit("alerts", "/alerts?plan=dluhc/nothing", 404),
    ),
    "/alerts/life": (Visit("alerts", f"/alerts/life?plan={HOSTILE}&about=dft/m-0&rule=slipped"),),
    "/alerts/answer": (Visit("alerts", f"/alerts/answer?plan={HOSTILE}&milestone=dft/m-0"),),
    "/alerts/answer/{token}": (Visit("alerts", "{answering}"), Visit("alerts", "/alerts/answer/x", 404)),
    "/subscriptions": (Visit("alerts", "/subscriptions"),),
    "/notifications": (Visit("alerts", "/notifications"),),
    "/sign-in": (Visit("ingest", "/sign-in"),),
    "/publish": (Visit("ingest", "/publish"),),
    "/publish/progress/{identifier}": (Visit("ingest", "/publish/progress/x", 404),),
    "/publish/receipts/{identifier}": (Visit("ingest", "{receipt}"),),
    "/publish/returns": (
        Visit("ingest", f"/publish/returns?plan={RENEWAL}"),
        Visit("ingest", f"/publish/returns?plan={HOSTILE}"),
        Visit("ingest", "/publish/returns?plan=dluhc/nothing", 404),
    ),
    "/publish/rejections": (Visit("ingest", "/publish/rejections"),),
    "/publish/rejections/{identifier}": (Visit("ingest", "{rejection}"),),
    "/subscriptions/leave/{token}": (Visit("alerts", "{leaving}"), Visit("alerts", "/subscriptions/leave/x", 404)),
    "/subscriptions/confirm/{token}": (
        Visit("alerts", "{confirming}"),
        Visit("alerts", "/subscriptions/confirm/x", 404),
    ),
}
"""Visits by route; what stands in braces is an address of the world's."""

DATA = {
    "/events",
    "/template",
    "/returns",
    "/returns/{identifier}",
    "/rejections",
    "/rejections/{identifier}",
    "/data",
    "/static",
    "/plans/{lead}/{slug}.csv",
    "/plans/{lead}/{slug}.ics",
    "/plans/{lead}/{slug}.json",
    "/plans/{lead}/{slug}.oc4ids.json",
    "/plans/{lead}/{slug}/board-pack.xlsx",
    "/plans/{lead}/{slug}/history.jsonl",
}
"""Doors that people do not read: files, and JSON outside /api."""


def addresses(world: World, *of: str) -> Iterator[tuple[str, Visit]]:
    """The address of each visit to these routes, or to all."""
    bases = {"plans": world.stack.plans, "ingest": world.stack.ingest, "alerts": world.stack.alerts}
    names = ("receipt", "rejection", "confirming", "leaving", "answering")
    made = {f"{{{name}}}": getattr(world, name) for name in names}
    for visit in (visit for route in of or VISITS for visit in VISITS[route]):
        yield bases[visit.service] + made.get(visit.path, visit.path), visit


async def routes() -> set[str]:
    """Every path of every service that answers GET, but for what is for the inside and for JSON under /api."""
    built: list[Any] = [
        await plan_tracking(PlanTrackingSettings()),
        await ingest(IngestSettings()),
        await alerting(AlertingSettings()),
    ]
    found = {path for one in built for path, methods in doors(one.app.routes) if "GET" in methods}
    return {path for path in found - INSIDE if not re.match(r"/api/", path)}
