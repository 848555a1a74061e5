"""A fault of ours, in each of the four services as it is wired: an answer like any other, and never a bare one."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from services.alerting.app import build as alerting
from services.alerting.settings import AlertingSettings
from services.ingest.app import build as ingest
from services.ingest.settings import IngestSettings
from services.kit.http import CORRELATION
from services.kit.serve import Service
from services.kit.web import HEADERS
from services.metrics.app import build as metrics
from services.metrics.settings import MetricsSettings
from services.plan_tracking.app import build as plan_tracking
from services.plan_tracking.settings import PlanTrackingSettings

Build = Callable[[], Awaitable[Service]]

BUILDS: dict[str, Build] = {
    "ingest": lambda: ingest(IngestSettings()),
    "plan_tracking": lambda: plan_tracking(PlanTrackingSettings()),
    "alerting": lambda: alerting(AlertingSettings()),
    "metrics": lambda: metrics(MetricsSettings()),
}


async def broken(_: Request) -> Response:
    """What nobody has thought of."""
    raise ZeroDivisionError("the secret number is 7")


async def answer(build: Build, accept: str) -> httpx.Response:
    """What a service answers when something in it breaks."""
    service = await build()
    service.app.add_route("/broken", broken)
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
        return await http.get("/broken", headers={"accept": accept, CORRELATION: "call-7"})


@pytest.mark.parametrize("name", BUILDS)
async def test_a_fault_is_a_problem_with_every_header_and_without_its_reason(name: str) -> None:
    """The security headers, and the correlation id by which it is found in the log."""
    found = await answer(BUILDS[name], "application/json")
    assert (found.status_code, found.headers["content-type"]) == (500, "application/problem+json")
    assert {header: found.headers[header] for header in HEADERS} == HEADERS
    assert found.headers[CORRELATION] == found.json()["correlation_id"] == "call-7"
    assert "secret" not in found.text


@pytest.mark.parametrize("name", [name for name in BUILDS if name != "metrics"])
async def test_a_reader_of_pages_gets_a_page(name: str) -> None:
    """It has nothing that could be corrected, and says so by not asking for it."""
    found = await answer(BUILDS[name], "text/html")
    assert (found.status_code, found.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "A fault of ours" in found.text
    assert "Go back" not in found.text
    assert {header: found.headers[header] for header in HEADERS} == HEADERS


async def test_a_fault_is_raised_for_the_log_and_counted_by_its_route() -> None:
    """Answered is not forgotten."""
    service = await BUILDS["metrics"]()
    service.app.get("/broken")(broken)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url="http://here") as http:
        with pytest.raises(ZeroDivisionError):
            await http.get("/broken")
        counted = (await http.get("/metrics")).text
    assert 'milepost_http_request_duration_seconds_count{method="GET",route="/broken",status="500"} 1.0' in counted
