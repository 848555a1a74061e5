"""The milestones of a schedule as the rows of a return."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.ingest.domain.returns.model import Candidate, Choices, Finding, Return, Row, State
from services.ingest.domain.returns.phrases import listed, shortened
from services.ingest.domain.schedules.dates import Dates, about_dates, columns, dates_of
from services.ingest.domain.schedules.model import Schedule, Task
from services.ingest.domain.schedules.needs import Needs, needs_of
from services.kit.words import counted

MOST_CANDIDATES = 1_000
"""Tasks that are offered to be ticked."""

_AS_FOUND = Choices()


def milestones(schedule: Schedule, choices: Choices = _AS_FOUND) -> Return:
    """The tasks that are flagged as milestones, and those that the sender ticked, each at its finish.

    What they wait for through other tasks is theirs (`needs_of`). Raises nothing: where there is none, a finding asks
    to tick some of the candidates, which are the other tasks, summaries first; what a status means that is not known
    is asked too.
    """
    dates = dates_of(schedule, choices)
    named = [task for task in schedule.tasks if task.title]
    kept = [_judged(task, choices) for task in named if task.flagged or task.slot in choices.ticked]
    candidates = sorted((task for task in named if not task.flagged), key=lambda task: not task.summary)
    needs = needs_of(schedule, kept, dates)
    return Return(
        project=schedule.project,
        as_at=schedule.as_at,
        period=None,
        rows=tuple(_row(schedule, task, task.state, dates, needs) for task in kept if task.state),
        findings=(
            *schedule.findings,
            *_about_milestones(schedule, kept),
            *_about_candidates(schedule, kept, candidates),
            *about_dates(schedule, dates, choices),
            *needs.findings,
        ),
        columns=tuple(columns(schedule, dates)),
        layout=hashlib.sha256(schedule.identity.encode()).hexdigest()[:32],
        candidates=tuple(_candidate(task, dates) for task in candidates[:MOST_CANDIDATES]),
    )


def _judged(task: Task, choices: Choices) -> Task:
    return task if task.state else replace(task, state=choices.statuses.get(task.said))


def _row(schedule: Schedule, task: Task, state: State, dates: Dates, needs: Needs) -> Row:
    read = set(dates.called.values())
    others = {name: day.isoformat() for name, day in task.dates.items() if name not in read}
    return Row(
        sheet=_sheet(schedule, task),
        row=task.row,
        slot=task.slot,
        title=task.title,
        state=state,
        said=task.said,
        key=task.key,
        type=task.type,
        version=task.version,
        original_baseline=dates.of(task, "original_baseline"),
        baseline=dates.of(task, "baseline"),
        due=dates.due(task),
        others={**others, **task.others},
        needs=needs.links.get(task.id, ()),
        blank=dates.blank_of(task),
        project=task.project,
    )


def _sheet(schedule: Schedule, task: Task) -> str:
    return task.project or schedule.sheet


def _candidate(task: Task, dates: Dates) -> Candidate:
    return Candidate(task.slot, shortened(task.title), dates.day(task))


def _about_milestones(schedule: Schedule, kept: Sequence[Task]) -> Iterator[Finding]:
    sheet, unknown = schedule.sheet, defaultdict(list)
    if unnamed := [task.slot for task in schedule.tasks if task.flagged and not task.title]:
        message = f"{listed(unnamed)} cannot be published: a milestone needs a name"
        yield Finding("refused", message, sheet=sheet, field="title")
    for task in kept:
        if task.state is None:
            unknown[task.said].append(task.slot)
        elif task.flagged and not task.summary and task.length.days > 0:
            message = (
                f"{task.slot} ({shortened(task.title)}) is flagged as a milestone and takes time: its finish is read"
            )
            yield Finding("noted", message, slot=task.slot, sheet=_sheet(schedule, task), row=task.row, field="row")
    for status, slots in unknown.items():
        message = (
            f"the status of {listed(slots)} is {shortened(status)!r}: say whether that means open, done or cancelled. "
            "Nothing of it is published until then"
        )
        yield Finding("question", message, sheet=sheet, field="status")


def _about_candidates(schedule: Schedule, kept: Sequence[Task], candidates: Sequence[Task]) -> Iterator[Finding]:
    sheet = schedule.sheet
    if not kept and candidates:
        message = "no milestone found: the schedule flags no task as one. Tick those that are"
        yield Finding("question", message, sheet=sheet, field="ticked")
    elif not kept:
        yield Finding("refused", "no milestone found: the file has none with a title", sheet=sheet)
    if len(candidates) > MOST_CANDIDATES:
        more = counted(len(candidates) - MOST_CANDIDATES, "task")
        message = f"{more} more could be ticked than are listed: flag them as milestones in the schedule itself"
        yield Finding("noted", message, sheet=sheet, field="ticked")
