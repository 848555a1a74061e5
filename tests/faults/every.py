"""The registry: every fault by its name."""

from tests.faults.fault import QUIET, Fault
from tests.faults.hostile import FAULTS as OF_TOPICS
from tests.faults.processes import FAULTS as OF_PROCESSES
from tests.faults.receivers import FAULTS as OF_RECEIVERS
from tests.faults.words import FAULTS as OF_WORDS
from tests.faults.world.every import FAULTS as OF_WORLD
from tests.faults.zombies import FAULTS as OF_ZOMBIES

EVERY: tuple[Fault, ...] = (QUIET, *OF_PROCESSES, *OF_ZOMBIES, *OF_WORDS, *OF_TOPICS, *OF_RECEIVERS, *OF_WORLD)

SHORT = (
    "quiet",
    "kill-plan-tracking",
    "kill-ingest",
    "kill-alerting",
    "repeats",
    "diamonds",
    "rebuild",
    "rolling-upgrade",
    "zombies-of-alerting",
    "receiver-failing",
    "cut-ingest-kafka",
    "cut-plan-tracking-store",
)
"""The short form: one of each kind, without what takes long; law 2's zombies have a test (test_zombie.py)."""


def chosen(names: list[str], *, short: bool) -> list[Fault]:
    """The faults of these names; when there are none all, or those of the short form.

    Raises ValueError for a name that nobody has.
    """
    known = {fault.name: fault for fault in EVERY}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"there is no fault {', '.join(unknown)}: they are {', '.join(known)}")
    return [known[name] for name in names] or [fault for fault in EVERY if not short or fault.name in SHORT]
