"""Judging: what becomes of each alert of a subject, now that this holds for it."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from schemas.alerts import SYMPTOMS, Alert, Ended, Symptom, alert_key
from services.alerting.domain.ends import ITS_OWN, in_words
from services.alerting.domain.escalation import Desk
from services.alerting.domain.life import lived
from services.alerting.domain.model import KeptAlert, Said
from services.alerting.domain.rules.every import OF_DATES, Holding
from services.alerting.domain.rules.holds import Holds, reason
from services.alerting.domain.speaking import worst
from services.alerting.domain.subjects import Subject

Alerts = Mapping[str, KeptAlert]
"""By key."""

Ending = Callable[[KeptAlert], Ended]
"""Why an alert that held does not hold any more."""


@dataclass(frozen=True, slots=True)
class Already:
    """What is known and told to nobody: what held before by the rules that judge now, and the projected date then.

    `symptoms` are those that are judged by a new rule or threshold. What fires already is known only `at_start`: else
    somebody may still have to be told of it. `newest` is when the last of many had come.
    """

    holding: Holding
    projected: dt.date | None
    symptoms: Collection[Symptom]
    at_start: bool = False
    newest: dt.datetime | None = None

    def said(self, symptom: Symptom) -> Said | None:
        """What everybody counts as told."""
        holds = self.holding.get(symptom) if symptom in self.symptoms else None
        return Said(holds.days, self.projected, holds.cause, newest=self.newest) if holds else None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A subject, what holds for it, what of that is known `already`, and whether it is heard of for the first time.

    `desk` notes the answers, and passes on what nobody answers.
    """

    subject: Subject
    holding: Holding
    already: Already | None
    first: bool
    desk: Desk

    def changes(
        self, symptoms: Collection[Symptom], alerts: Alerts, ending: Ending, now: dt.datetime
    ) -> Iterator[KeptAlert]:
        """The alerts that change."""
        for symptom in symptoms:
            before = alerts.get(alert_key(self.subject.plan, self.subject.about, symptom))
            after = self._judge(symptom, before, ending, now)
            if after and not (before and _same(before, after)):
                yield lived(before, after, now)

    def _judge(self, symptom: Symptom, before: KeptAlert | None, ending: Ending, now: dt.datetime) -> KeptAlert | None:
        """What the alert becomes; None when there is none."""
        was = before if before and before.firing else None
        if holds := self.holding.get(symptom):
            return self._fire(was, holds, now)
        return self._end(was, self._ended(symptom, ending(was))) if was else before

    def _ended(self, symptom: Symptom, ended: Ended) -> Ended:
        """What held before and would not by the rules of now ended with the rule."""
        already = self.already
        stricter = already and symptom in already.symptoms and symptom not in already.holding
        return "rule-changed" if ended == "resolved" and stricter else ended

    def _fire(self, before: KeptAlert | None, holds: Holds, now: dt.datetime) -> KeptAlert:
        subject = self.subject
        alert = Alert(
            plan=subject.plan,
            milestone=subject.milestone,
            department=subject.part,
            rule=holds.rule,
            level="firing",
            since=before.alert.since if before else now,
            days=holds.days,
            by_day=holds.by_day,
            reason=reason(holds.says),
            cause=holds.cause,
            version=subject.version,
        )
        unmoved = before is not None and before.first_seen and before.alert.days == holds.days
        fired = KeptAlert(
            alert,
            title=subject.title,
            department=subject.department,
            tolerance=self._tolerance(before, holds),
            baseline=subject.baseline,
            declared=subject.declared,
            projected=subject.projected,
            slip=subject.slip,
            path=holds.path or ((subject.node,) if subject.milestone else ()),
            first_seen=self.first or unmoved,
            known=self._known(before, holds),
            correlationid=subject.correlationid,
            says=holds.says,
            places=subject.places,
            concerns=subject.concerns,
            page=subject.page,
            newest=subject.newest,
        )
        return self.desk.stamp(fired, before)

    def _known(self, before: KeptAlert | None, holds: Holds) -> Said | None:
        """What counts as told; of two words the worse."""
        was = before.known if before else None
        if self.already is None or (before and not self.already.at_start):
            return was
        return worst(self.already.said(SYMPTOMS[holds.rule]), was)

    def _tolerance(self, before: KeptAlert | None, holds: Holds) -> int:
        """What is tolerated; less than it was only once something moves, so that nobody is told what held already."""
        subject = self.subject
        if before and (before.alert.days, before.projected) == (holds.days, subject.projected):
            return max(before.tolerance, subject.tolerance)
        return subject.tolerance

    def _end(self, before: KeptAlert, ended: Ended) -> KeptAlert:
        subject, by_itself = self.subject, ended in ITS_OWN
        changes = {
            "level": "ended",
            "ended": ended,
            "days": (subject.slip or 0) if before.symptom in OF_DATES else 0,
            "by_day": False,
            "reason": in_words(ended, before.symptom),
            "cause": subject.node if by_itself else before.alert.cause,
            "version": subject.version,
            "answer": None,
            "escalated": None,
        }
        return replace(
            before,
            alert=before.alert.model_copy(update=changes),
            title=subject.title,
            projected=subject.projected,
            slip=subject.slip,
            known=None,
            correlationid=subject.correlationid,
            says="",
        )


def _same(before: KeptAlert, after: KeptAlert) -> bool:
    alert = after.alert.model_copy(update={"version": before.alert.version})
    return replace(after, alert=alert, correlationid=before.correlationid, life=before.life) == before
