"""Facts beside the milestones: what their names say, and their registers as values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.names import owner
from services.plan_tracking.domain.model import Subject
from services.plan_tracking.domain.registers import Stamp

OUTCOME, EXPERIENCE = "outcome|", "experience|"
"""What the names of facts begin with, as those about money do (domain/about.py)."""


def subject_name(fact: str) -> str:
    """The name that its publisher gave: `dft/footfall`."""
    return fact.partition("|")[2].partition("@")[0]


def fact_place(fact: str) -> str | None:
    """The place of a series: a code; None where it has none."""
    return fact.partition("|")[2].split("@", 2)[1] or None if "@" in fact else None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact (or one series of it), in the plan that it was said of."""

    plan: str
    subject: Subject

    @property
    def name(self) -> str:
        """The name that its publisher gave."""
        return subject_name(self.subject.name)

    @property
    def department(self) -> str:
        """Who said it."""
        return owner(self.name)

    def is_a(self, noun: str) -> bool:
        """Whether it is an outcome, money or experience."""
        return self.subject.name.startswith(noun)

    @property
    def place(self) -> str | None:
        """The place of the series."""
        return fact_place(self.subject.name)

    def said(self, prefix: str) -> Iterator[tuple[dict[str, Any], Stamp]]:
        """What its registers of this prefix hold, each with its stamp."""
        for name, register in self.subject.registers.items():
            if name.startswith(prefix):
                yield register.value, register.stamp
