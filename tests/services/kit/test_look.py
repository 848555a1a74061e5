"""The style sheet: small, and every pair of colours that has to be told apart can be, in light and in dark."""

import re

import pytest

from services.kit.web import STATIC

CSS = (STATIC / "milepost.css").read_text()

TEXT = ["ink", "muted", "link", "late", "slipping", "done", "brand"]
GRAPHICS = ["done", "on-track", "slipping", "late", "cancelled", "line", "drives", "cause", "focus", "brand", "ink"]


def _colours(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", light))
    return found | (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", dark)) if scheme == "dark" else {})


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "raised"])
@pytest.mark.parametrize("name", TEXT)
def test_text_stands_out(scheme: str, ground: str, name: str) -> None:
    """Text has a contrast of at least 4.5 to every ground that it stands on."""
    colours = _colours(scheme)
    assert _contrast(colours[name], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "muted"])
def test_headings_of_departments_stand_out(scheme: str, name: str) -> None:
    """So has the text in the bands of departments."""
    colours = _colours(scheme)
    assert _contrast(colours[name], colours["band"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "raised"])
@pytest.mark.parametrize("name", GRAPHICS)
def test_marks_and_lines_stand_out(scheme: str, ground: str, name: str) -> None:
    """Marks and lines of the chart have a contrast of at least 3 to the rows that they stand on."""
    colours = _colours(scheme)
    assert _contrast(colours[name], colours[ground]) >= 3


def test_the_style_sheet_stays_small() -> None:
    """Under 400 lines, and nothing is fetched from anywhere."""
    assert len(CSS.splitlines()) < 400
    assert not re.search(r"@import|@font-face|//", CSS)
