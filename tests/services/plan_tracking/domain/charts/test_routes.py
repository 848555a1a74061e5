"""The lines of the chart: each in a lane of its own, round its receiver's slip, with an arrow in sight."""

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.plan_tracking.domain.charts.routes import GUTTER, MOST, SPACING, TIP, Link, Route, Stop, route

RIGHT = 1190


def _stop(index: int, x: int, baseline: int | None = None) -> Stop:
    return Stop(59 + 30 * index, x, (x,) if baseline is None else (x, baseline))


def _one(giver: Stop, receiver: Stop, *between: Stop) -> Route:
    stops = [giver, *between, receiver]
    (found,) = route([Link(0, len(stops) - 1)], stops, RIGHT, None)
    assert found is not None
    return found


def test_a_line_drops_straight_onto_a_later_receiver() -> None:
    """Along the giver's row, then down onto the top of the receiver's marker."""
    found = _one(_stop(0, 500), _stop(1, 600))
    assert found.points == ((500, 59), (600, 59), (600, 89 - GUTTER))
    assert found.tip == (600, 89 - TIP)


def test_a_line_to_a_row_above_ends_under_the_receiver() -> None:
    """The arrow points up at the receiver's marker."""
    stops = [_stop(0, 600), _stop(1, 500)]
    (found,) = route([Link(1, 0)], stops, RIGHT, None)
    assert found is not None
    assert found.tip == (600, 59 + TIP)


def test_a_line_turns_back_to_an_earlier_receiver() -> None:
    """Out to the right, down, and back in the gutter above the receiver's row."""
    found = _one(_stop(0, 600), _stop(1, 500))
    assert found.points[1][0] > 600
    assert found.points[-1] == (500, 89 - GUTTER)


def test_a_line_goes_round_the_marker_of_another_row() -> None:
    """A marker that stands in the straight way is passed at a distance."""
    found = _one(_stop(0, 500), _stop(2, 600), _stop(1, 600))
    assert abs(found.lane - 600) >= 9


def test_a_line_does_not_run_through_the_baseline_of_an_early_giver() -> None:
    """Where the giver's baseline stands to its right, the line leaves beside the row's middle."""
    found = _one(_stop(0, 500, baseline=540), _stop(1, 640))
    assert all(y != 59 for x, y in found.points if x > 504)


def test_a_line_keeps_off_the_line_of_today() -> None:
    """Two vertical lines in one place could not be told apart."""
    (found,) = route([Link(0, 1)], [_stop(0, 500), _stop(1, 600)], RIGHT, 600)
    assert found is not None
    assert abs(found.lane - 600) >= SPACING


def test_without_a_free_lane_there_is_no_line() -> None:
    """At the right end of the plot there is room for only so many lines; the rest are said to be missing."""
    stops = [_stop(index, 1160) for index in range(40)]
    found = route([Link(0, receiver) for receiver in range(1, 40)], stops, RIGHT, None)
    assert any(each is None for each in found)
    assert any(each is not None for each in found)


def test_what_drives_a_date_is_drawn_before_the_rest() -> None:
    """Beyond the most that one chart can show, a line that matters is still drawn."""
    stops = [_stop(index, 500 + index % 100) for index in range(MOST + 2)]
    links = [Link(index, index + 1, first=index == MOST) for index in range(MOST + 1)]
    found = route(links, stops, RIGHT, None)
    assert found[MOST] is not None
    assert found[MOST - 1] is None


@st.composite
def _networks(draw: st.DrawFn) -> tuple[list[Stop], list[Link]]:
    xs = draw(st.lists(st.integers(440, 1160), min_size=2, max_size=40))
    slips = draw(st.lists(st.integers(-60, 200), min_size=len(xs), max_size=len(xs)))
    stops = [
        _stop(index, x, max(440, min(1160, x - slip))) for index, (x, slip) in enumerate(zip(xs, slips, strict=True))
    ]
    row = st.integers(0, len(xs) - 1)
    pairs = draw(st.lists(st.tuples(row, row, st.booleans()), max_size=80))
    return stops, [Link(*pair) for pair in pairs if pair[0] != pair[1]]


@settings(max_examples=60)
@given(network=_networks())
def test_lines_can_be_told_apart(network: tuple[list[Stop], list[Link]]) -> None:
    """For any network: no two lines share a lane where both run, none leaves the plot, every turn is a right angle,
    every arrow stands free above or below its receiver's row, outside any slip."""
    stops, links = network
    ways = route(links, stops, RIGHT, 700)
    for link, way in zip(links, ways, strict=True):
        if way is not None:
            _is_sound(way, stops[link.giver], stops[link.receiver])
    drawn = [way for way in ways if way is not None]
    for one, other in combinations(drawn, 2):
        apart = abs(one.lane - other.lane) >= SPACING
        assert apart or one.span[1] < other.span[0] or other.span[1] < one.span[0]


def _is_sound(way: Route, giver: Stop, receiver: Stop) -> None:
    assert all(440 <= x <= RIGHT for x, _ in way.points)
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(way.points))
    assert abs(way.points[0][1] - giver.y) <= 4
    assert way.tip[0] == receiver.x == way.points[-1][0]
    assert abs(way.points[-1][1] - receiver.y) == GUTTER
    assert abs(way.tip[1] - receiver.y) == TIP
    assert abs(way.points[-1][1] - way.tip[1]) >= 5
