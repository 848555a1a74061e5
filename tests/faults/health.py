"""The invariants of services: each event has one outcome, lag goes away in time, nothing dies or grows by itself."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from schemas.names import owner
from tests.faults.driver import System
from tests.faults.evidence import Evidence
from tests.faults.invariants import Invariant
from tests.faults.load import Body

OUTCOMES = frozenset({"applied", "superseded", "waiting", "rejected"})
GROWTH = 1.5
"""The memory of a process at rest, over what it was at rest before."""

AT_ONCE = 1_000
"""Events of one source that plan-tracking is asked of at once (services/plan_tracking/api.py)."""

ASKED_SINGLY = 25
"""Events of each run that are asked of at ingest's own door."""


async def outcomes(system: System, keys: Mapping[str, str], events: Iterable[Body]) -> dict[tuple[str, str], list[str]]:
    """What came of each event, as plan-tracking says it, and of some at ingest's door, as `GET /events` answers."""
    ids: dict[str, list[str]] = defaultdict(list)
    for source, identifier in sorted({(event["source"], event["id"]) for event in events}):
        ids[source].append(identifier)
    found: dict[tuple[str, str], list[str]] = {}
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        for source, all_ids in ids.items():
            http.headers["Authorization"] = f"Bearer {keys[owner(source[1:])]}"
            for some in _slices(all_ids):
                asked = {"source": source, "ids": some}
                answer = await http.post(f"{system.addresses['plan_tracking'][0]}/api/outcomes", json=asked)
                found |= {(source, one): _said(said) for one, said in _read(answer).items()}
            for one in all_ids[:: max(1, len(all_ids) // ASKED_SINGLY)]:
                answer = await http.get(f"{system.addresses['ingest'][0]}/events", params={"source": source, "id": one})
                found[source, one] = _said(_read(answer))
    return found


def _slices(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _read(answer: httpx.Response) -> Any:
    if answer.status_code == 404:  # nothing has come of it
        return []
    if answer.status_code != 200:
        raise ValueError(f"{answer.request.url} answered {answer.status_code}: {answer.text[:300]}")
    return answer.json()["outcomes"]


def _said(outcomes: Iterable[Mapping[str, str]]) -> list[str]:
    return [one["outcome"] for one in outcomes]


async def memory(system: System) -> dict[str, int]:
    """Kibibytes that each process of a service holds in memory now."""
    found: dict[str, int] = {}
    for name in system.driver.parts:
        if name.partition(".")[0] in system.addresses:
            status = Path(f"/proc/{await system.driver.pid(name)}/status").read_text()
            found[name] = int(status.partition("VmRSS:")[2].split()[0])
    return found


def each_event_has_one_outcome(evidence: Evidence) -> list[str]:
    """Every accepted event is applied, superseded, waiting or rejected: one of them for each time it is on the log."""
    asked = {(body["source"], body["id"]) for body in evidence.accepted}
    times = Counter((entry.event.source, entry.event.id) for entries in evidence.log.values() for entry in entries)
    return [
        f"{source} {one}: {said}, {times[source, one]} times on the log"
        for source, one in sorted(asked)
        if len(said := evidence.outcomes.get((source, one), [])) != times[source, one] or not OUTCOMES.issuperset(said)
    ]


def lag_is_gone_in_time(evidence: Evidence) -> list[str]:
    """Everything is worked on, and everyone told, within the seconds that are promised for it."""
    life = evidence.life
    measured = zip(("lag", "telling"), (life.lag, life.rest), life.within, strict=True)
    return [
        f"{what} was over after {seconds} s, not within {most:.0f} s; {life.left}"
        for what, seconds, most in measured
        if seconds is None or seconds > most
    ]


def nothing_dies_by_itself(evidence: Evidence) -> list[str]:
    """A process has been started once, and once for each time that it was killed."""
    return [f"{name} died {count} times by itself" for name, count in evidence.life.deaths.items() if count]


def memory_is_as_before(evidence: Evidence) -> list[str]:
    """At rest a process holds at most GROWTH times what it held at rest before."""
    before, after = evidence.life.before, evidence.life.after
    return [
        f"{name} grew from {size} to {after[name]} KiB"
        for name, size in before.items()
        if after.get(name, 0) > GROWTH * size
    ]


OF_HEALTH: tuple[Invariant, ...] = (
    each_event_has_one_outcome,
    lag_is_gone_in_time,
    nothing_dies_by_itself,
    memory_is_as_before,
)
