"""Fault runs: `python -m tests.faults [NAME ...]`, `list` for the faults, `report` for the table alone.

SEEDS=n seeds of each fault (at most 20, or 5 where a fault takes long), from SEED on; without it the short form, one
seed of some. EVENTS of each run; STAGES at one time; RESULTS a file that lines are added to, LOGS a folder to keep logs
in. A run that the file has for this commit is not made again. The exit code is 1 when an invariant was violated, 2 when
the machine lacks what a fault needs.
"""

import asyncio
import os
import sys

from tests.faults import results
from tests.faults.every import EVERY, chosen
from tests.faults.results import Result
from tests.faults.run import Settings, run


def main(words: list[str]) -> int:
    """Answers with the exit code."""
    settings = Settings()
    if words == ["list"]:
        sys.stdout.write("".join(f"{fault.name}: {fault.does}\n" for fault in EVERY))
        return 0
    if words == ["report"]:
        return _report(results.read(settings.path, results.commit()) or results.read(settings.path))
    made = asyncio.run(run(chosen(words, short="SEEDS" not in os.environ), settings))
    for name, what in made.lacking.items():
        sys.stderr.write(f"{name} was not run: {what}\n")
    return _report(made.results) or 2 * bool(made.lacking)


def _report(found: list[Result]) -> int:
    made = sorted({f"{one.commit}, {one.date[:10]}, {one.machine}" for one in found})
    sys.stdout.write("\n\n".join([results.table(found, [fault.name for fault in EVERY]), *made]) + "\n")
    return int(any(one.violations for one in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
