"""The page of metrics names everything that the services show, and what they show keeps to the rules it states."""

import re
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.process import REPOSITORY
from tests.canary import canary
from tests.deploy.prometheus import rules
from tests.deploy.test_grafana import EVERY_QUESTION
from tests.servers import Stack

PAGE = (REPOSITORY / "docs" / "operations" / "metrics.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (.*?) \| (.*?) \| (.+?) \|$", re.MULTILINE)
UNITS = (
    "_seconds",
    "_bytes",
    "_days",
    "_records",
    "_milestones",
    "_notes",
    "_rows",
    "_departments",
    "_info",
    "_fds",
    "_total",
)
COUNTS = {
    "milepost_milestones",
    "milepost_plan_cycles",
    "milepost_plan_stuck",
    "milepost_check_failing",
    "milepost_alerts",
}
"""Gauges whose unit is their name."""
BOUNDED = {
    *("method", "route", "status", "topic", "partition", "step", "kind", "check", "channel", "outcome", "field"),
    *("plan", "department", "place", "name"),
    *("symptom", "direction", "command", "collection", "cache", "work"),
}
"""Labels that grow with routes, partitions, plans, departments or places at most: never with milestones or keys."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A family as the page has it."""

    type: str
    labels: frozenset[str]
    services: frozenset[str]


def stated() -> dict[str, Stated]:
    """The rows of the page, by the family's name."""
    return {
        name: Stated(kind, frozenset(re.findall(r"`(\w+)`", labels)), frozenset(services.split(", ")))
        for name, kind, labels, services, _ in ROW.findall(PAGE)
    }


def _base(name: str) -> str:
    return re.sub("_(bucket|count|sum)$", "", name)


def test_names_have_base_units_and_labels_are_bounded() -> None:
    """Counters end in `_total`, and no label grows with milestones, paths or keys."""
    for name, family in stated().items():
        assert name.endswith("_total") == (family.type == "counter"), name
        assert name.endswith(UNITS) or name in COUNTS, name
        assert family.labels <= BOUNDED, name


def test_alerts_and_dashboards_ask_for_what_there_is() -> None:
    """Each metric that a rule or a panel names is a row of the page, or recorded by a rule."""
    asked = " ".join([rule["expr"] for rule in rules()] + [expr for _, expr in EVERY_QUESTION])
    named = set(re.findall(r"(?<![:\w])((?:milepost|process)_\w+)", asked))
    assert {name if name in stated() else _base(name) for name in named} <= set(stated())
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    assert set(re.findall(r"\b\w+:\w+(?::\w+)?", asked)) - recorded == set()


@pytest.mark.parametrize("service", ["plan-tracking", "ingest", "alerting", "metrics"])
async def test_what_a_service_shows_is_on_the_page(stack: Stack, service: str) -> None:
    """With its type and its labels, and nothing on the page is missing."""
    urls = {"plan-tracking": stack.plans, "ingest": stack.ingest, "alerting": stack.alerts, "metrics": stack.metrics}
    await compare(service, urls[service])


async def test_what_the_canary_shows_is_on_the_page(stack: Stack, tmp_path: Path) -> None:
    """As that of any service."""
    async with canary(stack, tmp_path, seconds=60) as sings:
        await compare("canary", sings.url)


async def compare(service: str, url: str) -> None:
    """Fails where the page and what is shown differ."""
    async with httpx.AsyncClient() as http:
        text = (await http.get(f"{url}/metrics")).text
    shown = {
        family.name + ("_total" if family.type == "counter" else ""): family
        for family in text_string_to_metric_families(text)
        if not family.name.endswith("_created")
    }
    said = stated()
    assert set(shown) == {name for name, family in said.items() if service in family.services}
    for name, family in shown.items():
        assert family.type == said[name].type, name
        seen = {label for sample in family.samples for label in sample.labels}
        assert seen - {"le"} <= said[name].labels, name
        assert family.documentation
