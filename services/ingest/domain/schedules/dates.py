"""Which of a schedule's dates is the baseline, the forecast and the actual date of its milestones."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.dates import PreciseDate
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.model import BASELINE, Choices, Column, Finding, Meaning, on
from services.ingest.domain.returns.phrases import listed
from services.ingest.domain.schedules.model import Schedule, Task

_MOST_SAMPLES = 3

_MAY_MEAN: frozenset[Meaning] = DATES - {"forecast_or_actual"}


@dataclass(frozen=True, slots=True)
class Dates:
    """What a schedule's dates are called, by what they mean; `blank` are meanings whose blanks say "not known"."""

    called: Mapping[Meaning, str]
    blank: frozenset[Meaning] = frozenset()

    def of(self, task: Task, means: Meaning) -> PreciseDate | None:
        """The task's date with this meaning."""
        return on(task.dates.get(self.called.get(means, "")))

    def due(self, task: Task) -> PreciseDate | None:
        """When the task finishes: of what is done the actual date, else the forecast."""
        return self.of(task, _due(task))

    def day(self, task: Task) -> dt.date | None:
        """The same as a day."""
        due = self.due(task)
        return due.date if due else None

    def blank_of(self, task: Task) -> frozenset[str]:
        """The fields of the contract that the task leaves blank, and no longer knows."""
        fields: tuple[Meaning, ...] = ("baseline", _due(task))
        return frozenset(means for means in fields if means in self.blank and self.of(task, means) is None)


def _due(task: Task) -> Meaning:
    return "actual" if task.state == "done" else "forecast"


def dates_of(schedule: Schedule, choices: Choices) -> Dates:
    """The schedule's dates as its sender says, else as they are meant."""
    called = {means: name for name, means in schedule.means.items() if means}
    chosen = {name: means for name, means in choices.columns.items() if name in schedule.means}
    called = {means: name for means, name in called.items() if name not in chosen}
    called |= {means: name for name, means in chosen.items() if means in _MAY_MEAN}
    complete = (means for means, name in called.items() if name in choices.complete)
    return Dates(called, frozenset(complete))


def columns(schedule: Schedule, dates: Dates) -> Iterator[Column]:
    """The dates of the schedule as columns: what each is called, what it means, and some of its days."""
    meanings = {name: means for means, name in dates.called.items()}
    for name in schedule.means:
        said = dict.fromkeys(task.dates[name].isoformat() for task in schedule.tasks if name in task.dates)
        yield Column(schedule.sheet, "", name, meanings.get(name), tuple(said)[:_MOST_SAMPLES])


def about_dates(schedule: Schedule, dates: Dates, choices: Choices) -> Iterator[Finding]:
    """Which baseline is read where there are several, and which choices say nothing."""
    saved = [name for name in schedule.means if name.startswith("Baseline")]
    agreed = dates.called.get("baseline")
    others = [name for name in saved if name != agreed]
    if others:
        read = f"{agreed} has the agreed dates" if agreed else "none of them is the current one, so none is read"
        message = (
            f"the schedule has the baselines {listed(saved)}: {read}. If another was agreed, "
            f"choose what it means (columns={others[0]}=baseline)"
        )
        yield Finding("noted", message, sheet=schedule.sheet, field=BASELINE)
    for name, means in choices.columns.items():
        if name in schedule.means and means is not None and means not in _MAY_MEAN:
            message = f"columns says {name}={means}: a date of a schedule can be {listed(sorted(_MAY_MEAN))}"
            yield Finding("noted", message, sheet=schedule.sheet, field="columns")
