"""Prometheus' rules in a hurry: the same, with every stretch of time shortened, so that a fault is seen in seconds."""

import re
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.images import documents
from tests.deploy.prometheus import RULES

_LONG = ("1m", "2m", "5m", "10m", "15m", "30m", "1h", "2h", "6h", "1d", "3d")
_SECONDS = (1, 1, 4, 6, 2, 6, 8, 10, 12, 20, 25)
SHORT = {long: f"{seconds}s" for long, seconds in zip(_LONG, _SECONDS, strict=True)}
"""What each stretch of the rules becomes; one that is missing here is an error."""

_STRETCH = re.compile(r"(?<=\[)\d+[smhd](?=\])|(?<=offset )\d+[smhd]")


def hurried(directory: Path) -> list[Path]:
    """The rules' files with short stretches, written to a folder."""
    return [_hurried(path, directory / path.name) for path in RULES]


def _hurried(path: Path, to: Path) -> Path:
    [found] = documents(path.read_text())
    for group in found["groups"]:
        group["rules"] = [_shortened(rule) for rule in group["rules"]]
    to.write_text(yaml.safe_dump(found))
    return to


def _shortened(rule: dict[str, Any]) -> dict[str, Any]:
    expr = _STRETCH.sub(lambda stretch: SHORT[stretch.group()], rule["expr"])
    return {**rule, "expr": expr, **({"for": SHORT[rule["for"]]} if "for" in rule else {})}
