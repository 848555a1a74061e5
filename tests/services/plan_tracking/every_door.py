"""Every door of plan-tracking with a request to each, so that what must hold of all of them is tried on all of them."""

import asyncio
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import httpx

from tests.services.plan_tracking.towns import ALDERMOOR, BRACKWATER, JOBS, RENEWAL, SLUG

PLAN = f"/plans/{RENEWAL}"
CHANGES = {"changes": [{"milestone": "dwp/centre", "forecast": "2027-12-01"}]}

GETS: dict[str, tuple[str, ...]] = {
    "/api/plans": ("/api/plans",),
    "/api/plans/{lead}/{slug}": (
        f"/api{PLAN}",
        f"/api{PLAN}?known_on=2026-11-25",
        f"/api{PLAN}?known_on=2026-11-28",
        f"/api/plans/{JOBS}",
        f"/api/plans/{JOBS}?known_on=2026-11-28",
    ),
    "/api/plans/{lead}/{slug}/milestones": (f"/api{PLAN}/milestones", f"/api/plans/{JOBS}/milestones?limit=1"),
    "/api/plans/{lead}/{slug}/milestones/{milestone:path}": (
        f"/api{PLAN}/milestones/dft/station",
        f"/api{PLAN}/milestones/dluhc/square",
        f"/api/plans/{JOBS}/milestones/dwp/centre",
    ),
    "/api/plans/{lead}/{slug}/history": (
        f"/api{PLAN}/history",
        f"/api{PLAN}/history?moves=true",
        f"/api{PLAN}/history?milestone=dft/station",
        f"/api/plans/{JOBS}/history?moves=true",
    ),
    "/api/plans/{lead}/{slug}/compare": (
        f"/api{PLAN}/compare?from=2026-11-25",
        f"/api{PLAN}/compare?from=2026-11-25&to=2026-11-27",
        f"/api/plans/{JOBS}/compare?from=2026-11-25",
    ),
    "/api/plans/{lead}/{slug}/stream": (f"/api{PLAN}/stream",),
    "/plans/{lead}/{slug}/board-pack.xlsx": (f"{PLAN}/board-pack.xlsx?from=2026-11-25",),
    "/plans/{lead}/{slug}/board-pack": (
        f"{PLAN}/board-pack?from=2026-11-25",
        f"/plans/{JOBS}/board-pack?from=2026-11-25",
    ),
    "/plans/{lead}/{slug}.csv": (f"{PLAN}.csv", f"/plans/{JOBS}.csv"),
    "/plans/{lead}/{slug}.ics": (f"{PLAN}.ics", f"/plans/{JOBS}.ics"),
    "/plans/{lead}/{slug}.oc4ids.json": (f"{PLAN}.oc4ids.json", f"/plans/{JOBS}.oc4ids.json"),
    "/plans/{lead}/{slug}.json": (f"{PLAN}.json", f"/plans/{JOBS}.json"),
    "/plans/{lead}/{slug}/history.jsonl": (f"{PLAN}/history.jsonl", f"/plans/{JOBS}/history.jsonl"),
    "/data": ("/data",),
    "/api/places": ("/api/places",),
    "/api/places/{gss}": (f"/api/places/{ALDERMOOR}", f"/api/places/{BRACKWATER}"),
    "/api/departments/{department}": ("/api/departments/dft", "/api/departments/dluhc", "/api/departments/dwp"),
    "/api/missions/{slug}": (f"/api/missions/{SLUG}",),
    "/departments": ("/departments",),
    "/departments/{department}": ("/departments/dft", "/departments/dluhc", "/departments/dwp"),
    "/places": ("/places",),
    "/places/{gss}": (f"/places/{ALDERMOOR}", f"/places/{BRACKWATER}"),
    "/missions": ("/missions",),
    "/missions/{slug}": (f"/missions/{SLUG}",),
    "/plans/{lead}/{slug}/waiting": (f"{PLAN}/waiting",),
    "/api/calendars": ("/api/calendars",),
    "/api/calendars/{name}": ("/api/calendars/scotland?from=2026&to=2027",),
    "/accessibility": ("/accessibility",),
    "/privacy": ("/privacy",),
    "/": ("/", "/?q=station"),
    "/plans/{lead}/{slug}/what-if": (f"{PLAN}/what-if", f"/plans/{JOBS}/what-if"),
    "/plans/{lead}/{slug}/compare": (f"{PLAN}/compare", f"/plans/{JOBS}/compare?from=2026-11-25"),
    "/plans/{lead}/{slug}": (PLAN, f"/plans/{JOBS}"),
    "/plans/{lead}/{slug}/milestones/{milestone:path}": (
        f"{PLAN}/milestones/dft/station",
        f"{PLAN}/milestones/dluhc/square",
        f"/plans/{JOBS}/milestones/dwp/centre",
    ),
}
"""Requests by route: of a plan that may be on hold or kept from the public, and of all that may speak of it."""

POSTS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "/api/plans/{lead}/{slug}/what-if": ((f"/api/plans/{JOBS}/what-if", CHANGES),),
    "/api/outcomes": (("/api/outcomes", {"source": "/dft/p6", "ids": ["e-1", "later"]}),),
}
APART = {
    "/openapi.json": "the schema",
    "/docs": "the schema",
    "/docs/oauth2-redirect": "the schema",
    "/redoc": "the schema",
    "/metrics": "the service's own",
    "/healthz": "the service's own",
    "/readyz": "the service's own",
    "/static": "files",
    "/api/outcomes": "needs the source's own key (test_outcomes)",
}
"""Routes that are not asked with GET, and why."""

PATHS = [path for paths in GETS.values() for path in paths]


def routes(of: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Method and path of every route among these, those too that stand in a router of their own."""
    for route in of:
        if hasattr(route, "original_router"):
            yield from routes(route.original_router.routes)
        else:
            methods = getattr(route, "methods", None) or {"GET"}
            yield from ((method, route.path) for method in methods - {"HEAD"})


async def body(http: httpx.AsyncClient, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """The status, and all that is sent: of a stream what comes first, of a workbook what is packed in it."""
    if path.endswith("/stream"):
        return await _first_event(http, path, headers)
    answer = await http.get(path, headers=dict(headers))
    if not answer.content.startswith(b"PK"):
        return answer.status_code, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return answer.status_code, "".join(packed.read(name).decode() for name in packed.namelist())


async def _first_event(http: httpx.AsyncClient, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """Reads a stream until the first event or comment, and goes."""
    status, sent, enough = 0, b"", asyncio.Event()

    async def receive() -> dict[str, Any]:
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal status, sent
        status, sent = message.get("status", status), sent + message.get("body", b"")
        if sent:
            enough.set()

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    transport = http._transport
    assert isinstance(transport, httpx.ASGITransport)
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
    more = {"headers": raw, "scheme": "http", "server": ("plans", 80), "client": ("127.0.0.1", 1), "root_path": ""}
    async with asyncio.timeout(20):
        await transport.app({**scope, **more, "http_version": "1.1", "asgi": {"version": "3.0"}}, receive, send)
    return status, sent.decode()
