"""The invariants of telling: nobody who should know was left out, nobody was told what never was, nothing twice."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.alerts import SYMPTOMS, Symptom, Told, alert_key
from schemas.states import MilestoneState
from services.alerting.domain.ends import ending
from services.alerting.domain.rules.every import OF_DATES, OF_MILESTONES, Holding, of_department, of_milestone, of_plan
from services.alerting.domain.rules.holds import Limits
from services.alerting.domain.subscriptions import Subscription
from services.kit.words import london_day
from tests.faults.evidence import Evidence, Hook, key_of
from tests.faults.expected import Expected
from tests.faults.invariants import Invariant


@dataclass(frozen=True, slots=True)
class Case:
    """One symptom of one milestone at the end, and what one subscriber was last told of it."""

    subscription: Subscription
    state: MilestoneState
    symptom: Symptom
    last: Told | None

    @property
    def key(self) -> str:
        """The alert."""
        return alert_key(self.state.plan, self.state.milestone, self.symptom)

    def __str__(self) -> str:
        """For people."""
        told = f"told {self.last.ended or ''} {self.last.against_baseline} to {self.last.to}" if self.last else "untold"
        state = f"{self.state.lifecycle}, slip {self.state.slip}, projected {self.state.projected}"
        return f"{self.subscription.scope.key} (least {self.subscription.least_days}) {self.key}: {state}; {told}"


def cases(evidence: Evidence) -> Iterator[Case]:
    """Every symptom that a milestone can have, for everyone who listens to it."""
    last = {
        (hook.subscription, key_of(told)): told
        for hook in in_order(evidence)
        for told in _told(hook)
    }  # fmt: skip
    for subscription in evidence.telling.subscriptions.values():
        for state in evidence.states.values():
            if subscription.scope.key in (f"plan:{state.plan}", f"department:{state.department}"):
                for symptom in OF_MILESTONES:
                    key = alert_key(state.plan, state.milestone, symptom)
                    yield Case(subscription, state, symptom, last.get((subscription.id, key)))


def holding(state: MilestoneState, evidence: Evidence) -> Holding:
    """What holds for a milestone at the end."""
    return of_milestone(state, evidence.states, moment(evidence), Limits())


def moment(evidence: Evidence) -> dt.datetime:
    """Noon of the day on which everything came to rest."""
    return dt.datetime.combine(evidence.today, dt.time(12), dt.UTC)


def in_order(evidence: Evidence) -> list[Hook]:
    """The webhooks of each subscription in the order of their numbers, each once."""
    return sorted({hook.id: hook for hook in evidence.telling.hooks}.values(), key=lambda h: (h.subscription, h.number))


def _told(hook: Hook) -> Iterator[Told]:
    for section in hook.notification.data.causes:
        yield from section.moved


def alerts_hold_what_the_states_call_for(evidence: Evidence) -> list[str]:
    """An alert fires exactly when its rule holds for the final state, with its days; of plans and departments too."""
    wanted = {
        alert_key(name, about, symptom): holds.days
        for name, plan in evidence.expected.items()
        for about, held in _held(plan, evidence)
        for symptom, holds in held.items()
    }
    alerts = evidence.telling.alerts.items()
    of_states = {key: kept for key, kept in alerts if kept.symptom != "unreachable"}  # that follows from who listens
    firing = {key: kept.alert.days for key, kept in of_states.items() if kept.firing}
    keys = sorted(wanted.keys() | firing.keys())
    return [f"{k}: {wanted.get(k)} days hold, {firing.get(k)} fire" for k in keys if wanted.get(k) != firing.get(k)]


def _held(plan: Expected, evidence: Evidence) -> Iterator[tuple[str, Holding]]:
    """What holds for the plan, for each department in it, and for each milestone."""
    yield "", of_plan(plan.state)
    for department in plan.state.counts:
        heard = [state.last_heard for state in plan.milestones.values() if state.department == department]
        last = max(map(london_day, heard), default=None)
        yield department, of_department(plan.state, department, last, moment(evidence))
    for name, state in plan.milestones.items():
        yield name, holding(state, evidence)


def the_last_word_is_not_outgrown(evidence: Evidence) -> list[str]:
    """No final level is worse than the last notification of it by more than the threshold of whoever listens."""
    found = [case for case in cases(evidence) if case.symptom in holding(case.state, evidence)]
    return [str(case) for case in found if not _known(case, evidence)]


def _known(case: Case, evidence: Evidence) -> bool:
    least, last = case.subscription.least_days, case.last
    if case.symptom == "overdue":
        return bool(last and not last.ended) or holding(case.state, evidence)["overdue"].days <= least
    if case.symptom not in OF_DATES:
        return bool(last and not last.ended)
    slip, outgrown = case.state.slip or 0, max(case.state.tolerance, least)
    if last is None or (last.ended and (last.against_baseline or 0) <= 0):
        return slip <= outgrown
    later = (case.state.projected - last.to).days if case.state.projected and last.to else 0
    return max(slip - (last.against_baseline or 0), later) <= outgrown


def what_is_over_was_said_to_be(evidence: Evidence) -> list[str]:
    """What was told and holds no more was said to be over, and to have recovered where the date came back."""
    over = [c for c in cases(evidence) if c.last and c.symptom not in holding(c.state, evidence)]
    said = [f"never said to be over: {case}" for case in over if case.last and not case.last.ended]
    back = [c for c in over if c.last and c.last.ended and c.last.ended != "recovered" and _recovered(c, evidence)]
    return said + [f"recovered, and not said so: {case}" for case in back]


def _recovered(case: Case, evidence: Evidence) -> bool:
    kept = evidence.telling.alerts.get(case.key)
    return kept is not None and ending(kept, case.state, evidence.states) == "recovered"


def nothing_is_told_that_never_was(evidence: Evidence) -> list[str]:
    """Every milestone, date and slip in a notification was so after some record of the log."""
    return [
        f"{hook.id}: {told.plan} {told.milestone} to {told.to}, slip {told.against_baseline}"
        for hook in in_order(evidence)
        for told in _told(hook)
        if told.milestone and (told.milestone, told.to, told.against_baseline) not in evidence.expected[told.plan].ever
    ]


def nothing_is_told_twice(evidence: Evidence) -> list[str]:
    """Between two words about the same thing a slip has become worse by more than the threshold, or it was over."""
    said, last = [], dict[tuple[str, str], Told]()
    for hook in in_order(evidence):
        least = evidence.telling.subscriptions[hook.subscription].least_days
        for told in _told(hook):
            at = hook.subscription, key_of(told)
            if at in last and _again(last[at], told, max(least, evidence.kept.plans[told.plan].tolerance)):
                said.append(f"{hook.id}: {key_of(told)} {last[at].against_baseline} and {told.against_baseline} again")
            last[at] = told
    return said


def _again(before: Told, now: Told, threshold: int) -> bool:
    if before.ended or now.ended:
        return bool(before.ended and now.ended)
    if SYMPTOMS[now.rule] != "late":
        return True
    later = (now.to - before.to).days if now.to and before.to else 0
    return max((now.against_baseline or 0) - (before.against_baseline or 0), later) <= threshold


def every_notification_arrives(evidence: Evidence) -> list[str]:
    """Each subscription's notifications are numbered without a gap, and each arrived, as it was composed."""
    telling, composed = evidence.telling, evidence.telling.notifications
    arrived = {hook.id: hook.text for hook in evidence.telling.hooks}
    wanted = {f"{s.id}-{n}" for s in telling.subscriptions.values() for n in range(1, s.number + 1)}
    return [
        *(f"{one} was never composed" for one in sorted(wanted - telling.notifications.keys())),
        *(f"{one} is beyond the last number" for one in sorted(telling.notifications.keys() - wanted)),
        *(f"{i} arrived otherwise, or not" for i, kept in composed.items() if arrived.get(kept.known_as) != kept.body),
    ]


def copies_are_few_and_alike(evidence: Evidence) -> list[str]:
    """Copies of a notification carry its id and body; there are no more than attempts, and one attempt per crash.

    A crash (of alerting, or of the store that would have recorded the outcome) repeats at most the one attempt that was
    under way; an attempt that the receiver did not answer is on record as failed.
    """
    crashes = evidence.crashes
    arrived: dict[str, list[str]] = defaultdict(list)
    for hook in evidence.telling.hooks:
        arrived[hook.id].append(hook.text)
    said = [f"{one} came with different bodies" for one, texts in arrived.items() if len(set(texts)) > 1]
    for one, kept in evidence.telling.notifications.items():
        if one in evidence.settled:
            continue
        copies, failed = len(arrived[kept.known_as]), sum(attempt.result == "failed" for attempt in kept.attempts)
        if copies > len(kept.attempts) or len(kept.attempts) > 1 + crashes + failed:
            said.append(f"{one} came {copies} times, in {len(kept.attempts)} attempts, with {crashes} crashes")
    return said


OF_TELLING: tuple[Invariant, ...] = (
    alerts_hold_what_the_states_call_for,
    the_last_word_is_not_outgrown,
    what_is_over_was_said_to_be,
    nothing_is_told_that_never_was,
    nothing_is_told_twice,
    every_notification_arrives,
    copies_are_few_and_alike,
)
