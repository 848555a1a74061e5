"""What a return would publish: each row's milestone and data, held back where a person must decide first."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.ingest.domain.returns.front import project_finding
from services.ingest.domain.returns.judge import Thresholds, doubt, middle_of, notes
from services.ingest.domain.returns.model import BASELINE, Finding, Return, Row
from services.ingest.domain.returns.names import Named, name_rows, slug_of

THRESHOLDS = Thresholds()
LONGEST_REASON = 2000
"""The letters that the contract gives a reason."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the sender says of a return. `project` and `as_at` confirm or replace what stands in it.

    `include` names doubtful dates to publish all the same, by slot ("6.01.6") or slot and field ("6.01.6/forecast");
    `rename` gives titles by slot; `leave_out` are slots that are not published.
    """

    plan: str
    department: str
    project: str | None = None
    as_at: dt.date | None = None
    include: Collection[str] = frozenset()
    rename: Mapping[str, str] = field(default_factory=dict)
    leave_out: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row as it would be published: `data` is that of a `milestone.reported`, its dates as the contract writes them.

    Only what is `ready` may be published: of the rest a finding says what must be decided. There is no name without a
    project or a usable title.
    """

    row: Row
    name: str | None
    data: Mapping[str, Any]
    findings: tuple[Finding, ...]
    ready: bool


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a return would publish, as at which date; `findings` are about the return, its sheets and refused rows."""

    plan: str
    department: str
    project: str | None
    as_at: dt.date | None
    period: str | None
    proposals: tuple[Proposal, ...]
    findings: tuple[Finding, ...]

    @property
    def ready(self) -> tuple[Proposal, ...]:
        """The rows that may be published."""
        return tuple(proposal for proposal in self.proposals if proposal.ready)


def propose(read: Return, answers: Answers, thresholds: Thresholds = THRESHOLDS) -> Proposed:
    """What the return would publish under these answers. Raises nothing: what is wrong or missing is a finding."""
    project, as_at = answers.project or read.project, answers.as_at or read.as_at
    missing = [*_missing(project, as_at)]
    rows = [_renamed(row, answers.rename) for row in read.rows]
    named = name_rows(rows, answers.department, project, answers.leave_out)
    said = _by_row(read)
    proposals = []
    for row, of_row, doubted in zip(rows, named, _doubts(rows, as_at, thresholds.doubtful), strict=True):
        about = [*said.pop((row.sheet, row.row), ()), *notes(row, as_at, thresholds.explained)]
        proposal = _proposal(row, of_row, doubted, answers, about)
        proposals.append(dataclasses.replace(proposal, ready=proposal.ready and not missing))
    general = [finding for findings in said.values() for finding in findings]
    findings = (*general, *missing, *_about_answers(read, answers))
    return Proposed(answers.plan, answers.department, project, as_at, read.period, tuple(proposals), findings)


def _by_row(read: Return) -> dict[tuple[str | None, int | None], list[Finding]]:
    by_row = defaultdict(list)
    for finding in read.findings:
        by_row[finding.sheet, finding.row].append(finding)
    return by_row


def _doubts(rows: Sequence[Row], as_at: dt.date | None, days: int) -> list[Finding | None]:
    if not any(row.agreed and row.due for row in rows):
        return [None] * len(rows)
    middle = middle_of(rows, as_at)
    return [doubt(row, middle, days) for row in rows]


def _missing(project: str | None, as_at: dt.date | None) -> Iterator[Finding]:
    if project is None:
        yield Finding("refused", "no project reference was found: say which project it is about", field="project")
    elif slug_of(project) is None:
        message = f"the project reference {project!r} has no letter or digit that a name can be made of: give another"
        yield Finding("refused", message, field="project")
    if as_at is None:
        yield Finding("refused", "no as-at date was found: say as at which date the return was made", field="as_at")


def _renamed(row: Row, titles: Mapping[str, str]) -> Row:
    return dataclasses.replace(row, title=" ".join(titles[row.slot].split())) if row.slot in titles else row


def _proposal(row: Row, named: Named, doubted: Finding | None, answers: Answers, about: Sequence[Finding]) -> Proposal:
    confirmed = doubted is not None and bool({row.slot, f"{row.slot}/{doubted.field}"} & set(answers.include))
    left_out = row.slot in answers.leave_out
    data = _data(row, without=doubted.field if doubted and not confirmed else None)
    findings = [*about, *named.obstacles]
    if doubted:
        findings.insert(0, _confirmed(doubted) if confirmed else doubted)
    if left_out:
        findings.append(row.finding("noted", "slot", f"{row.slot} is left out, as asked"))
    if len(row.reason or "") > LONGEST_REASON:
        message = f"{row.slot}: only the first {LONGEST_REASON} letters of the reason are published: shorten it"
        findings.append(row.finding("noted", "reason", message))
    ready = named.name is not None and not named.obstacles and not left_out
    return Proposal(row, named.name, data, tuple(findings), ready)


def _confirmed(doubted: Finding) -> Finding:
    message = f"{doubted.slot}: the {doubted.field} is far from the other date, but was confirmed: it is published"
    return dataclasses.replace(doubted, kind="noted", message=message)


def _data(row: Row, without: str | None) -> dict[str, Any]:
    """The row as the contract has it; what is not known is absent, and so says nothing."""
    # what was cancelled has no date to come, and never had an actual one
    dates = {BASELINE: row.agreed, row.due_field: row.due if row.state != "cancelled" else None}
    said = {
        "title": row.title,
        "type": row.type,
        "state": row.state,
        **{name: date.model_dump() for name, date in dates.items() if date and name != without},
        "reason": _reason(row),
    }
    return {name: value for name, value in said.items() if value}


def _reason(row: Row) -> str | None:
    said = [row.said if row.state == "cancelled" else None, row.reason]
    return ": ".join(filter(None, said))[:LONGEST_REASON] or None


def _about_answers(read: Return, answers: Answers) -> Iterator[Finding]:
    if answers.project is None and read.project is not None and (ends := project_finding(read.project)):
        yield ends
    slots = {row.slot for row in read.rows}
    for name, asked in (("include", answers.include), ("rename", answers.rename), ("leave_out", answers.leave_out)):
        for slot in sorted({said.partition("/")[0] for said in asked} - slots):
            yield Finding("noted", f"{name} names {slot}, which no row that was read has: correct it", field=name)
