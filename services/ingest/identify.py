"""Who publishes: ingest holds the keys, so it looks them up itself."""

from fastapi import Request

from services.ingest.domain.keys import digest
from services.ingest.store.keys import KeyStore
from services.kit.identity import COOKIE, Identity, Sessions, bearer, unknown


class KeyHolder:
    """Resolves a request to its identity, by key or by signed session."""

    def __init__(self, keys: KeyStore, sessions: Sessions) -> None:
        self._keys, self._sessions = keys, sessions

    async def of(self, request: Request) -> Identity:
        """The identity of a request; raises a 401 problem without a good key or session."""
        token = bearer(request) or request.cookies.get(COOKIE)
        if not token:
            raise unknown()
        return self._sessions.verify(token) or await self.by_key(token)

    async def by_key(self, key: str) -> Identity:
        """Whom a key speaks for; raises a 401 problem when it is unknown or revoked."""
        found = await self._keys.find(digest(key))
        if found is None or found.revoked:
            raise unknown()
        return Identity(found.departments)
