"""The application that every service starts from: bodies with a limit, one correlation id, problems as answers."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pymongo.errors import AutoReconnect, NetworkTimeout, OperationFailure, PyMongoError, ServerSelectionTimeoutError
from starlette.types import Message

from services.kit.http import Plain, application, correlation_id, read_body
from services.kit.metrics import registry

LIMIT = 100


async def echo(request: Request) -> JSONResponse:
    """How many bytes came, and the correlation id of the request."""
    return JSONResponse({"bytes": len(await read_body(request, LIMIT)), "correlation": correlation_id()})


def app() -> FastAPI:
    """An application with one route."""
    made = application("Test", registry())
    made.router.routes.insert(0, Plain("/echo", echo, methods=["POST"]))
    return made


async def post(content: Any = b"", headers: Iterable[tuple[str, str | bytes]] = ()) -> httpx.Response:
    """The answer to a request."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app()), base_url="http://test") as http:
        return await http.post("/echo", content=content, headers=list(headers))  # type: ignore[arg-type]


async def of_chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    """A body without a length."""
    for chunk in chunks:
        yield chunk


async def test_a_body_is_what_came_up_to_the_limit() -> None:
    """In one piece, in many, or none."""
    for content in (b"x" * LIMIT, of_chunks(b"x" * 60, b"", b"x" * 40)):
        assert (await post(content)).json()["bytes"] == LIMIT
    assert (await post()).json()["bytes"] == 0


@pytest.mark.parametrize("length", ["101", "9" * 5_000, "5", "0", "-1", "x", "00", "²"])
async def test_a_body_over_the_limit_is_refused_whatever_its_length_says(length: str) -> None:
    """One that is too large, one that is a lie, and one that is no number."""
    answer = await post(of_chunks(b"x" * 60, b"x" * 41), [("Content-Length", length.encode("latin-1"))])
    assert (answer.status_code, answer.json()["limit"]) == (413, LIMIT)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_client_that_goes_away_is_no_fault_of_ours() -> None:
    """Half a body is not taken for a whole one, and nothing is raised."""
    half: Message = {"type": "http.request", "body": b"half", "more_body": True}
    coming: Iterator[Message] = iter([half, {"type": "http.disconnect"}])
    sent: list[Message] = []

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/echo", "query_string": b"", "headers": []}
    await app()(scope, receive, send)
    assert sent[0]["status"] == 400


@pytest.mark.parametrize(("given", "kept"), [("c-1", True), ("", False), ("x" * 129, False), ("caf\xe9", False)])
async def test_a_correlation_id_is_the_callers_or_a_new_one(given: str, kept: bool) -> None:
    """Short, of ASCII, so that it can be passed on in a header; the answer has it too."""
    answer = await post(headers=[("X-Correlation-ID", given.encode("latin-1"))])
    said = answer.json()["correlation"]
    assert answer.headers.get_list("x-correlation-id") == [said]
    assert (said == given) is kept
    assert said


async def test_a_plain_route_is_documented_and_counted_like_any_other() -> None:
    """By its path."""
    made = app()
    assert "/echo" in made.openapi()["paths"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://test") as http:
        await http.post("/echo")
        assert 'method="POST",route="/echo",status="200"' in (await http.get("/metrics")).text
        assert (await http.get("/echo")).status_code == 405


def failing(error: Exception) -> FastAPI:
    """An application with a route that fails."""
    made = application("Test", registry())

    @made.get("/")
    def fail() -> None:
        """Fails."""
        raise error

    return made


@pytest.mark.parametrize(
    "error",
    [
        AutoReconnect("closed"),
        ServerSelectionTimeoutError("nobody"),
        NetworkTimeout("silence"),
        OperationFailure("internal server error", 1),
        OperationFailure("no space left", 14031),
    ],
)
async def test_while_the_store_is_away_a_caller_is_told_to_come_again(error: PyMongoError) -> None:
    """503 at every door, with the seconds to wait, whatever keeps the store from answering."""
    transport = httpx.ASGITransport(failing(error))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        answer = await http.get("/")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_the_store_refuses_is_a_fault_of_ours() -> None:
    """To come again would not help."""
    transport = httpx.ASGITransport(failing(OperationFailure("unknown operator", 2)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        with pytest.raises(OperationFailure, match="unknown operator"):
            await http.get("/")


@pytest.mark.parametrize(("kind", "to_the_end"), [("text/event-stream", False), ("text/plain", True)])
async def test_a_stream_of_events_counts_until_its_beginning(kind: str, to_the_end: bool) -> None:
    """How long a reader stays says nothing of us; other answers count to their end."""
    metrics, began, ended = registry(), 0.0, 0.0
    app = application("Test", metrics)

    async def body() -> AsyncIterator[bytes]:
        nonlocal began, ended
        began = time.perf_counter()
        yield b"begun"
        await asyncio.sleep(0)
        ended = time.perf_counter()

    @app.get("/")
    async def answer() -> StreamingResponse:
        """Begins, and ends later."""
        return StreamingResponse(body(), media_type=kind)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http:
        asked = time.perf_counter()
        await http.get("/")
    labels = {"method": "GET", "route": "/", "status": "200"}
    spent = metrics.get_sample_value("milepost_http_request_duration_seconds_sum", labels) or 0.0
    assert 0 < spent < time.perf_counter() - asked
    assert (spent > ended - began) if to_the_end else (spent < began - asked)
