"""Standing: what is told as Alertmanager keeps it, an alert that stands for a while unless it is renewed."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.alerts import SYMPTOMS, Notification, NotificationData, Symptom, Told, Trial
from services.alerting.domain.model import KeptAlert, NotificationRecord
from services.kit.words import readable

LASTS = dt.timedelta(minutes=5)
"""How long an alert stands that is not renewed; it says so itself, so `resolve_timeout` does not count."""

RENEWED_SECONDS = 60.0
"""How often it is renewed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One alert: `labels` are its identity and stay the same, `until` is when it ends."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    since: dt.datetime
    until: dt.datetime
    url: str

    def wire(self) -> dict[str, object]:
        """As `postableAlert` of Alertmanager's API v2."""
        return {
            "labels": dict(self.labels),
            "annotations": dict(self.annotations),
            "startsAt": self.since.isoformat(),
            "endsAt": self.until.isoformat(),
            "generatorURL": self.url,
        }


def of_notification(record: NotificationRecord) -> list[Standing]:
    """What a notification tells: what holds stands from now on, what is over ended when it was composed."""
    if record.kind == "test":
        labels = {"alertname": "test", "kind": "delivery", "subscription": record.subscription}
        note = {"summary": Trial.model_validate_json(record.body).data.says}
        return [Standing(labels, note, record.composed, record.composed + LASTS, "")]
    data = Notification.model_validate_json(record.body).data
    return [_told(told, data, record.composed) for told in _all(data)]


def _all(data: NotificationData) -> Iterator[Told]:
    return (told for section in data.causes for told in section.moved)


def _told(told: Told, data: NotificationData, now: dt.datetime) -> Standing:
    labels = labelled(SYMPTOMS[told.rule], told.plan, told.milestone, told.department)
    days = told.days if told.against_baseline is None else told.against_baseline
    page = data.links.get(told.plan) or data.links["plan" if told.plan else "rejections"]
    return Standing(labels, _notes(told.title, told.reason, days), now, now if told.ended else now + LASTS, page)


def of_alert(kept: KeptAlert, reason: str, plans_url: str, now: dt.datetime) -> Standing:
    """An alert that was told and holds still, with its reason as the subscriber may know it."""
    alert = kept.alert
    labels = labelled(kept.symptom, kept.plan, alert.milestone, kept.department)
    page = kept.page or f"{plans_url.rstrip('/')}/plans/{alert.plan}"
    return Standing(labels, _notes(kept.title, reason, alert.days), alert.since, now + LASTS, page)


def labelled(symptom: Symptom, plan: str, milestone: str, department: str) -> dict[str, str]:
    """The identity of an alert; a label without a value is no label."""
    labels = {"alertname": symptom, "kind": "delivery", "plan": plan, "milestone": milestone, "department": department}
    return {name: value for name, value in labels.items() if value}


def _notes(title: str, reason: str, days: int) -> dict[str, str]:
    return {"summary": readable(title), "description": readable(reason), "days": str(days)}
