"""Escalation: what nobody has answered for so many working days goes to the lead of the plan."""

import datetime as dt
from dataclasses import dataclass, field, replace

from schemas.alerts import Symptom
from schemas.names import owner
from services.alerting.domain.answers import Answers, newest
from services.alerting.domain.model import KeptAlert
from services.kit.words import counted, london_day

NEVER: frozenset[Symptom] = frozenset({"stuck", "outcome-off-path", "withdrawn", "unlisted", "unreachable", "refused"})
"""What the lead has brought about, can do nothing about, or is not told."""


def working_days_after(day: dt.date, number: int) -> dt.date:
    """The date so many working days (Monday to Friday) after a day."""
    while number > 0:
        day += dt.timedelta(days=1)
        number -= day.weekday() < 5
    return day


@dataclass(frozen=True, slots=True)
class Desk:
    """What is done with an alert beside telling it: answers are noted on it, and what nobody answers is passed on.

    `today` is London's date; after `patience` working days without an answer the lead is told.
    """

    today: dt.date
    patience: int
    answers: Answers = field(default_factory=tuple)

    def stamp(self, kept: KeptAlert, before: KeptAlert | None) -> KeptAlert:
        """The alert with its answer, and since when it is the lead's too; once it is, it stays so."""
        if not kept.firing:
            return kept
        found = newest(kept, self.answers, self.today)
        since = before.alert.escalated if before else None
        if since is None and found is None and self._is_the_leads(kept):
            since = self.today
        update = {"answer": found.shown() if found else None, "escalated": since}
        stamped = replace(kept, alert=kept.alert.model_copy(update=update))
        return _with_the_lead(stamped, self.patience) if since else stamped

    def next_day(self, kept: KeptAlert) -> dt.date | None:
        """The next London date on which `stamp` would say something else; None for never."""
        if not kept.firing:
            return None
        if kept.alert.answer:
            return kept.alert.answer.until + dt.timedelta(days=1)
        if kept.alert.escalated or kept.symptom in NEVER:
            return None
        return max(self._passed_on(kept), self.today + dt.timedelta(days=1))

    def _is_the_leads(self, kept: KeptAlert) -> bool:
        return kept.symptom not in NEVER and self.today >= self._passed_on(kept)

    def _passed_on(self, kept: KeptAlert) -> dt.date:
        return working_days_after(london_day(kept.alert.since), self.patience)


def _with_the_lead(kept: KeptAlert, patience: int) -> KeptAlert:
    lead = owner(kept.alert.plan)
    concerns = tuple(dict.fromkeys((*kept.concerns, lead)))
    return replace(kept, concerns=concerns, says=f"{kept.says} {unanswered(patience)}")


def unanswered(patience: int) -> str:
    """What the lead reads, after the reason."""
    return f"Nobody answered it within {counted(patience, 'working day')}, so it goes to the lead of the plan."
