"""Who publishes: ingest holds the keys, so it looks them up itself."""

import datetime as dt
import time
from collections.abc import Callable

from fastapi import Request

from services.ingest.allowance import Allowance
from services.ingest.domain.keys import digest
from services.ingest.store.keys import Key, KeyStore
from services.kit.identity import COOKIE, Identity, Sessions, bearer, unknown

KNOWN_SECONDS = 10.0
"""For how long a key is believed after it was looked up: a revoked one opens nothing after that."""

MOST_KNOWN = 1_000
"""Keys that are believed at the same time; beyond it all are looked up anew."""


class KeyHolder:
    """Resolves a request to its identity, by key or by signed session, within the caller's allowance.

    Only keys that exist are remembered and counted. There is no limit on wrong ones: 256 random bits are not guessed,
    and a limit by address would shut out good keys behind the same proxy.
    """

    def __init__(
        self,
        keys: KeyStore,
        sessions: Sessions,
        allowance: Allowance,
        clock: Callable[[], dt.datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys, self._sessions, self._allowance = keys, sessions, allowance
        self._clock, self._monotonic = clock, monotonic
        self._known: dict[str, tuple[float, Key]] = {}
        self._uses: dict[str, dt.datetime] = {}

    async def of(self, request: Request) -> Identity:
        """The identity of a request; raises a 401 problem without a good key or session, 429 over the allowance."""
        token = bearer(request) or request.cookies.get(COOKIE)
        if not token:
            raise unknown()
        name = digest(token)
        until, key = self._known.get(name, (0.0, None))
        if key and self._monotonic() < until:
            return await self._used(key)
        if session := self._sessions.verify(token):
            await self._allowance.spend(" ".join(session.departments))
            return session
        return await self._used(await self._looked_up(name))

    async def by_key(self, key: str) -> Identity:
        """Whom a key speaks for at this moment; raises a 401 problem when it is unknown or revoked, 429 as `of`."""
        return await self._used(await self._looked_up(digest(key)))

    async def _looked_up(self, name: str) -> Key:
        found = await self._keys.find(name)
        if found is None or found.revoked:
            self._known.pop(name, None)
            raise unknown()
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[name] = (self._monotonic() + KNOWN_SECONDS, found)
        return found

    async def _used(self, key: Key) -> Identity:
        await self._allowance.spend(key.digest)
        self._uses[key.digest] = self._clock()
        return Identity(key.departments)

    async def write_uses(self) -> None:
        """Stores when each key was last used, where that has changed since it was stored."""
        uses = dict(self._uses)
        await self._keys.note_uses(uses)
        self._uses = {name: at for name, at in self._uses.items() if at != uses.get(name)}
