"""A fault: what is done to a running system while thousands of events are posted to it."""

import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.driver import System, system
from tests.faults.stories import Tell, story

Act = Callable[[System, random.Random], Awaitable[None]]
"""Does the harm and mends it; returns when the harm is over (what was killed may still be starting)."""

World = Callable[[Path, int], AbstractAsyncContextManager[System]]
"""Starts a system in a folder, with so many replicas of each service."""

LONG_SECONDS = 20.0
MANY, FEW = 20, 5
"""Seeds in the long form: of a fault that is over within LONG_SECONDS, and of any other."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`does` says in one sentence what happens; `act` takes about `lasts` seconds, over which the load is spread.

    Faults with the same world and number of replicas follow each other on one running system, each with plans of its
    own, unless they must be `apart`. `tells` makes the load, about so many `plans`. Everything answered 202 must be
    worked on within `lag_seconds` of the fault's end, and everyone told within `rest_seconds`.
    """

    name: str
    does: str
    act: Act
    lasts: float = 4.0
    replicas: int = 1
    apart: bool = False
    world: World = system
    tells: Tell = story
    plans: int = 8
    lag_seconds: float = 60.0
    rest_seconds: float = 150.0

    @property
    def seeds(self) -> int:
        """How many seeds the long form has."""
        return FEW if self.lasts > LONG_SECONDS else MANY


async def nothing(system: System, chance: random.Random) -> None:
    """No fault at all: what the others are compared with."""


QUIET = Fault("quiet", "Nothing happens.", nothing)
