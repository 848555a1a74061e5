"""Prometheus' rules: each fires on its fault and clears, says what it means, and has a page that says what to do."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.local.process import REPOSITORY
from tests.deploy.images import SETTINGS, documents, folder
from tests.deploy.prometheus import CASES, RULES, rules, run

ALERTS = [rule for rule in rules() if "alert" in rule]
NAMES = sorted({alert["alert"] for alert in ALERTS})
BASE = "{{ $externalLabels.runbooks }}"
RUNBOOK = REPOSITORY / "docs" / "operations" / "runbook"

each_alert = pytest.mark.parametrize(
    "alert", ALERTS, ids=lambda alert: f"{alert['alert']}-{alert['labels']['severity']}"
)


def cases() -> list[dict[str, Any]]:
    """The checks of all unit tests."""
    found = [test for path in CASES for test in documents(path.read_text())[0]["tests"]]
    return [check for test in found for check in test["promql_expr_test"]]


def test_the_rules_are_valid() -> None:
    """By promtool."""
    run("promtool", "check", "rules", *map(str, RULES))


def test_prometheus_takes_its_configuration(tmp_path: Path) -> None:
    """With the rules where the compose file mounts them; it scrapes every service."""
    run("promtool", "check", "config", "prometheus.yml", cwd=folder("prometheus"))
    [config] = documents((folder("prometheus") / "prometheus.yml").read_text())
    ports = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}
    assert ports == {name: [f"{name}:{kind.model_fields['port'].default}"] for name, kind in SETTINGS.items()}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_rule_fires_on_its_fault_and_clears_after(path: Path) -> None:
    """As promtool's unit tests say, in deploy/prometheus/tests."""
    run("promtool", "test", "rules", str(path))


@pytest.mark.parametrize("name", NAMES)
def test_no_alert_is_without_a_unit_test(name: str) -> None:
    """One that sees it fire with each of its severities, and one that sees it quiet."""
    about = [check["exp_samples"] for check in cases() if f'alertname="{name}"' in check["expr"]]
    wanted = {alert["labels"]["severity"] for alert in ALERTS if alert["alert"] == name}
    fired = {re.findall('severity="(.*)"', sample["labels"])[0] for samples in about for sample in samples}
    assert fired == wanted
    assert [] in about


@each_alert
def test_an_alert_says_what_it_means_and_where_to_read_on(alert: Mapping[str, Any]) -> None:
    """A page with what it means for users, what to look at and what to do, under the alert's own name."""
    said = alert["annotations"]
    assert said["summary"]
    assert said["description"].endswith(".")
    assert said["runbook_url"].startswith(BASE)  # where people read it is the operator's: prometheus.yml
    page = (REPOSITORY / said["runbook_url"].removeprefix(BASE)).read_text()
    assert page.startswith(f"# {alert['alert']}\n")
    assert re.findall("^## (.*)$", page, re.MULTILINE) == ["For users", "Look at", "Do"]


@each_alert
def test_delivery_is_information_and_only_faults_of_milepost_page(alert: Mapping[str, Any]) -> None:
    """A date that slips is nobody's night call."""
    labels = alert["labels"]
    assert labels["kind"] == ("delivery" if alert["alert"].startswith("Delivery") else "service")
    assert labels["severity"] in ({"info"} if labels["kind"] == "delivery" else {"page", "ticket"})


def test_every_page_of_the_runbook_is_of_an_alert() -> None:
    """And the index names each."""
    pages = {path.name for path in RUNBOOK.glob("*.md")} - {"README.md"}
    assert pages == {Path(alert["annotations"]["runbook_url"]).name for alert in ALERTS}
    index = (RUNBOOK / "README.md").read_text()
    assert set(re.findall(r"\((.+?\.md)\)", index)) >= pages


def test_alertmanager_takes_its_configuration() -> None:
    """By amtool."""
    run("amtool", "check-config", str(folder("alertmanager") / "alertmanager.yml"))


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (("kind=delivery", "severity=info"), "delivery"),
        (("kind=delivery", "severity=page"), "delivery"),
        (("kind=service", "severity=page"), "pages"),
        (("kind=service", "severity=ticket"), "tickets"),
    ],
)
def test_an_alert_goes_where_it_belongs(labels: tuple[str, ...], receiver: str) -> None:
    """What is about delivery never pages, whatever its severity says."""
    config = str(folder("alertmanager") / "alertmanager.yml")
    assert run("amtool", "config", "routes", "test", "--config.file", config, *labels).strip() == receiver
