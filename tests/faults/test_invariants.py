"""Controls: each invariant is silent about a good run, and speaks when one thing in it is made wrong."""

import dataclasses
from collections import Counter
from collections.abc import Callable

import pytest

from schemas.network import PortData, PortMoved
from services.plan_tracking.domain.model import Entry
from tests.events import NOON, PLAN, body
from tests.faults import health, invariants, tellings
from tests.faults.evidence import Evidence, Hook, Life
from tests.faults.example import evidence, logged, reworded, with_hooks, without_hook
from tests.faults.invariants import Invariant, violations
from tests.faults.run import ALL

B = f"{PLAN}|dft/b"
RAW = b"key", b"value", (("a", b"header"),)
TWO = ["applied", "rejected"]

Spoil = Callable[[Evidence], Evidence]


def test_a_good_run_violates_nothing() -> None:
    """Both milestones were late, came back, and one is late again: three notifications."""
    good = evidence()
    assert [hook.notification.data.kind for hook in good.telling.hooks] == ["moved", "recovered", "moved"]
    assert violations(good, ALL) == []


def lost(good: Evidence) -> Evidence:
    """An accepted event is not on the log."""
    return good.but(accepted=[*good.accepted, {**good.accepted[-1], "id": "lost"}])


def garbled(good: Evidence) -> Evidence:
    """An accepted event is on the log with another date."""
    wrong = {**good.accepted[-1], "data": {"forecast": "2029-09-09", "reason": "Its own"}}
    return good.but(accepted=[*good.accepted[:-1], wrong])


def rolled_back(good: Evidence) -> Evidence:
    """A milestone in the store is as it was before its last record."""
    earlier = [state for key, state in good.announced.milestones if key == B][-2]
    return good.but(kept=dataclasses.replace(good.kept, milestones={**good.kept.milestones, B: earlier}))


def without_registers(good: Evidence) -> Evidence:
    """The states are right, but a register is not."""
    registers = dict(good.kept.registers[B])
    registers.pop("forecast")
    return good.but(kept=dataclasses.replace(good.kept, registers={**good.kept.registers, B: registers}))


def unheard_of(good: Evidence) -> Evidence:
    """The store has a milestone that nobody spoke of."""
    more = {**good.kept.milestones, f"{PLAN}|dft/x": good.kept.milestones[B]}
    return good.but(kept=dataclasses.replace(good.kept, milestones=more))


def unanswered(good: Evidence) -> Evidence:
    """A plan that needs a milestone of this one has never heard where it stands."""
    needs = body("dependency.declared", "dwp/c", {"needs": "dft/a", "needs_plan": PLAN}, plan="dwp/jobs")
    return good.but(log={**good.log, "dwp/jobs": logged([needs])})


def chattering(good: Evidence) -> Evidence:
    """Another plan is told twice of a milestone, while there was one record to tell of."""
    told = [
        PortMoved(
            specversion="1.0", id=f"{n}", source="/milepost/plans", subject="dwp/jobs", plan="dwp/jobs", time=NOON,
            acceptedtime=NOON, data=PortData(version=n, of=PLAN, milestone="dft/a", known=True),
        )
        for n in range(2)
    ]  # fmt: skip
    entries = [Entry(offset, event) for offset, event in enumerate(told)]
    return good.but(log={PLAN: good.log[PLAN][:1], "dwp/jobs": entries})


def echoing(good: Evidence) -> Evidence:
    """The same is said to another plan again and again, although nothing was killed so often."""
    [first, _] = chattering(good).log["dwp/jobs"]
    return good.but(log={**good.log, "dwp/jobs": [Entry(offset, first.event) for offset in range(4)]})


def forgotten(good: Evidence) -> Evidence:
    """History lacks a record."""
    return good.but(kept=dataclasses.replace(good.kept, history=good.kept.history[1:]))


def remembered_twice(good: Evidence) -> Evidence:
    """History has a record twice."""
    return good.but(kept=dataclasses.replace(good.kept, history=[*good.kept.history, good.kept.history[0]]))


def unannounced(good: Evidence) -> Evidence:
    """The last state of a milestone was not announced."""
    return good.but(announced=dataclasses.replace(good.announced, milestones=good.announced.milestones[:-1]))


def unannounced_alert(good: Evidence) -> Evidence:
    """The last change of an alert was not announced."""
    return good.but(announced=dataclasses.replace(good.announced, alerts=good.announced.alerts[:-1]))


def announced_again(good: Evidence) -> Evidence:
    """A zombie has announced an old state, and its successor the newest once more."""
    of_b = [one for one in good.announced.milestones if one[0] == B]
    back = [*good.announced.milestones, of_b[-2], of_b[-1]]
    return good.but(announced=dataclasses.replace(good.announced, milestones=back))


def miscounted(good: Evidence) -> Evidence:
    """A replica of metrics shows an old count."""
    return good.but(series=[good.series[0], dict.fromkeys(good.series[0], 0.0)])


def silent(good: Evidence) -> Evidence:
    """The alert that fires at the end is not there."""
    alerts = {key: kept for key, kept in good.telling.alerts.items() if not kept.firing}
    return good.but(telling=dataclasses.replace(good.telling, alerts=alerts))


def alarmed(good: Evidence) -> Evidence:
    """An alert fires for the plan as a whole, and nothing is wrong with it."""
    fired = next(kept for kept in good.telling.alerts.values() if kept.firing)
    stuck = fired.alert.model_copy(update={"milestone": "", "rule": "stuck"})
    alerts = {**good.telling.alerts, f"{PLAN}||stuck": dataclasses.replace(fired, alert=stuck)}
    return good.but(telling=dataclasses.replace(good.telling, alerts=alerts))


def told_again(good: Evidence) -> Evidence:
    """The last notification once more, under a new number."""
    return with_hooks(good, Hook("s-4", good.telling.hooks[-1].text))


def copied(good: Evidence) -> Evidence:
    """A copy that no attempt accounts for."""
    return with_hooks(good, good.telling.hooks[0])


def tried_too_often(good: Evidence) -> Evidence:
    """More attempts than there were crashes, and none is on record as failed."""
    return with_attempts(good, 3)


def with_attempts(good: Evidence, times: int) -> Evidence:
    """So many attempts of the first notification, none of which is on record as failed."""
    first = good.telling.notifications["s-1"]
    many = dataclasses.replace(first, attempts=first.attempts * times)
    notifications = {**good.telling.notifications, "s-1": many}
    return good.but(telling=dataclasses.replace(good.telling, notifications=notifications))


SPOILED: list[tuple[Invariant, Spoil]] = [
    (invariants.accepted_is_on_the_log, lost),
    (invariants.accepted_is_on_the_log, garbled),
    (invariants.only_the_hostile_is_rejected, lambda good: good.but(rejected={"events/3/7": RAW})),
    (invariants.only_the_hostile_is_rejected, lambda good: good.but(hostile={"events/3/7": RAW})),
    (
        invariants.only_the_hostile_is_rejected,
        lambda good: good.but(hostile={"events/3/7": RAW}, rejected={"events/3/7": (*RAW[:2], ())}),
    ),
    (invariants.answers_are_honest, lambda good: good.but(answers=Counter({"500": 1}))),
    (invariants.plans_equal_a_fold, rolled_back),
    (invariants.plans_equal_a_fold, without_registers),
    (invariants.plans_equal_a_fold, unheard_of),
    (invariants.ports_are_the_newest, unanswered),
    (invariants.moves_are_announced_within_bounds, chattering),
    (invariants.moves_are_announced_within_bounds, echoing),
    (invariants.history_has_each_record_once, forgotten),
    (invariants.history_has_each_record_once, remembered_twice),
    (invariants.readers_see_the_newest, unannounced),
    (invariants.readers_see_the_newest, unannounced_alert),
    (invariants.announcements_never_go_back, announced_again),
    (invariants.metrics_show_the_newest, miscounted),
    (invariants.all_are_well, lambda good: good.but(wrong=["alerting.1: healthz answers 503"])),
    (tellings.alerts_hold_what_the_states_call_for, silent),
    (tellings.alerts_hold_what_the_states_call_for, alarmed),
    (tellings.the_last_word_is_not_outgrown, lambda good: without_hook(good, 3)),
    (tellings.what_is_over_was_said_to_be, lambda good: without_hook(good, 2)),
    (
        tellings.what_is_over_was_said_to_be,
        lambda good: reworded(good, 2, '"ended":"recovered"', '"ended":"cancelled"'),
    ),
    (tellings.nothing_is_told_that_never_was, lambda good: reworded(good, 3, '"to":"2027-03-15"', '"to":"2027-03-16"')),
    (tellings.nothing_is_told_twice, told_again),
    (tellings.every_notification_arrives, lambda good: without_hook(good, 1)),
    (tellings.every_notification_arrives, lambda good: reworded(good, 1, "Later", "later")),
    (tellings.copies_are_few_and_alike, copied),
    (tellings.copies_are_few_and_alike, lambda good: with_hooks(good, Hook("s-1", good.telling.hooks[1].text))),
    (tellings.copies_are_few_and_alike, tried_too_often),
    (tellings.copies_are_few_and_alike, lambda good: with_attempts(good, 2).but(recent=Counter())),
    (health.each_event_has_one_outcome, lambda good: good.but(outcomes=dict(list(good.outcomes.items())[1:]))),
    (health.each_event_has_one_outcome, lambda good: good.but(outcomes={key: ["lost"] for key in good.outcomes})),
    (health.each_event_has_one_outcome, lambda good: good.but(outcomes=dict.fromkeys(good.outcomes, TWO))),
    (health.lag_is_gone_in_time, lambda good: good.but(life=Life(lag=None, rest=None))),
    (health.lag_is_gone_in_time, lambda good: good.but(life=Life(rest=151.0))),
    (health.nothing_dies_by_itself, lambda good: good.but(life=Life(deaths={"metrics.1": 1}))),
    (health.memory_is_as_before, lambda good: good.but(life=Life(before={"m": 100}, after={"m": 151}))),
]


@pytest.mark.parametrize(("invariant", "spoil"), SPOILED)
def test_what_is_wrong_is_seen(invariant: Invariant, spoil: Spoil) -> None:
    """Each invariant sees what it is there to see."""
    assert invariant(evidence()) == []
    assert invariant(spoil(evidence()))


def test_every_invariant_has_a_control() -> None:
    """None is added without one."""
    assert {invariant for invariant, _ in SPOILED} == set(ALL)
