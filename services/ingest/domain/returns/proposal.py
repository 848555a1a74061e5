"""What a return would publish, as it is shown before and after."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.ingest.domain.returns.changes import Change
from services.ingest.domain.returns.known import Known
from services.ingest.domain.returns.links import Dependency
from services.ingest.domain.returns.matching import Matched
from services.ingest.domain.returns.model import Finding, Row


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row as it would be published: `data` is that of a `milestone.reported`, its dates as the contract writes them.

    Only what is `ready` may be published: of the rest a finding says what must be decided. There is no name without a
    project or a usable title, and while a question about it is open. `changes` are against today's plan, and `new` says
    that it has no such milestone; while the plan is not known there are none, and `new` is None.
    """

    row: Row
    matched: Matched
    data: Mapping[str, Any]
    changes: tuple[Change, ...]
    new: bool | None
    findings: tuple[Finding, ...]
    ready: bool

    @property
    def name(self) -> str | None:
        """The milestone."""
        return self.matched.name


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a return would publish, as at which date; `findings` are about the return, its sheets and refused rows.

    `needs` are the dependencies that it would declare, `absent` the milestones of the last return that it lacks.
    """

    plan: str
    department: str
    project: str | None
    as_at: dt.date | None
    period: str | None
    proposals: tuple[Proposal, ...]
    findings: tuple[Finding, ...]
    needs: tuple[Dependency, ...] = ()
    absent: tuple[Known, ...] = ()

    @property
    def ready(self) -> tuple[Proposal, ...]:
        """The rows that may be published."""
        return tuple(proposal for proposal in self.proposals if proposal.ready)
