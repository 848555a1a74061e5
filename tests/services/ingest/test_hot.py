"""The route that runs without the others' needs: what it takes, and that all else goes on."""

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pymongo.errors import AutoReconnect
from starlette.middleware import Middleware

from services.ingest.hot import Hot
from services.kit.http import Plain, Problem


async def endpoint(request: Request) -> JSONResponse:
    """Says by which route it was reached; refuses on demand."""
    if request.url.query == "away":
        raise AutoReconnect("closed")
    if request.url.query:
        raise Problem(422, "No query", "there may be none")
    return JSONResponse({"route": request.scope["route"].path})


def application() -> FastAPI:
    """One hot route, and another at the same path by another method."""
    route = Plain("/hot", endpoint, methods=["POST"])
    app = FastAPI()
    app.add_api_route("/hot", lambda: {"route": "usual"}, methods=["GET"])
    app.user_middleware.append(Middleware(Hot, route=route))
    return app


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("POST", "/hot", 200, {"route": "/hot"}),
        ("GET", "/hot", 200, {"route": "usual"}),
        ("POST", "/cold", 404, {"detail": "Not Found"}),
        (
            "POST",
            "/hot?a=b",
            422,
            {"type": "about:blank", "title": "No query", "status": 422, "detail": "there may be none"},
        ),
    ],
)
async def test_it_takes_its_own_method_and_path_alone(method: str, path: str, status: int, said: object) -> None:
    """A problem is answered as a problem; it is counted by its route."""
    transport = httpx.ASGITransport(application())
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as http:
        answer = await http.request(method, path)
    assert (answer.status_code, answer.json()) == (status, said)


async def test_without_its_store_it_asks_to_come_again() -> None:
    """As every other route does."""
    transport = httpx.ASGITransport(application())
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as http:
        answer = await http.post("/hot?away")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
