"""The rule book: which rules are in force, and which of them are new to a state that others have judged."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.alerts import SYMPTOMS, Symptom
from services.alerting.domain.rules.holds import Limits

Editions = Mapping[str, str]
"""By symptom, the edition of its rules: another one may hold where the former did not."""

EDITIONS: dict[Symptom, int] = dict.fromkeys(SYMPTOMS.values(), 1)
"""To be raised when a rule changes so that it holds where it did not."""

_UNVERSIONED: Editions = {"late": "1", "overdue": "1"}
"""What judged states before there were versions."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules with their limits; `past` has the editions of every version that has judged."""

    limits: Limits = field(default_factory=Limits)
    past: Mapping[str, Editions] = field(default_factory=dict)

    @property
    def editions(self) -> dict[str, str]:
        """The editions in force; a limit is part of them."""
        own = {"blocked": f"/{self.limits.blocked_days}"}
        return {symptom: f"{edition}{own.get(symptom, '')}" for symptom, edition in EDITIONS.items()}

    @property
    def version(self) -> str:
        """Their name."""
        return hashlib.sha256(repr(sorted(self.editions.items())).encode()).hexdigest()[:12]

    def new_since(self, version: str | None) -> frozenset[Symptom]:
        """The symptoms that are judged otherwise than by this version; None is before there were any."""
        then = _UNVERSIONED if version is None else self.past.get(version, {})
        return frozenset(symptom for symptom in EDITIONS if then.get(symptom) != self.editions[symptom])
