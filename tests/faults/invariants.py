"""The invariants of plans: what holds when a fault run has come to rest. Each answers with its violations."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from schemas.events import EVENT
from schemas.network import NETWORK, PortMoved
from schemas.topics import milestone_key
from services.plan_tracking.domain.ports import port as newest
from tests.faults.evidence import Evidence, milestone_keys

Invariant = Callable[[Evidence], list[str]]

MOST = 20
"""Violations of one kind that are told."""


def violations(evidence: Evidence, invariants: tuple[Invariant, ...]) -> list[str]:
    """The violations of all invariants, each with the name of what it violates."""
    found = [(one.__name__, said) for one in invariants for said in one(evidence)[:MOST]]
    return [f"{name}: {said}" for name, said in found]


def accepted_is_on_the_log(evidence: Evidence) -> list[str]:
    """Everything that was answered 202 is on `milepost.events`, as it was said."""
    log = {(e.event.source, e.event.id): e.event for entries in evidence.log.values() for e in entries}
    return [said for body in evidence.accepted if (said := _on_the_log(body, log))]


def _on_the_log(body: dict[str, Any], log: dict[tuple[str, str], Any]) -> str | None:
    there = log.get((body["source"], body["id"]))
    if there is None:
        return f"{body['id']} was accepted and is not there"
    sent, names = EVENT.validate_python(body), ("type", "subject", "plan", "time", "data")
    differ = [name for name in names if getattr(sent, name) != getattr(there, name)]
    return f"{body['id']} is there with another {', '.join(differ)}" if differ else None


def only_the_hostile_is_rejected(evidence: Evidence) -> list[str]:
    """What was put on a topic to be refused was, byte for byte; and no other record of any topic."""
    wanted, there = evidence.hostile, evidence.rejected
    return [
        *(f"not rejected: {place} {str(wanted[place])[:200]}" for place in sorted(wanted.keys() - there.keys())),
        *(f"rejected: {place} {str(there[place])[:200]}" for place in sorted(there.keys() - wanted.keys())),
        *(f"garbled: {place}" for place in sorted(wanted.keys() & there.keys()) if wanted[place] != there[place]),
    ]


def answers_are_honest(evidence: Evidence) -> list[str]:
    """A publisher is answered 202, or 503 and told to come again, or not at all."""
    odd = {answer: n for answer, n in evidence.answers.items() if answer.isdigit() and answer not in ("202", "503")}
    return [f"{count} answers were {answer}" for answer, count in odd.items()]


def plans_equal_a_fold(evidence: Evidence) -> list[str]:
    """Every plan and milestone in the store is what a fold of the log in memory gives, registers and stamps too."""
    wanted_plans = {name: plan.state for name, plan in evidence.expected.items()}
    wanted = {key: state for plan in evidence.expected.values() for key, state in milestone_keys(plan).items()}
    kept = evidence.kept
    return [
        *_differ(wanted_plans, kept.plans, {"version"}),
        *_differ(wanted, kept.milestones, {"version", "correlationid"}),
        *(f"the registers of {key} differ" for key, r in _registers(evidence).items() if r != kept.registers.get(key)),
    ]


def _registers(evidence: Evidence) -> dict[str, Any]:
    of_plans = {name: plan.plan.registers for name, plan in evidence.expected.items()}
    return of_plans | {
        milestone_key(name, about): plan.subjects[about].registers
        for name, plan in evidence.expected.items()
        for about in plan.milestones
    }


def _differ(wanted: dict[str, Any], found: dict[str, Any], without: set[str]) -> Iterator[str]:
    """Where two sets of states differ, and in which fields."""
    for key in sorted(wanted.keys() | found.keys()):
        here, there = (one[key].model_dump(exclude=without) if key in one else None for one in (wanted, found))
        if here is None or there is None:
            yield f"{key} is {'missing' if there is None else 'there, and nobody spoke of it'}"
        elif here != there:
            fields = {name: (here[name], there[name]) for name in here if here[name] != there.get(name)}
            yield f"{key} differs: {str(fields)[:400]}"


def ports_are_the_newest(evidence: Evidence) -> list[str]:
    """What a plan last heard of each milestone that it needs elsewhere is where that milestone stands."""
    plans = {name: one.network for name, one in evidence.expected.items()}
    heard = [(name, key, port) for name, network in plans.items() for key, port in network.ports.items()]
    wanted = {(name, key) for name, network in plans.items() for key, _ in network.foreign()}
    unheard = [f"{name} has not heard of {key}" for name, key in sorted(wanted - {(n, key) for n, key, _ in heard})]
    return unheard + [
        f"{name} heard {port} of {key}"
        for name, key, port in heard
        if (name, key) in wanted and port != newest(plans[key.partition("|")[0]], key.partition("|")[2], name)
    ]


def moves_are_announced_within_bounds(evidence: Evidence) -> list[str]:
    """A plan tells a dependent of a milestone at most once for each record that it got itself, however dates travel.

    What it says again, under the same id, it says once for each time that a process was killed or stopped.
    """
    said = Counter(
        (moved.data.of, moved.data.milestone, plan, moved.id)
        for plan, entries in evidence.log.items()
        for entry in entries
        if isinstance(moved := entry.event, PortMoved)
    )
    times, again = Counter(key[:3] for key in said), evidence.kills.total()
    return [
        *(
            f"{of} told {plan} of {milestone} {count} times, with {len(evidence.log.get(of, ()))} records of its own"
            for (of, milestone, plan), count in times.items()
            if count > len(evidence.log.get(of, ()))
        ),
        *(f"{key[3]} was said {count} times" for key, count in said.items() if count > 1 + again),
    ]


def history_has_each_record_once(evidence: Evidence) -> list[str]:
    """History is the log: no record is missing, none is there twice, none is there that is not on the log."""
    wanted = Counter((p, e.offset, e.event.source, e.event.id) for p, entries in evidence.log.items() for e in entries)
    there = Counter(evidence.kept.history)
    missing, more = wanted - there, there - wanted
    return [f"missing: {one}" for one in missing] + [f"too much: {one}" for one in more]


def readers_see_the_newest(evidence: Evidence) -> list[str]:
    """A fresh reader of the compacted topics ends with the states and alerts that are in the store."""
    announced, kept = evidence.announced, evidence.kept
    alerts = {key: one.alert for key, one in evidence.telling.alerts.items()}
    return [
        *_differ(kept.milestones, dict(announced.milestones), set()),
        *_differ({p: s for p, s in kept.plans.items() if p != NETWORK}, dict(announced.plans), {"version"}),
        *_differ(alerts, dict(announced.alerts), set()),
    ]


def announcements_never_go_back(evidence: Evidence) -> list[str]:
    """On a compacted topic no state follows a newer one: not even for a moment is anything rolled back."""
    said, newest = [], dict[str, int]()
    announced = evidence.announced
    versions = [(k, s.version) for k, s in announced.milestones] + [(k, s.version) for k, s in announced.plans]
    for key, version in versions:
        if version < newest.get(key, -1):
            said.append(f"{key} went back from {newest[key]} to {version}")
        newest[key] = max(version, newest.get(key, -1))
    return said


def metrics_show_the_newest(evidence: Evidence) -> list[str]:
    """Every replica of the metrics service shows what the plans' states count."""
    wanted = {
        (plan.plan, department, status): count
        for plan in evidence.kept.plans.values()
        for department, counts in plan.counts.items()
        for status, count in counts.statuses.items()
    }
    return [
        f"replica {number} shows {series.get(key)} of {key}, not {count}"
        for number, series in enumerate(evidence.series, 1)
        for key, count in wanted.items()
        if series.get(key) != count
    ]


def all_are_well(evidence: Evidence) -> list[str]:
    """Every service is alive and ready."""
    return evidence.wrong


OF_PLANS: tuple[Invariant, ...] = (
    accepted_is_on_the_log,
    only_the_hostile_is_rejected,
    answers_are_honest,
    plans_equal_a_fold,
    ports_are_the_newest,
    moves_are_announced_within_bounds,
    history_has_each_record_once,
    readers_see_the_newest,
    announcements_never_go_back,
    metrics_show_the_newest,
    all_are_well,
)
