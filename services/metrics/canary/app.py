"""Wires the canary: its rounds, and the receiver that it is told at."""

import httpx
from starlette.requests import Request
from starlette.responses import Response

from services.kit.clock import utc_now
from services.kit.http import application, read_body
from services.kit.identity import Sessions
from services.kit.metrics import registry
from services.kit.serve import Service
from services.metrics.canary.doors import Doors
from services.metrics.canary.measures import Measures
from services.metrics.canary.rounds import Rounds
from services.metrics.canary.settings import CanarySettings

MOST_BYTES = 1_000_000
TAKEN, GONE, LATER = 204, 410, 503


async def build(settings: CanarySettings) -> Service:
    """The canary, not yet working."""
    metrics = registry()
    http = httpx.AsyncClient(timeout=10, trust_env=False)
    doors = Doors(http, settings.ingest_url, settings.alerts_url, Sessions(settings.session_secret), utc_now)
    rounds = Rounds(doors, settings.canary_webhook, settings.canary_seconds, Measures(metrics))

    async def work() -> None:
        try:
            await rounds.run()
        finally:
            await rounds.close()
            await http.aclose()

    async def told(request: Request) -> Response:
        """Takes a webhook. A subscription of a canary that was killed is answered with 410, and so ended."""
        ours = rounds.hear(await read_body(request, MOST_BYTES), request.headers)
        return Response(status_code={True: TAKEN, False: GONE, None: LATER}[ours])

    app = application("Milepost canary", metrics)
    app.add_route("/told", told, methods=["POST"], include_in_schema=False)
    return Service(app, work, alive={"rounds": rounds.well}, ready={"rounds": rounds.working})
