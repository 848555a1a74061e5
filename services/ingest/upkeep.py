"""What ingest does about keys beside its requests: notes their last use, and hands contacts to alerting."""

import asyncio
from dataclasses import dataclass

import httpx

from services.ingest.identify import KeyHolder
from services.ingest.senders.contacts import hand
from services.ingest.store.keys import KeyStore
from services.kit.identity import Sessions
from services.kit.logs import logger

log = logger(__name__)

EVERY_SECONDS = 60.0
"""So a key's last use is stored at most once a minute, and a contact offered as often until it is taken."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The keys in use and in store, and the ways to alerting."""

    holder: KeyHolder
    keys: KeyStore
    sessions: Sessions
    alerts: httpx.AsyncClient

    async def run(self) -> None:
        """Every EVERY_SECONDS until cancelled; what fails is done the next time."""
        while True:
            try:
                await self.holder.write_uses()
                await self.hand_contacts()
            except Exception as error:
                log.warning("upkeep of keys failed, trying again", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(EVERY_SECONDS)

    async def hand_contacts(self) -> None:
        """Hands over what `keys issue` could not; alerting knows us by a session of the key's departments."""
        for key in await self.keys.unhanded():
            session = self.sessions.issue(key.departments)
            if wrong := await hand(self.alerts, key.departments, key.contact, session):
                log.warning("alerting has not taken a contact, trying again", key=key.id, error=wrong)
            else:
                await self.keys.hand(key.digest)
