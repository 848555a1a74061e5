"""Who sends a return or asks about one."""

from dataclasses import dataclass

from fastapi import Request

from services.ingest.identify import KeyHolder
from services.kit.identity import COOKIE, Identity, bearer, unknown


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller, and the token by which the other services know them too."""

    identity: Identity
    token: str


async def caller_of(request: Request, holder: KeyHolder) -> Caller:
    """The caller; raises a 401 problem without a good key or session, 429 over the allowance."""
    token = _token(request)
    if token is None:
        raise unknown()
    return Caller(await holder.of(request), token)


async def token_of(request: Request, holder: KeyHolder) -> str | None:
    """The token of a caller who says who they are, else None: such a caller sees what is public."""
    return (await caller_of(request, holder)).token if _token(request) else None


def _token(request: Request) -> str | None:
    return bearer(request) or request.cookies.get(COOKIE)
