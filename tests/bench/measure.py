"""Wall and CPU time of a piece of work, and ratios of interleaved rounds as a table."""

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: on the clock, and of CPU (user and system, all threads) of a process."""

    wall: float
    cpu: float

    @classmethod
    def so_far(cls) -> "Spent":
        """The clock's reading, and what this process has used."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return cls(time.perf_counter(), used.ru_utime + used.ru_stime)

    def since(self, begin: "Spent") -> "Spent":
        """What was spent between two readings."""
        return Spent(self.wall - begin.wall, self.cpu - begin.cpu)

    def plus(self, more: "Spent") -> "Spent":
        """Both together."""
        return Spent(self.wall + more.wall, self.cpu + more.cpu)


def tell(spent: Spent) -> None:
    """Prints it as the last word of a process, for `told`."""
    sys.stdout.write(json.dumps(asdict(spent)) + "\n")


def told(output: str) -> Spent:
    """What a process printed with `tell`."""
    return Spent(**json.loads(output.splitlines()[-1]))


def cpu_of(pid: int) -> float:
    """CPU seconds that another process has used; not a number where the system does not tell (it does on Linux)."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return float("nan")
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int | None = None) -> int:
    """Bytes of memory that a process holds, this one or another (Linux)."""
    return int(Path(f"/proc/{pid or 'self'}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of both sides, a figure for each round, and how many times as well ours does, round by round."""

    what: str
    other: Sequence[float]
    ours: Sequence[float]
    more_is_better: bool = False

    @property
    def ratios(self) -> list[float]:
        """1.0 is as good as the other side, 2.0 twice as good."""
        pairs = zip(self.other, self.ours, strict=True)
        return [ours / other if self.more_is_better else other / ours for other, ours in pairs]


def table(title: str, other: str, rows: Iterable[Row]) -> str:
    """Medians of both sides, and the median and spread of the rounds' ratios."""
    lines = [title, f"{'':<24}{other:>14}{'ours':>14}{'ratio':>10}   least to greatest"]
    for row in rows:
        ratios, middle = row.ratios, statistics.median
        lines.append(
            f"{row.what:<24}{middle(row.other):>14,.2f}{middle(row.ours):>14,.2f}{middle(ratios):>10.2f}"
            f"   {min(ratios):.2f} to {max(ratios):.2f}"
        )
    return "\n".join(lines)
