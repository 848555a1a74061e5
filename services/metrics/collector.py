"""The series of delivery, rendered at scrape from the newest states; each declared once with its meaning.

They are written here, and not by prometheus-client: a thousand plans have some ten thousands of series, and it takes
eight times as long for each. A test reads them with its parser.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

from schemas.states import SLIP_BUCKETS
from services.metrics.domain.series import Known, Shown, of_others, of_plan, split

_BOUNDS = [*(f"{bound}.0" for bound in SLIP_BUCKETS), "+Inf"]
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


def _labels(**labels: str) -> str:
    return ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())


def _milestones(shown: Shown) -> Iterator[str]:
    for row in shown.rows:
        labels = _labels(department=row.department, plan=shown.plan)
        for status, count in row.statuses.items():
            yield f'{{{labels},status="{status}"}} {count}'


def _slips(shown: Shown) -> Iterator[str]:
    for row in shown.rows:
        labels = _labels(department=row.department, plan=shown.plan)
        for bound, count in zip(_BOUNDS, accumulate(row.slips), strict=True):
            yield f'_bucket{{{labels},le="{bound}"}} {count}'
        yield f"_count{{{labels}}} {sum(row.slips)}"
        yield f"_sum{{{labels}}} {row.slip_sum}"


def _alerts(shown: Shown) -> Iterator[str]:
    for (department, symptom), count in shown.alerts.items():
        yield f"{{{_labels(department=department, plan=shown.plan, symptom=symptom)}}} {count}"


def _places(shown: Shown) -> Iterator[str]:
    for code, name in shown.places:
        yield f"{{{_labels(name=name, place=code, plan=shown.plan)}}} 1"


def _past(shown: Shown) -> Iterator[str]:
    if shown.past_target is not None:
        yield from _one(shown, shown.past_target)


def _one(shown: Shown, value: int) -> Iterator[str]:
    yield f"{{{_labels(plan=shown.plan)}}} {value}"


@dataclass(frozen=True, slots=True)
class Family:
    """A family of series; `lines` are its samples of a plan, each without the family's name."""

    name: str
    kind: Literal["gauge", "histogram"]
    meaning: str
    lines: Callable[[Shown], Iterator[str]]

    @property
    def described(self) -> bytes:
        """The two lines before its samples."""
        return f"# HELP {self.name} {self.meaning}\n# TYPE {self.name} {self.kind}\n".encode()

    def samples(self, shown: Shown) -> bytes:
        """Those of one plan."""
        return "".join([f"{self.name}{line}\n" for line in self.lines(shown)]).encode()


FAMILIES = (
    Family("milepost_milestones", "gauge", "Milestones by schedule status", _milestones),
    Family(
        "milepost_milestone_slip_days",
        "histogram",
        "Projected minus baseline in calendar days, of milestones with both; early ones are in the first bucket",
        _slips,
    ),
    Family(
        "milepost_alerts",
        "gauge",
        "Alerts that hold, by whose they are (of a plan as a whole: its lead) and what is wrong; none is no series",
        _alerts,
    ),
    Family("milepost_plan_place_info", "gauge", "1 for each place of a plan: GSS code and name", _places),
    Family("milepost_plan_past_target_days", "gauge", "The plan's projected date minus its target, in days", _past),
    Family(
        "milepost_plan_waiting_milestones",
        "gauge",
        "Milestones of departments that the lead has not listed",
        lambda shown: _one(shown, shown.waiting),
    ),
    Family(
        "milepost_plan_cycles",
        "gauge",
        "Rings of milestones that wait for each other",
        lambda shown: _one(shown, shown.cycles),
    ),
    Family(
        "milepost_plan_stuck",
        "gauge",
        "1 while a plan's newer records cannot be folded; of `other` their number",
        lambda shown: _one(shown, shown.stuck),
    ),
)
"""Everything that is shown of a plan; every family is described, with or without samples."""

Written = tuple[bytes, ...]
"""The samples of one plan, of each of FAMILIES."""


def written(shown: Shown) -> Written:
    """The samples as they are exposed."""
    return tuple(family.samples(shown) for family in FAMILIES)


@dataclass
class Delivery:
    """The text of all plans; what is written of one is kept until something else is known of it."""

    plans: Callable[[], Iterable[Known]]
    _kept: dict[str, tuple[Known, Written]] = field(default_factory=dict)
    _others: tuple[list[Known], Written] | None = None

    def text(self) -> bytes:
        """The families, from what is known now."""
        named, others = split(self.plans())
        self._kept = {known.state.plan: self._renewed(known) for known in named}
        if self._others is None or not _same(self._others[0], others):
            self._others = others, written(of_others(others))
        of_each = zip(*(text for _, text in self._kept.values()), self._others[1], strict=True)
        return b"".join(b"".join((one.described, *parts)) for one, parts in zip(FAMILIES, of_each, strict=True))

    def _renewed(self, known: Known) -> tuple[Known, Written]:
        kept = self._kept.get(known.state.plan)
        return kept if kept and kept[0] is known else (known, written(of_plan(known)))


def _same(before: list[Known], now: list[Known]) -> bool:
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))
