"""Running a service: what comes first is waited for, and what ends is noticed."""

import asyncio
import contextlib

import pytest

from services.kit.serve import together, wait_for


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
