"""The series of delivery, rendered at scrape from the newest states; each declared once with its meaning."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from schemas.states import SLIP_BUCKETS
from services.metrics.domain.series import Known, Shown, of_others, of_plan, split

Written = tuple[tuple[bytes, bytes], ...]
Family = GaugeMetricFamily | HistogramMetricFamily

_BOUNDS = [*(str(float(bound)) for bound in SLIP_BUCKETS), "+Inf"]


def families(shown: Shown) -> Iterator[Family]:
    """Everything that is shown of a plan; every family is there, with or without samples."""
    yield _milestones(shown)
    yield _slips(shown)
    yield _alerts(shown)
    yield _places(shown)
    yield _past(shown)
    yield _of("waiting_milestones", "Milestones of departments that the lead has not listed", shown, shown.waiting)
    yield _of("cycles", "Rings of milestones that wait for each other", shown, shown.cycles)
    meaning = "1 while a plan's newer records cannot be folded; of `other` their number"
    yield _of("stuck", meaning, shown, shown.stuck)


def _of(name: str, meaning: str, shown: Shown, value: int) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"milepost_plan_{name}", meaning, labels=["plan"])
    family.add_metric([shown.plan], value)
    return family


def _milestones(shown: Shown) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "milepost_milestones", "Milestones by schedule status", labels=["plan", "department", "status"]
    )
    for row in shown.rows:
        for status, count in row.statuses.items():
            family.add_metric([shown.plan, row.department, status], count)
    return family


def _slips(shown: Shown) -> HistogramMetricFamily:
    family = HistogramMetricFamily(
        "milepost_milestone_slip_days",
        "Projected minus baseline in calendar days, of milestones with both; early ones are in the first bucket",
        labels=["plan", "department"],
    )
    for row in shown.rows:
        buckets = list(zip(_BOUNDS, accumulate(row.slips), strict=True))
        family.add_metric([shown.plan, row.department], buckets, row.slip_sum)
    return family


def _alerts(shown: Shown) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "milepost_alerts",
        "Alerts that hold, by whose they are (of a plan as a whole: its lead) and what is wrong; none is no series",
        labels=["plan", "department", "symptom"],
    )
    for (department, symptom), count in shown.alerts.items():
        family.add_metric([shown.plan, department, symptom], count)
    return family


def _places(shown: Shown) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "milepost_plan_place_info", "1 for each place of a plan: GSS code and name", labels=["plan", "place", "name"]
    )
    for code, name in shown.places:
        family.add_metric([shown.plan, code, name], 1)
    return family


def _past(shown: Shown) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "milepost_plan_past_target_days", "The plan's projected date minus its target, in days", labels=["plan"]
    )
    if shown.past_target is not None:
        family.add_metric([shown.plan], shown.past_target)
    return family


class _Just(Collector):
    """The families of one plan alone."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown

    def collect(self) -> Iterator[Family]:
        """All that is shown of a plan."""
        return families(self._shown)


def written(shown: Shown) -> Written:
    """The families as they are exposed, of each its two lines of description and its samples."""
    alone = CollectorRegistry()
    alone.register(_Just(shown))
    # a line's end in a name is escaped, so no name can begin a family
    return tuple(map(_parted, (b"\n" + generate_latest(alone).rstrip()).split(b"\n# HELP ")[1:]))


def _parted(family: bytes) -> tuple[bytes, bytes]:
    meaning, kind, *samples = family.split(b"\n", 2)
    return b"# HELP %b\n%b\n" % (meaning, kind), b"".join(b"%b\n" % lines for lines in samples)


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
        everything = [*(text for _, text in self._kept.values()), self._others[1]]
        return b"".join(_joined(parts) for parts in zip(*everything, strict=True))

    def _renewed(self, known: Known) -> tuple[Known, Written]:
        kept = self._kept.get(known.state.plan)
        return kept if kept and kept[0] is known else (known, written(of_plan(known)))


def _joined(parts: Sequence[tuple[bytes, bytes]]) -> bytes:
    """One family of all plans: described once."""
    return b"".join((parts[0][0], *(samples for _, samples in parts)))


def _same(before: list[Known], now: list[Known]) -> bool:
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))
