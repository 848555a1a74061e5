"""The series of delivery, rendered at scrape from the newest states; each declared once with its meaning."""

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from schemas.states import SLIP_BUCKETS, PlanState
from services.metrics.domain.series import PlanRow, Row, plan_rows, rows

Families = Iterator[GaugeMetricFamily | HistogramMetricFamily]


class Delivery(Collector):
    """Milestones by plan, department and schedule status; slip; cycles; milestones that wait to be listed."""

    def __init__(self, plans: Callable[[], Iterable[PlanState]]) -> None:
        self._plans = plans

    def collect(self) -> Families:
        """The families, from the states as they are now."""
        plans = list(self._plans())
        found = rows(plans)
        yield _milestones(found)
        yield _slips(found)
        yield from _of_plans(plan_rows(plans))


def _milestones(found: list[Row]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "milepost_milestones", "Milestones by schedule status", labels=["plan", "department", "status"]
    )
    for row in found:
        for status, count in row.statuses.items():
            family.add_metric([row.plan, row.department, status], count)
    return family


def _slips(found: list[Row]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(
        "milepost_milestone_slip_days",
        "Projected minus baseline in calendar days, of milestones with both; early ones are in the first bucket",
        labels=["plan", "department"],
    )
    bounds = [*(str(float(bound)) for bound in SLIP_BUCKETS), "+Inf"]
    for row in found:
        buckets = list(zip(bounds, accumulate(row.slips), strict=True))
        family.add_metric([row.plan, row.department], buckets, row.slip_sum)
    return family


def _of_plans(found: list[PlanRow]) -> Families:
    waiting = GaugeMetricFamily(
        "milepost_plan_waiting_milestones", "Milestones of departments that the lead has not listed", labels=["plan"]
    )
    cycles = GaugeMetricFamily("milepost_plan_cycles", "Rings of milestones that wait for each other", labels=["plan"])
    stuck = GaugeMetricFamily(
        "milepost_plan_stuck",
        "1 while a plan's newer records cannot be folded; of `other` their number",
        labels=["plan"],
    )
    past = GaugeMetricFamily(
        "milepost_plan_past_target_days", "The plan's projected date minus its target, in days", labels=["plan"]
    )
    places = GaugeMetricFamily(
        "milepost_plan_place_info", "1 for each place of a plan: GSS code and name", labels=["plan", "place", "name"]
    )
    for row in found:
        waiting.add_metric([row.plan], row.waiting)
        cycles.add_metric([row.plan], row.cycles)
        stuck.add_metric([row.plan], row.stuck)
        if row.past_target is not None:
            past.add_metric([row.plan], row.past_target)
        for code, name in row.places:
            places.add_metric([row.plan, code, name], 1)
    yield from (waiting, stuck, cycles, past, places)
