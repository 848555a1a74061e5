"""Sessions of telling: written down, so that what a killed process left open in them can be ended."""

import contextlib
from collections.abc import AsyncIterator

from services.kit.mongo import Client, Database, Session


class TellingSessions:
    """The sessions in which one replica tells; each has one transaction at a time.

    A process that is killed inside one leaves it open, and the store would keep its subscriber locked until it expires
    (60 s by default): its successor under the same name ends them first.
    """

    def __init__(self, client: Client, database: Database, replica: str) -> None:
        self._client, self._kept, self._replica = client, database["sessions"], replica
        self._free: list[Session] = []
        self._ours: list[Session] = []

    async def begin(self) -> None:
        """Ends the sessions of whoever had our name before."""
        before = await self._kept.find_one({"_id": self._replica})
        if before and before["ids"]:
            await self._client.admin.command("killSessions", [{"id": one} for one in before["ids"]])
        await self._keep()

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[Session]:
        """A session that nobody else uses meanwhile; one that has failed is not used again."""
        session = self._free.pop() if self._free else await self._new()
        try:
            yield session
        finally:
            if session.delegate.has_ended:
                self._ours.remove(session)
            else:
                self._free.append(session)

    async def _new(self) -> Session:
        """Written down before it is used."""
        session = await self._client.start_session()
        self._ours.append(session)
        await self._keep()
        return session

    async def _keep(self) -> None:
        ids = [session.delegate.session_id["id"] for session in self._ours]
        await self._kept.update_one({"_id": self._replica}, {"$set": {"ids": ids}}, upsert=True)
