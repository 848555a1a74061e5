"""Proposes what a return would publish; what a person must decide first is held back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from services.ingest.domain.returns.answers import Answers
from services.ingest.domain.returns.changes import changes, unexplained
from services.ingest.domain.returns.data import reported, shortened
from services.ingest.domain.returns.front import project_finding
from services.ingest.domain.returns.judge import Thresholds, doubt, middle_of, notes
from services.ingest.domain.returns.known import Before, Known, known_milestones
from services.ingest.domain.returns.links import dependencies, undeclared
from services.ingest.domain.returns.matching import Matched, Matching, uncompared
from services.ingest.domain.returns.model import Finding, Return, Row
from services.ingest.domain.returns.names import slug_of
from services.ingest.domain.returns.proposal import Proposal, Proposed
from services.ingest.domain.returns.template import unmarked

THRESHOLDS = Thresholds()

LONGEST_KEY = 200
"""Letters of an id; what is longer is none."""


def propose(read: Return, answers: Answers, before: Before, thresholds: Thresholds = THRESHOLDS) -> Proposed:
    """What the return would publish under these answers. Raises nothing: what is wrong or missing is a finding."""
    project, as_at = answers.project or read.project, answers.as_at or read.as_at
    rows = [_mended(row, answers, project) for row in read.rows]
    known = known_milestones(answers.department, before)
    matched = Matching(answers, known, (before.today or {}).keys(), before.sent.names).rows(rows)
    doubts, said = _doubts(rows, as_at, thresholds.doubtful), _by_row(read)
    proposals = []
    for row, of_row, doubted in zip(rows, matched, doubts, strict=True):
        about = [*said.pop((row.sheet, row.row), ()), *notes(row, as_at, thresholds.explained)]
        proposals.append(_proposal(row, of_row, doubted, answers, before.today is not None, about))
    general = [finding for findings in said.values() for finding in findings]
    named = {p.row.slot: p.name for p in proposals if p.ready and p.name} if as_at else {}
    return Proposed(
        answers.plan,
        answers.department,
        project,
        as_at,
        read.period,
        tuple(_among(proposal, named) for proposal in proposals),
        (
            *general,
            *_missing(project, as_at, matched),
            *uncompared(rows, matched, known.values()),
            *_about_plan(before),
            *_about_answers(read, answers),
        ),
        dependencies([p.row for p in proposals if p.row.slot in named], named, before),
        tuple(_absent(known.values(), matched)),
    )


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


def _missing(project: str | None, as_at: dt.date | None, matched: Sequence[Matched]) -> Iterator[Finding]:
    unnamed = any(one.name is None and not one.obstacles for one in matched)
    if project is None and (unnamed or not matched):
        yield Finding("refused", "no project reference was found: say which project it is about", field="project")
    elif project is not None and slug_of(project) is None:
        message = f"the project reference {project!r} has no letter or digit that a name can be made of: give another"
        yield Finding("refused", message, field="project")
    if as_at is None:
        yield Finding("refused", "no as-at date was found: say as at which date the return was made", field="as_at")


def _about_plan(before: Before) -> Iterator[Finding]:
    if before.today is None:
        message = "today's plan is not known now, so what would change is not shown: ask again in a moment"
        yield Finding("noted", message, field="plan")


def _mended(row: Row, answers: Answers, project: str | None) -> Row:
    """The row as its sender means it, and without what a spreadsheet needs to take a text for one.

    Its project is the one that the sender gave, else what its column says, else that of the whole return.
    """
    return replace(
        row,
        title=" ".join(unmarked(answers.rename.get(row.slot, row.title)).split()),
        reason=unmarked(row.reason) if row.reason else None,
        key=row.key if row.key and len(row.key) <= LONGEST_KEY else None,
        project=answers.project or row.project or project,
    )


def _proposal(
    row: Row, matched: Matched, doubted: Finding | None, answers: Answers, planned: bool, about: Iterable[Finding]
) -> Proposal:
    confirmed = doubted is not None and bool({row.slot, f"{row.slot}/{doubted.field}"} & answers.include)
    left_out, state = row.slot in answers.leave_out, matched.known.state if matched.known else None
    data = reported(row, without=doubted.field if doubted and not confirmed else None)
    findings = [*about, *matched.obstacles, *matched.notes, *shortened(row)]
    if not any(finding.field == "reason" for finding in findings):
        findings += unexplained(row, state)
    if doubted:
        findings.insert(0, _confirmed(doubted) if confirmed else doubted)
    if left_out:
        findings.append(row.finding("noted", "slot", f"{row.slot} is left out, as asked"))
    ready = matched.name is not None and not matched.obstacles and not left_out
    changed, new = (changes(data, state), state is None) if planned else ((), None)
    return Proposal(row, matched, data, changed, new, tuple(findings), ready)


def _confirmed(doubted: Finding) -> Finding:
    message = f"{doubted.slot}: the {doubted.field} is far from the other date, but was confirmed: it is published"
    return replace(doubted, kind="noted", message=message)


def _among(proposal: Proposal, named: Mapping[str, str]) -> Proposal:
    """The proposal beside the others: `named` has the milestones of those that are ready, by slot."""
    findings = (*proposal.findings, *undeclared(proposal.row, named))
    return replace(proposal, findings=findings, ready=proposal.row.slot in named)


def _absent(known: Iterable[Known], matched: Sequence[Matched]) -> Iterator[Known]:
    names = {one.name for one in matched}
    return (one for one in known if one.returned and one.name not in names)


def _about_answers(read: Return, answers: Answers) -> Iterator[Finding]:
    if answers.project is None and read.project is not None and (ends := project_finding(read.project)):
        yield ends
    slots = {row.slot for row in read.rows}
    for name in ("include", "rename", "leave_out", "same", "new"):
        for slot in sorted({said.partition("/")[0] for said in getattr(answers, name)} - slots):
            yield Finding("noted", f"{name} names {slot}, which no row that was read has: correct it", field=name)
