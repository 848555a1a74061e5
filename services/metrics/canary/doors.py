"""The doors of Milepost that the canary uses, as any department would: it knows no other way in."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from schemas.names import CANARY
from services.kit.http import CORRELATION
from services.kit.identity import Sessions

PLAN, MILESTONE = f"{CANARY}/cage", f"{CANARY}/song"


@dataclass(frozen=True, slots=True)
class Doors:
    """Where events and subscriptions go; `sessions` sign in as the canary's department, so that it needs no key."""

    http: httpx.AsyncClient
    ingest: str
    alerts: str
    sessions: Sessions
    clock: Callable[[], dt.datetime]

    async def say(self, kind: str, subject: str, data: dict[str, Any], correlation: str) -> None:
        """Posts one event; raises httpx.HTTPError unless it is accepted."""
        event = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": f"/{CANARY}",
            "type": f"org.milepost.{kind}.v1",
            "subject": subject,
            "plan": PLAN,
            "time": self.clock().isoformat(),
            "data": data,
        }
        headers = {**self._signed_in(), "Content-Type": "application/cloudevents+json", CORRELATION: correlation}
        (await self.http.post(f"{self.ingest}/events", json=event, headers=headers)).raise_for_status()

    async def subscribe(self, webhook: str) -> tuple[str, str]:
        """A subscription to the milestone, told at once: its id and the secret that signs."""
        asked = {
            "channel": "webhook",
            "target": webhook,
            "plan": PLAN,
            "milestone": MILESTONE,
            "rhythm": "at_once",
        }
        url = f"{self.alerts}/api/alerting/subscriptions"
        answer = (await self.http.post(url, json=asked, headers=self._signed_in())).raise_for_status().json()
        return str(answer["id"]), str(answer["secret"])

    async def leave(self, subscription: str) -> None:
        """Ends a subscription."""
        url = f"{self.alerts}/api/alerting/subscriptions/{subscription}"
        (await self.http.delete(url, headers=self._signed_in())).raise_for_status()

    def _signed_in(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.sessions.issue((CANARY,))}"}
