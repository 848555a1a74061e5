"""HTTP: problem+json (RFC 9457), the correlation id, bounded bodies, and the application every service starts from."""

import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from prometheus_client import CollectorRegistry
from pymongo.errors import PyMongoError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.logs import logger
from services.kit.metrics import HttpMetrics, exposition, route_template
from services.kit.mongo import is_away
from services.kit.words import field_path

log = logger(__name__)

CORRELATION = "x-correlation-id"
PROBLEM = "application/problem+json"
EVENT_STREAM = "text/event-stream"
"""An answer that goes on for as long as its reader stays: how long says nothing of us."""

MOST_BYTES = 2_000_000
"""Of a JSON body, where a route is Bounded."""


class Problem(Exception):
    """An answer that names what is wrong and how to mend it (RFC 9457)."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status, self.headers = status, more.pop("headers", None)
        self.body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}


def problem_response(problem: Problem) -> JSONResponse:
    """The problem as a response."""
    return JSONResponse(problem.body, problem.status, headers=problem.headers, media_type=PROBLEM)


async def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - registered for Problem alone
    return problem_response(error)


async def _on_http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, AnyHTTPException)  # noqa: S101 - registered for it alone
    headers = dict(error.headers) if error.headers else None
    return problem_response(Problem(error.status_code, str(error.detail), str(error.detail), headers=headers))


async def _on_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for RequestValidationError alone
    errors = [{"field": field_path(e["loc"][1:]) or str(e["loc"][0]), "detail": e["msg"]} for e in error.errors()]
    detail = "; ".join(f"{e['field']}: {e['detail']}" for e in errors)
    return problem_response(Problem(422, "The request is not valid", detail, errors=errors))


async def _on_store(request: Request, error: Exception) -> Response:
    assert isinstance(error, PyMongoError)  # noqa: S101 - registered for PyMongoError alone
    response: Response = await request.app.exception_handlers[Problem](request, store_away(error))  # a page, for pages
    return response


def store_away(error: PyMongoError) -> Problem:
    """What is answered while the store is away; raises the error when it is a fault of ours."""
    if not is_away(error):
        raise error
    log.warning("the store does not answer", error=f"{type(error).__name__}: {error}")
    detail = "What we keep cannot be read or written at the moment: try again"
    return Problem(503, "The store does not answer", detail, headers={"Retry-After": "2"})


async def read_body(request: Request, limit: int) -> bytes:
    """The body, refused with 413 as soon as its declared length or what has come of it passes `limit` bytes."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:19]) > limit:
        raise _too_large(limit)
    chunks, size = list[bytes](), 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            chunks.append(chunk)
    except ClientDisconnect as gone:  # nobody hears the answer, and it is no fault of ours
        raise Problem(400, "Cut off", "The connection ended before the body did: send it again") from gone
    return b"".join(chunks)


def _too_large(limit: int) -> Problem:
    return Problem(413, "Too large", f"The body is over {limit} bytes: send it in parts", limit=limit)


class Plain(APIRoute):
    """A route whose endpoint takes the request and answers with a response: documented by FastAPI, not run by it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The endpoint itself."""
        return self.endpoint


class Bounded(APIRoute):
    """A route whose body is refused with 413 as soon as it passes MOST_BYTES."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, which reads the body through a count of its bytes."""
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            return await handle(Request(request.scope, _counted(request.receive)))

        return bounded


def _counted(receive: Receive) -> Receive:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            raise HTTPException(413, f"The body is over {MOST_BYTES} bytes: send it in parts")
        return message

    return counted


def correlation_id() -> str:
    """The id of the request that is being served, or a new one outside a request."""
    return str(structlog.contextvars.get_contextvars().get("correlation_id") or _new_id())


def _new_id() -> str:
    return secrets.token_hex(16)


class Correlated:
    """ASGI middleware: one correlation id per request, the caller's or a new one, in every log line and the answer."""

    def __init__(self, app: ASGIApp, seconds: HttpMetrics) -> None:
        self.app, self.metrics = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(CORRELATION, "")
        correlation = given if 0 < len(given) <= 128 and given.isascii() and given.isprintable() else _new_id()
        header = (CORRELATION.encode(), correlation.encode("latin-1"))
        status, started, streaming = 500, time.perf_counter(), None

        async def answer(message: Message) -> None:
            nonlocal status, streaming
            if message["type"] == "http.response.start":
                status = message["status"]
                if Headers(raw=message.get("headers", ())).get("content-type", "").startswith(EVENT_STREAM):
                    streaming = time.perf_counter()
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation_id=correlation):
            try:
                await self.app(scope, receive, answer)
            finally:
                labels = (scope["method"], route_template(Request(scope)), str(status))
                self.metrics.seconds.labels(*labels).observe((streaming or time.perf_counter()) - started)


class Faults:
    """ASGI middleware: a fault that nobody handles is answered as a problem, and raised to be logged as a fault.

    Starlette would answer it outside of every other middleware: without the headers that they give to an answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except Exception as fault:
            if scope["type"] == "http" and not begun:
                log.error("fault of ours", error=f"{type(fault).__name__}: {fault}")
                request = Request(scope, receive)
                response = await request.app.exception_handlers[Problem](request, _fault())
                await response(scope, receive, send)
            raise


def _fault() -> Problem:
    correlation = correlation_id()
    detail = f"We have failed to answer, and it is logged. Try again later; if it stays, tell us {correlation}"
    return Problem(500, "A fault of ours", detail, correlation_id=correlation)


def application(title: str, registry: CollectorRegistry, more: Callable[[], bytes] = bytes) -> FastAPI:
    """An application with problem+json, correlation and `/metrics`; its registry is in `state.registry`.

    `more` writes families that are not in the registry.
    """
    app = FastAPI(title=title)
    app.state.registry = registry
    app.add_middleware(Faults)
    app.add_middleware(Correlated, seconds=HttpMetrics(registry))
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(AnyHTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(PyMongoError, _on_store)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        """Prometheus metrics."""
        return exposition(registry, more)

    return app
