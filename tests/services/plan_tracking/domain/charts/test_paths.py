"""Lines as SVG path data."""

from services.plan_tracking.domain.charts.paths import arrow, line


def test_a_bend_is_rounded() -> None:
    """A corner is a short curve, so that it never looks like two lines that cross."""
    assert line([(10, 10), (50, 10), (50, 60)]) == "M10 10h36q4 0 4 4v46"


def test_a_straight_line_has_no_bends() -> None:
    """Corners that do not turn are left out."""
    assert line([(10, 10), (30, 10), (50, 10)]) == "M10 10h40"


def test_a_short_step_has_a_smaller_bend() -> None:
    """A curve takes at most half of the parts that it joins."""
    assert line([(10, 10), (50, 10), (50, 14), (90, 14)]) == "M10 10h38q2 0 2 2q0 2 2 2h38"


def test_an_arrow_points_at_its_tip() -> None:
    """Down when the tip is below its base, up when it is above."""
    assert arrow((50, 60), (50, 65)) == "M46 60h8l-4 5z"
    assert arrow((50, 60), (50, 55)) == "M46 60h8l-4 -5z"
