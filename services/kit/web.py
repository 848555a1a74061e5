"""The shell of every page: templates, static files and the headers that keep a page to what we wrote."""

import datetime as dt
import hashlib
import inspect
import pathlib
from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import FastAPI
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit import words
from services.kit.http import Problem

_HERE = pathlib.Path(__file__).parent
STATIC = _HERE / "static"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing inline and nothing from elsewhere; the one script is a file of ours, and speaks to us alone."""

HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

_FOR_EVER = "public, max-age=31536000, immutable"


NO_LINKS = {"plans": "", "ingest": "", "alerts": ""}
"""What the addresses of the services' pages begin with, where one origin shows them all."""


class Site:
    """Renders the pages of one service: its own templates, and the kit's under `kit/`.

    `links` are what the addresses of the services' pages begin with. Everything printed is escaped, and strings are
    made `readable`, so that no name can break a page or its order. `version` is that of the templates and static files.
    """

    def __init__(self, templates: pathlib.Path, links: Mapping[str, str] = NO_LINKS) -> None:
        self._environment = environment(templates)
        self._environment.globals["links"] = links
        self.version = _version(templates, _HERE / "templates", STATIC)

    def page(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """The page; raises jinja2.UndefinedError when the template names what the context lacks."""
        return HTMLResponse(self._environment.get_template(template).render(**context), status)

    def not_found(self, what: str = "page") -> HTMLResponse:
        """The page that says there is no such thing, or none that everyone may see."""
        return self.page("kit/not_found.html", 404, what=what)


def environment(templates: pathlib.Path) -> Environment:
    """The Jinja2 environment of a service: escapes always, fails on unknown names, knows dates and slips in words."""
    own, kit = FileSystemLoader(templates), FileSystemLoader(_HERE / "templates")
    made = Environment(
        loader=ChoiceLoader([PrefixLoader({"kit": kit}), own]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "in_words": words.day_in_words,
        "moment": words.moment_in_words,
        "slip": words.slip_in_words,
        "slip_figures": words.slip_in_figures,
        "counted": words.counted,
        "short": words.short_day,
        "upper_first": lambda text: text[:1].upper() + text[1:],
        "lower_first": lambda text: text[:1].lower() + text[1:],
        "listed": words.listed,
        "iso": dt.date.isoformat,
    }
    made.globals["static"] = {file.name: f"/static/{file.name}?v={_digest(file)}" for file in STATIC.iterdir()}
    return made


def _printed(value: Any) -> Any:
    return words.readable(value) if type(value) is str else value


def _version(*folders: pathlib.Path) -> str:
    files = sorted(file for folder in folders for file in folder.iterdir() if file.is_file())
    return hashlib.sha256("".join(map(_digest, files)).encode()).hexdigest()[:12]


def _digest(file: pathlib.Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def form_of(body: bytes) -> dict[str, str]:
    """The fields of a form without files; of a field sent twice the last."""
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def require_same_origin(request: Request) -> None:
    """Raises a 403 problem for a form that another site has sent: its reader never pressed our button.

    The session's cookie is not sent from elsewhere (SameSite); browsers say besides where a request comes from.
    """
    origin = request.headers.get("origin")
    foreign = origin not in (None, "null") and urlsplit(origin).netloc != request.headers.get("host")
    if foreign or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "Not from here", "This form was sent by another site: open the page here, and send it again")


def to_sign_in(request: Request, ingest: str = "") -> RedirectResponse:
    """The way to the form that asks for a key, which leads back to the address that was asked for, its query too.

    `ingest` is what the addresses of ingest's pages begin with.
    """
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{ingest}/sign-in?next={quote(here, safe='/')}", 303)


class PageHeaders:
    """ASGI middleware: the security headers on every answer, and static files (named by content) kept for ever."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if scope["path"].startswith("/static/") and message["status"] == 200:
                    headers["cache-control"] = _FOR_EVER
            await send(message)

        await self.app(scope, receive, answer)


def install(app: FastAPI, site: Site) -> None:
    """Gives an application that shows pages its static files, headers, compression and "not found" page."""
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)
    app.add_middleware(PageHeaders)

    plain = dict(app.exception_handlers)

    async def not_found(request: Request, error: Exception) -> Response:
        if _reads_pages(request):
            return site.not_found()
        return await _answer(plain[HTTPException], request, error)

    async def problem(request: Request, error: Exception) -> Response:
        if _reads_pages(request) and isinstance(error, Problem):
            return site.page("kit/problem.html", error.status, problem=error.body)
        return await _answer(plain[Problem], request, error)

    app.add_exception_handler(404, not_found)
    app.add_exception_handler(Problem, problem)


def _reads_pages(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


async def _answer(handler: Any, request: Request, error: Exception) -> Response:
    answer: Response | Awaitable[Response] = handler(request, error)
    return await answer if inspect.isawaitable(answer) else answer
