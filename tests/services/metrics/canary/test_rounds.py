"""The canary's rounds: what it counts when it is told, when it is not, and when nobody takes its event."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from standardwebhooks.webhooks import Webhook

from services.kit.http import CORRELATION
from services.metrics.canary.measures import Measures
from services.metrics.canary.rounds import MOST_TOLD, Rounds

SECRETS = ["whsec_b25lb25lb25lb25lb25lb25l", "whsec_dHdvdHdvdHdvdHdvdHdvdHdv"]
BODY = b"{}"


def signed(secret: str, correlation: str) -> dict[str, str]:
    """The headers of a webhook."""
    now = dt.datetime.now(dt.UTC)
    signature = Webhook(secret).sign("n-1", now, BODY.decode())
    stamp = str(int(now.timestamp()))
    return {"webhook-id": "n-1", "webhook-timestamp": stamp, "webhook-signature": signature, CORRELATION: correlation}


@dataclass
class Milepost:
    """Doors that take everything and tell at once, unless they are told not to."""

    tells: bool = True
    takes: bool = True
    said: list[dict[str, Any]] = field(default_factory=list)
    subscribed: int = 0
    left: list[str] = field(default_factory=list)
    canary: Rounds | None = None

    async def say(self, kind: str, subject: str, data: dict[str, Any], correlation: str) -> None:
        """Accepts an event, and tells of it."""
        if not self.takes:
            raise httpx.ConnectError("refused")
        self.said.append({"kind": kind, "subject": subject, **data})
        if self.tells and self.canary:
            self.canary.hear(BODY, signed(self.secret, correlation))

    @property
    def secret(self) -> str:
        """Of the newest subscription."""
        return SECRETS[self.subscribed % 2]

    async def subscribe(self, webhook: str) -> tuple[str, str]:
        """A subscription."""
        self.subscribed += 1
        return f"s{self.subscribed}", self.secret

    async def leave(self, subscription: str) -> None:
        """Ends one."""
        self.left.append(subscription)


@dataclass
class Cage:
    """A canary that sings as fast as it can."""

    doors: Milepost
    rounds: Rounds
    registry: CollectorRegistry

    def count(self, family: str, outcome: str) -> float:
        """What it has counted."""
        return self.registry.get_sample_value(f"milepost_canary_{family}_total", {"outcome": outcome}) or 0.0


@contextlib.contextmanager
def cage(seconds: float = 0.01, **doors: Any) -> Iterator[Cage]:
    """A canary at work."""
    registry, milepost = CollectorRegistry(), Milepost(**doors)
    rounds = Rounds(milepost, "http://canary/told", seconds, Measures(registry))  # type: ignore[arg-type]
    milepost.canary = rounds
    work = asyncio.create_task(rounds.run())
    try:
        yield Cage(milepost, rounds, registry)
    finally:
        work.cancel()


async def until(good: Callable[[], object]) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(20):
        while not good():
            await asyncio.sleep(0.005)


async def test_each_move_is_told_and_the_date_wanders_nowhere() -> None:
    """Later and back again, in a plan that only its owner sees; a subscription is left before it is told too often."""
    with cage() as one:
        await until(lambda: one.count("tellings", "in-time") >= 2 * MOST_TOLD)
        assert one.doors.said[0]["visibility"] == "owner"
        dates = [said["forecast"] for said in one.doors.said if said["kind"] == "milestone.forecast"]
        assert dates[:4] == ["2100-03-31", "2100-03-01", "2100-03-31", "2100-03-01"]
        await until(lambda: one.doors.left[:1] == ["s1"])
        assert one.count("tellings", "missing") == 0
        assert one.rounds.well() is None
        assert one.rounds.working() is None


async def test_a_move_that_nobody_is_told_of_is_missing() -> None:
    """It was accepted all the same; the next round listens anew."""
    with cage(tells=False) as one:
        await until(lambda: one.count("tellings", "missing") >= 2)
        assert one.count("events", "accepted") >= 2
        assert one.count("tellings", "in-time") == 0
        assert one.doors.subscribed >= 2


async def test_an_event_that_is_not_taken_is_a_failure_and_no_missing_telling() -> None:
    """What was not accepted has not been promised to anybody."""
    with cage() as one:
        await until(lambda: one.count("events", "accepted") >= 1)
        one.doors.takes = False
        await until(lambda: one.count("events", "failed") >= 2)
        assert one.count("tellings", "missing") == 0


async def test_before_its_plan_is_published_it_is_not_ready() -> None:
    """It waits for Milepost to be there."""
    with cage(takes=False) as one:
        assert "not published" in (one.rounds.working() or "")
        one.doors.takes = True
        await until(lambda: one.rounds.working() is None)


@pytest.mark.parametrize("secret", SECRETS)
async def test_only_its_own_subscription_is_heard(secret: str) -> None:
    """Another, of a canary that was killed, is to end; so is a telling that nobody signed."""
    with cage(seconds=60, tells=False) as one:
        await until(lambda: one.doors.subscribed == 1)
        assert one.rounds.hear(BODY, signed(secret, "other")) is (secret == SECRETS[1])
        assert one.rounds.hear(BODY, {}) is False


async def test_what_comes_before_the_subscription_is_known_is_to_come_again() -> None:
    """A new one that is told at once must not be ended for it."""
    with cage(takes=False) as one:
        assert one.rounds.hear(BODY, signed(SECRETS[1], "other")) is None
