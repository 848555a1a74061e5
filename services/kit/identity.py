"""Who is asking: a key that ingest knows, or a session signed with the shared secret."""

import time
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from schemas.names import may_speak
from services.kit.http import Problem
from services.kit.metrics import CacheMetrics

SESSION_SECONDS = 8 * 3600
CACHE_SECONDS = 60.0
COOKIE = "milepost_session"


@dataclass(frozen=True, slots=True)
class Identity:
    """The departments that a caller speaks for."""

    departments: tuple[str, ...]

    def require(self, name: str) -> None:
        """Raises a 403 problem unless the caller may say things about `name`."""
        if not may_speak(self.departments, name):
            mine = ", ".join(self.departments)
            raise Problem(403, "Not yours", f"{name}: this key speaks for {mine} only; use the owner's key")


NOBODY = Identity(())
"""Whoever does not say who they are."""


class Sessions:
    """Signed sessions, verifiable by every service that holds the secret."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="milepost-session")

    def issue(self, departments: tuple[str, ...]) -> str:
        """A session for these departments, good for SESSION_SECONDS."""
        return str(self._signer.dumps(list(departments)))

    def verify(self, token: str) -> Identity | None:
        """Who the session speaks for; None when it is forged, damaged or expired."""
        departments = opened(self._signer, token, SESSION_SECONDS)
        return None if departments is None else Identity(tuple(departments))


def opened(signer: URLSafeTimedSerializer, token: str, seconds: float) -> Any:
    """What was signed; None when it is forged, damaged, or more than so many seconds old.

    Whoever signed it may have a clock ahead of ours, for which `max_age` would refuse it.
    """
    try:
        said, at = signer.loads(token, return_timestamp=True)
    except BadSignature:
        return None
    return said if abs(time.time() - at.timestamp()) <= seconds else None


def bearer(request: Request) -> str | None:
    """The bearer token of the request, where it has one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def unknown() -> Problem:
    """The answer to a caller without a good key."""
    how = "Send `Authorization: Bearer KEY` with a key of your department"
    return Problem(401, "Who are you?", how, headers={"WWW-Authenticate": "Bearer"})


class Identities:
    """Resolves a request to its identity: a session is verified here, a key is asked of ingest and cached for 60 s."""

    def __init__(self, sessions: Sessions, ingest: httpx.AsyncClient, caches: CacheMetrics | None = None) -> None:
        self._sessions, self._ingest, self._caches = sessions, ingest, caches
        self._known: dict[str, tuple[float, Identity]] = {}

    async def claimed(self, request: Request) -> Identity:
        """The identity of a request that says who it is from, else nobody's: it sees what is public."""
        return await self.of(request) if bearer(request) or request.cookies.get(COOKIE) else NOBODY

    async def of(self, request: Request) -> Identity:
        """The identity of a request; raises a 401 problem without one, 503 when a key cannot be checked now."""
        token = bearer(request) or request.cookies.get(COOKIE)
        if not token:
            raise unknown()
        return self._sessions.verify(token) or await self._by_key(token)

    async def _by_key(self, key: str) -> Identity:
        known = self._known.get(key)
        fresh = known is not None and time.monotonic() - known[0] < CACHE_SECONDS
        if self._caches:
            self._caches.asked("keys", hit=fresh)
        if known and fresh:
            return known[1]
        identity = await self._ask(key)
        self._known = {k: v for k, v in self._known.items() if time.monotonic() - v[0] < CACHE_SECONDS}
        self._known[key] = (time.monotonic(), identity)
        return identity

    async def _ask(self, key: str) -> Identity:
        try:
            answer = await self._ingest.post("/session", headers={"Authorization": f"Bearer {key}"})
            if answer.status_code == 401:
                raise unknown()
            answer.raise_for_status()
        except httpx.HTTPError as error:
            detail = "The ingest service, which knows the keys, does not answer or is busy: try again"
            raise Problem(503, "Keys cannot be checked now", detail, headers={"Retry-After": "2"}) from error
        return Identity(tuple(answer.json()["departments"]))
