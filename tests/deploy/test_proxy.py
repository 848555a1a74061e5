"""One origin: a real nginx sends every door of every service to its own service, and shows nothing else."""

import contextlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from deploy.local.ports import HOST, free_base
from deploy.local.process import Process
from services.alerting.app import build as alerting
from services.alerting.settings import AlertingSettings
from services.ingest.app import build as ingest
from services.ingest.settings import IngestSettings
from services.plan_tracking.app import build as plan_tracking
from services.plan_tracking.settings import PlanTrackingSettings
from tests.deploy.images import documents, folder
from tests.flow.publisher import until

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
INSIDE = {"/metrics", "/healthz", "/readyz", "/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}
"""What each service has for itself, under the same names."""


def named(name: str) -> ThreadingHTTPServer:
    """A server that answers whatever it is asked with its name, and with what the proxy told it."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            told = self.headers.get("x-forwarded-proto", "")
            body = f"{name} {self.path} {self.headers['host']} {told}".encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815 - the standard library's names

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return ThreadingHTTPServer((HOST, 0), Answer)


@contextlib.contextmanager
def serving(*names: str) -> Iterator[dict[str, int]]:
    """Such servers, and the port of each."""
    servers = {name: named(name) for name in names}
    for server in servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {name: server.server_port for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def origin(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """nginx with the deployment's own file; only addresses and temporary paths are this machine's."""
    if PROGRAM is None:
        pytest.skip("nginx is not installed")
    directory, port = tmp_path_factory.mktemp("proxy"), free_base(1)
    with serving("plan-tracking", "ingest", "alerting") as ports:
        text = (folder("proxy") / "nginx.conf").read_text()
        text = re.sub(r"http://([a-z-]+):\d+;", lambda found: f"http://{HOST}:{ports[found[1]]};", text)
        config = directory / "nginx.conf"
        config.write_text(text.replace("/tmp/", f"{directory}/").replace("listen 8080", f"listen {HOST}:{port}"))
        process = await started(PROGRAM, config, directory)
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:

            async def well() -> bool:
                with contextlib.suppress(httpx.ConnectError):
                    return (await client.get("/proxy/healthz")).status_code == 200
                return False

            await until(well, bool)
            yield client
        await process.stop()


async def started(program: str, config: Path, directory: Path) -> Process:
    """nginx in the foreground; its file must be one that it takes."""
    tried = subprocess.run(
        [program, "-t", "-q", "-c", str(config), "-p", str(directory)], capture_output=True, text=True
    )
    assert tried.returncode == 0, tried.stderr
    own = "user root; " if os.geteuid() == 0 else ""  # else its workers could not write to our folder
    command = [program, "-c", str(config), "-p", str(directory), "-g", f"{own}daemon off;"]
    return await Process.start("nginx", command, log=directory / "log")


def doors(routes: list[Any], prefix: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every path of an application and its methods, those of included routers too."""
    for route in routes:
        if included := getattr(route, "original_router", None):
            yield from doors(included.routes, prefix + route.include_context.prefix)
        else:
            yield prefix + route.path, getattr(route, "methods", None) or {"GET"}


async def all_doors() -> list[tuple[str, str, str]]:
    """Service, method and path of every door for people and programs, parameters filled in."""
    built = {
        "plan-tracking": await plan_tracking(PlanTrackingSettings()),
        "ingest": await ingest(IngestSettings()),
        "alerting": await alerting(AlertingSettings()),
    }
    found = [
        (name, method, re.sub(r"\{[^}]*\}", "dft", path) + ("/milepost.css" if path == "/static" else ""))
        for name, service in built.items()
        for path, methods in doors(service.app.routes)
        for method in methods
        if path not in INSIDE
    ]
    return [one for one in found if one[2] != "/static/milepost.css" or one[0] == "plan-tracking"]


async def test_every_door_of_every_service_is_reached(origin: httpx.AsyncClient) -> None:
    """A new route that no prefix covers, or another service's does, fails here; what was asked arrives as it was."""
    found = await all_doors()
    assert len(found) > 25
    for name, method, path in found:
        answer = await origin.request(method, f"{path}?known_on=2026-11-25")
        assert answer.status_code == 200, (name, method, path)
        if method != "HEAD":
            assert answer.text.split()[:2] == [name, f"{path}?known_on=2026-11-25"]


@pytest.mark.parametrize("path", [*sorted(INSIDE), "/eventsx", "/api", "/api/else", "/.env"])
async def test_what_is_for_the_inside_is_not_there(origin: httpx.AsyncClient, path: str) -> None:
    """Metrics and health are for those who run it."""
    assert (await origin.get(path)).status_code == 404


async def test_services_learn_how_they_were_asked(origin: httpx.AsyncClient) -> None:
    """The host that people see, and https where TLS ends in front of the proxy."""
    told = await origin.get("/", headers={"host": "milepost.example", "x-forwarded-proto": "https"})
    assert told.text.split()[2:] == ["milepost.example", "https"]
    assert (await origin.get("/")).text.split()[3] == "http"


async def test_a_large_return_goes_through_and_one_beyond_all_bounds_does_not(origin: httpx.AsyncClient) -> None:
    """It is ingest that says what is too large, until it is absurd."""
    allowed = IngestSettings().most_return_bytes
    assert (await origin.post("/returns", content=b"x" * (allowed + 1_000_000))).status_code == 200
    assert (await origin.post("/returns", content=b"x" * 40_000_000)).status_code == 413


async def test_kubernetes_sends_every_door_to_the_same_service() -> None:
    """By the longest prefix of whole parts, as an Ingress does."""
    [ingress] = documents((folder("kubernetes") / "base" / "ingress.yaml").read_text())
    rules = [
        (one["path"], one["pathType"], one["backend"]["service"]["name"])
        for one in ingress["spec"]["rules"][0]["http"]["paths"]
    ]

    def chosen(path: str) -> str | None:
        fits = [rule for rule in rules if path == rule[0] or (rule[1] == "Prefix" and path.startswith(f"{rule[0]}/"))]
        return max(fits, key=lambda rule: len(rule[0]))[2] if fits else None

    assert {(name, path): chosen(path) for name, _, path in await all_doors()} == {
        (name, path): name for name, _, path in await all_doors()
    }
    assert [chosen(path) for path in INSIDE] == [None] * len(INSIDE)
