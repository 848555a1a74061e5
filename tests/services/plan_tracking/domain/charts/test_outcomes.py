"""Outcome charts: one scale for all panels of an outcome, time as it passes, lines that do not invent values."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.plan_tracking.domain.charts.outcomes import HEIGHT, WIDTH, outcome_chart
from tests.services.plan_tracking.domain.test_outcomes import A, B, defined, found, observed


def test_panels_of_an_outcome_share_one_scale() -> None:
    """The same value stands at the same height for each place, and so does the target; greater is higher."""
    chart = outcome_chart(
        found(defined(), observed("2026 Q1", 30), observed("2026 Q2", 24), observed("2026 Q2", 30, B))
    )
    here, there = chart.panels
    assert here.points[0].y == there.points[0].y < here.points[1].y
    assert chart.target_y is not None
    assert chart.target_y > here.points[1].y
    assert here.points[0].x < here.points[1].x == there.points[0].x
    assert (chart.first, chart.last) == ("2026 Q1", "2026 Q2")


def test_time_is_drawn_as_it_passes() -> None:
    """A missing quarter leaves its room."""
    chart = outcome_chart(found(defined(), *(observed(period, 20) for period in ("2025 Q1", "2025 Q2", "2026 Q1"))))
    first, second, third = (point.x for point in chart.panels[0].points)
    assert 2.8 < (third - second) / (second - first) < 3.2


def test_a_line_is_broken_where_a_value_is_no_longer_known() -> None:
    """Nothing is drawn between the two that are."""
    said = [observed("2026 Q1", 20), observed("2026 Q2", None), observed("2026 Q3", 21), observed("2026 Q4", 22)]
    [panel] = outcome_chart(found(defined(), *said)).panels
    assert (panel.line.count("M"), panel.line.count("L"), len(panel.points)) == (2, 1, 3)


def test_what_cannot_be_put_in_order_is_not_drawn() -> None:
    """Nor is an outcome that nobody has defined without its points."""
    assert outcome_chart(found(defined(), observed("some day", 20))).panels == ()
    assert len(outcome_chart(found(observed("2026", 20))).panels) == 1
    assert outcome_chart(found(defined())).panels == ()


@given(st.lists(st.decimals(1 - 10**12, 10**12 - 1, places=3), min_size=1, max_size=12))
def test_every_point_is_inside_its_panel(values: list[Decimal]) -> None:
    """Whatever the values."""
    said = [observed(f"{2000 + number}", str(value)) for number, value in enumerate(values)]
    [panel] = outcome_chart(found(defined(), *said)).panels
    assert all(0 <= point.x <= WIDTH and 0 <= point.y <= HEIGHT for point in panel.points)
    assert panel.series.place == A
