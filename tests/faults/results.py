"""Results: a line for each run of a fault, kept per fault, seed and commit; and the table that they make."""

import datetime as dt
import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).parents[2]
DEFAULT = REPOSITORY / ".faults" / "results.jsonl"


@dataclass(frozen=True, slots=True)
class Result:
    """What one run came to. `lag` and `rest` are seconds from the fault's end until nothing was left to be worked on,
    and until everybody was told, None when that never came; `memory` the ratio of the process that grew most;
    `copies` webhooks that came more than once, `answers` how posts were answered."""

    fault: str
    seed: int
    commit: str
    date: str
    machine: str
    seconds: float
    events: int
    violations: tuple[str, ...]
    lag: float | None
    rest: float | None
    memory: float
    copies: int
    answers: dict[str, int]


def commit() -> str:
    """The commit of this tree; a tree that differs from it has what differs hashed behind it."""
    head, changed = _git("rev-parse", "--short=10", "HEAD"), _git("diff", "HEAD") + _git("status", "--porcelain")
    return head + (f"+{hashlib.sha256(changed.encode()).hexdigest()[:8]}" if changed else "")


def _git(*words: str) -> str:
    done = subprocess.run(["/usr/bin/env", "git", *words], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return done.stdout.strip() or ("unknown" if words[0] == "rev-parse" else "")


def machine() -> str:
    """What it runs on: processors and Python."""
    return f"{os.cpu_count()} CPUs, {platform.machine()}, Python {platform.python_version()}"


def now() -> str:
    """This moment in UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def append(path: Path, result: Result) -> None:
    """Adds a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(asdict(result)) + "\n")


def read(path: Path, of: str | None = None) -> list[Result]:
    """The results so far, of one commit where it is named; of a run that is there more than once, the last."""
    lines = path.read_text().splitlines() if path.exists() else []
    made = [Result(**{**said, "violations": tuple(said["violations"])}) for said in map(json.loads, lines)]
    return list({(one.fault, one.seed, one.commit): one for one in made if of in (None, one.commit)}.values())


def table(results: Iterable[Result], order: Sequence[str]) -> str:
    """The results as a table in Markdown, a row for each fault."""
    grouped: dict[str, list[Result]] = {}
    for one in results:
        grouped.setdefault(one.fault, []).append(one)
    head = ["fault", "seeds", "violations", "lag gone, s", "all told, s", "memory", "copies"]
    rows = [head, ["---", *["---:"] * 6]]
    rows += [_row(name, grouped[name]) for name in sorted(grouped, key=_place(order))]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _place(order: Sequence[str]) -> Callable[[str], tuple[int, str]]:
    places = {name: number for number, name in enumerate(order)}
    return lambda name: (places.get(name, len(places)), name)


def _row(name: str, runs: Sequence[Result]) -> list[str]:
    return [
        name,
        str(len(runs)),
        str(sum(len(one.violations) for one in runs)),
        _spread([one.lag for one in runs]),
        _spread([one.rest for one in runs]),
        f"{max(one.memory for one in runs):.2f}",
        str(sum(one.copies for one in runs)),
    ]


def _spread(seconds: Sequence[float | None]) -> str:
    """Median and greatest."""
    there = [one for one in seconds if one is not None]
    never = f", never {len(seconds) - len(there)}" if len(there) < len(seconds) else ""
    return f"{median(there):.1f} / {max(there):.1f}{never}" if there else "never"
