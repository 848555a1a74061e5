"""Running a service: what comes first is waited for, and what ends is noticed."""

import asyncio
import contextlib

import pytest

from services.kit.http import application
from services.kit.metrics import exposition, registry
from services.kit.serve import Service, add_health, together, wait_for


async def test_what_is_not_there_yet_is_waited_for() -> None:
    """Attempts go on until one succeeds."""
    attempts = 0

    async def attempt() -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ConnectionError("refused")

    await wait_for("a server", attempt)
    assert attempts == 3


def test_a_check_that_fails_is_a_series() -> None:
    """Asked anew at each scrape, with the kind that tells alive from ready."""
    said: list[str | None] = [None]
    metrics = registry()

    async def work() -> None:
        """Nothing."""

    app = application("Test", metrics)
    add_health(Service(app, work, alive={"consumer": lambda: said[0]}, ready={"kafka": lambda: "not yet"}))
    consumer, kafka = (
        f'milepost_check_failing{{check="{check}",kind="{kind}"}}'
        for check, kind in (("consumer", "alive"), ("kafka", "ready"))
    )
    shown = bytes(exposition(metrics).body).decode()
    assert f"{consumer} 0.0" in shown
    assert f"{kafka} 1.0" in shown
    said[0] = "stuck"
    assert f"{consumer} 1.0" in bytes(exposition(metrics).body).decode()


async def test_when_one_part_fails_the_others_are_ended_and_the_error_is_raised() -> None:
    """A service never goes on with half of its work."""
    ended = asyncio.Event()

    async def fails() -> None:
        raise RuntimeError("broken")

    async def lasts() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        ended.set()

    with pytest.raises(RuntimeError, match="broken"):
        await together(lasts(), fails())
    assert ended.is_set()


async def test_the_last_ends_first_and_has_what_stands_before_it_until_then() -> None:
    """A consumer's running batch may need the producer: that one ends when the consumer has."""
    ended = list[str]()

    async def lasts(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # it takes its time
            ended.append(name)

    running = asyncio.create_task(together(lasts("producer"), lasts("lag"), lasts("consumer")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert ended == ["consumer", "lag", "producer"]
