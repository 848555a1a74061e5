"""Lines and arrows as SVG path data, in relative steps to keep pages small."""

from collections.abc import Sequence

Point = tuple[int, int]

_RADIUS = 4
"""Corners are rounded, so that a bend never looks like a crossing."""


def line(points: Sequence[Point]) -> str:
    """A line through corners that turns by right angles only."""
    corners = [points[0], *(b for a, b, c in zip(points, points[1:], points[2:], strict=False) if _turns(a, b, c))]
    corners.append(points[-1])
    data, at = f"M{corners[0][0]} {corners[0][1]}", corners[0]
    for before, here, after in zip(corners, corners[1:], [*corners[2:], None], strict=False):
        bend = 0 if after is None else min(_RADIUS, _length(before, here) // 2, _length(here, after) // 2)
        back = _towards(here, at, bend)
        data += _step(at, back)
        at = back
        if after is not None and bend:
            on = _towards(here, after, bend)
            data += f"q{here[0] - back[0]} {here[1] - back[1]} {on[0] - back[0]} {on[1] - back[1]}"
            at = on
    return data


def arrow(base: Point, tip: Point) -> str:
    """A filled arrow that stands on `base` and points up or down at `tip`."""
    return f"M{base[0] - 4} {base[1]}h8l-4 {tip[1] - base[1]}z"


def _turns(a: Point, b: Point, c: Point) -> bool:
    return not (a[0] == b[0] == c[0] or a[1] == b[1] == c[1])


def _length(a: Point, b: Point) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(a: Point, b: Point, by: int) -> Point:
    return a[0] + _sign(b[0] - a[0]) * by, a[1] + _sign(b[1] - a[1]) * by


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _step(a: Point, b: Point) -> str:
    if a == b:
        return ""
    return f"v{b[1] - a[1]}" if a[0] == b[0] else f"h{b[0] - a[0]}"
