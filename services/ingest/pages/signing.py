"""Signing in with a key, and out again."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.ingest.identify import KeyHolder
from services.ingest.returns.caller import Caller, caller_of
from services.ingest.settings import IngestSettings
from services.kit.http import Problem, read_body
from services.kit.identity import COOKIE, SESSION_SECONDS, Sessions
from services.kit.web import Site, form_of, require_same_origin, to_sign_in

HOME = "/publish"
MOST_KEY_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Signing:
    """Exchanges a key for a signed session in a cookie that no script and no other site can use."""

    settings: IngestSettings
    holder: KeyHolder
    sessions: Sessions
    site: Site

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/sign-in", self.ask, methods=["GET", "HEAD"], response_model=None)
        router.add_api_route("/sign-in", self.sign_in, methods=["POST"], response_model=None)
        router.add_api_route("/sign-out", self.sign_out, methods=["POST"], response_model=None)
        return router

    async def ask(self, next: str = HOME) -> HTMLResponse:  # noqa: A002 - the word of the address
        """The form that asks for a key."""
        return self._page(own_path(next), None)

    async def sign_in(self, request: Request) -> Response:
        """Signs in, and leads on to where the reader wanted to go."""
        require_same_origin(request)
        said = form_of(await read_body(request, MOST_KEY_BYTES))
        wanted = own_path(said.get("next", HOME))
        try:
            identity = await self.holder.by_key(said.get("key", "").strip())
        except Problem as problem:
            if problem.status != 401:
                raise
            return self._page(
                wanted, "This key is not known, or was revoked: paste it whole, or ask who issued it", 401
            )
        answer = RedirectResponse(wanted, 303)
        answer.set_cookie(
            COOKIE,
            self.sessions.issue(identity.departments),
            max_age=SESSION_SECONDS,
            httponly=True,
            secure=self.settings.mode != "local",
            samesite="strict",
        )
        return answer

    async def sign_out(self, request: Request) -> Response:
        """Forgets the session in this browser."""
        require_same_origin(request)
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(COOKIE, httponly=True, secure=self.settings.mode != "local", samesite="strict")
        return answer

    def _page(self, wanted: str, fault: str | None, status: int = 200) -> HTMLResponse:
        return self.site.page("sign_in.html", status, next=wanted, fault=fault, departments=())

    async def caller(self, request: Request) -> Caller | Response:
        """Who is signed in; else the way to the form."""
        try:
            return await caller_of(request, self.holder)
        except Problem as problem:
            if problem.status != 401:
                raise
            return to_sign_in(request)


def own_path(said: str) -> str:
    """A path on this site, whatever was asked for: nobody is led away."""
    parts = urlsplit(said)
    fine = said.startswith("/") and not said.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return said if fine and said.isprintable() and len(said) < 500 else HOME
