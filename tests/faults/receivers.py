"""Faults of whoever is told: receivers of webhooks that are slow, fail, or lie; and alerting killed while it tells."""

import random
from collections.abc import Sequence

from tests.faults.driver import System
from tests.faults.fault import Act, Fault
from tests.faults.fickle import FAILURES, LIES, Ending

SLOW_SECONDS = 3.0
FAILING = 0.3
SECONDS = 15.0


def receiving(failing: float = 0.0, endings: Sequence[Ending] = FAILURES, slow: float = 0.0, kills: int = 0) -> Act:
    """The receiver is so until the whole load is posted; meanwhile alerting is killed so often."""

    async def act(system: System, chance: random.Random) -> None:
        receiver = system.receiver
        receiver.failing, receiver.endings, receiver.slow = failing, endings, slow
        for moment in sorted(chance.uniform(0.2, 0.9) for _ in range(kills)):
            await system.posted.reaches(moment)
            await system.driver.kill("alerting.1")
        await system.posted.reaches(1.0)
        await system.driver.mended()
        receiver.failing, receiver.slow = 0.0, 0.0

    return act


FAULTS: tuple[Fault, ...] = (
    Fault(
        "receiver-slow",
        f"Every webhook is answered only after {SLOW_SECONDS:.0f} s.",
        receiving(slow=SLOW_SECONDS),
        lasts=SECONDS,
    ),
    Fault(
        "receiver-failing",
        "Three in ten webhooks meet a 500, a 429, silence or a reset, while alerting is killed twice.",
        receiving(FAILING, kills=2),
        lasts=SECONDS,
    ),
    Fault(
        "receiver-lying",
        "Half of all webhooks meet a success that breaks off, a redirect, or eight megabytes.",
        receiving(0.5, LIES),
        lasts=SECONDS,
    ),
)
