"""Conditional requests (RFC 9110): what a caller has already is not sent again."""

import hashlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

_VARY = "Accept-Encoding, Authorization, Cookie"


@dataclass(frozen=True, slots=True)
class Fresh:
    """What tells one representation of a resource from every other, for one request.

    `private` says that it is for this caller alone.
    """

    etag: str
    private: bool

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with the representation: caches ask again each time."""
        kept = "private" if self.private else "public"
        return {"etag": self.etag, "cache-control": f"{kept}, no-cache", "vary": _VARY}

    def unchanged(self, request: Request) -> Response | None:
        """The answer 304 to a caller that has this representation; None to every other."""
        has = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
        return Response(status_code=304, headers=self.headers) if self.etag in has or "*" in has else None


def fresh(request: Request, *parts: object, private: bool) -> Fresh:
    """The strong validator of what these parts determine, byte for byte.

    A compressed representation has another one: its bytes differ.
    """
    digest = hashlib.sha256("\n".join(map(repr, parts)).encode()).hexdigest()[:32]
    encoding = "-gzip" if "gzip" in request.headers.get("accept-encoding", "") else ""
    return Fresh(f'"{digest}{encoding}"', private)
