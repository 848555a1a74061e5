"""The dashboards: as the code makes them, and every question they ask is answered by a real Prometheus."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from aiokafka import AIOKafkaProducer

from deploy.grafana.panels import SOURCE
from deploy.grafana.write import FOLDER, rendered
from services.kit.kafka import partition_of
from tests.canary import canary
from tests.deploy.images import compose, documents, folder
from tests.deploy.prometheus import alertmanager, program, prometheus, run, series
from tests.flow.publisher import Publisher, until
from tests.servers import Stack

PLAN = "dluhc/watched-town"
CONSUMING = ("plan-tracking", "ingest", "alerting")
BOARDS: dict[str, dict[str, Any]] = {name: json.loads(text) for name, text in rendered().items()}

each_board = pytest.mark.parametrize("name", sorted(BOARDS))


def questions(board: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each panel's title and expressions, with the variables as they are at first."""
    for panel in board["panels"]:
        for target in panel["targets"]:
            expr = target["expr"].replace("$__rate_interval", "1m")
            for variable in board["templating"]["list"]:
                expr = expr.replace(f"${variable['name']}", str(variable.get("allValue", "")))
            yield panel["title"], expr


EVERY_QUESTION = [(title, expr) for board in BOARDS.values() for title, expr in questions(board)]


@each_board
def test_the_file_is_what_the_code_makes(name: str) -> None:
    """`make dashboards` writes it anew."""
    assert (FOLDER / name).read_text() == rendered()[name]
    assert {path.name for path in FOLDER.iterdir()} == set(BOARDS)


@each_board
def test_every_panel_says_what_it_shows_and_has_a_place_of_its_own(name: str) -> None:
    """No two overlap, and none is outside the grid."""
    taken = set[tuple[int, int]]()
    for panel in BOARDS[name]["panels"]:
        assert panel["title"]
        assert panel["description"].endswith(".")
        at = panel["gridPos"]
        cells = {(at["x"] + i, at["y"] + j) for i in range(at["w"]) for j in range(at["h"])}
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        taken |= cells


@each_board
def test_it_asks_the_source_that_is_provisioned(name: str) -> None:
    """Of panels and variables; variables that a panel or a link names are there."""
    text, board = rendered()[name], BOARDS[name]
    [provisioned] = documents((folder("grafana") / "provisioning/datasources/prometheus.yml").read_text())
    assert SOURCE.uid == provisioned["datasources"][0]["uid"]
    parts = [*board["panels"], *(one for one in board["templating"]["list"] if one["type"] == "query")]
    assert all(part["datasource"]["uid"] == SOURCE.uid for part in parts)
    used = set(re.findall(r"\$\{?([a-z]\w*)", text))
    assert used == {one["name"] for one in board["templating"]["list"]}


def test_grafana_finds_them_where_the_compose_file_mounts_them() -> None:
    """The provider reads the mounted folder."""
    [provider] = documents((folder("grafana") / "provisioning/dashboards/milepost.yml").read_text())
    path = provider["providers"][0]["options"]["path"]
    assert f"./deploy/grafana/dashboards:{path}:ro" in compose()["services"]["grafana"]["volumes"]


def test_every_expression_parses(tmp_path: Path) -> None:
    """By promtool, each as a rule of its own."""
    named = [{"record": f"question_{number}", "expr": expr} for number, (_, expr) in enumerate(EVERY_QUESTION)]
    file = tmp_path / "questions.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "questions", "rules": named}]}))
    assert f"{len(EVERY_QUESTION)} rules found" in run("promtool", "check", "rules", str(file))


async def _slipping_plan(stack: Stack) -> None:
    """A plan with a late milestone and a place, whose subscriber is told of a move."""
    publisher = Publisher(stack, "dluhc", "dft")
    place = {"code": "E06000001", "name": "Hartlepool"}
    said = {"title": "Watched town", "tolerance": 5, "target": "2027-03-01", "places": [place], "visibility": "public"}
    await publisher.say("plan.published", PLAN, said, PLAN)
    await publisher.say("contributor.listed", PLAN, {"department": "dft"}, PLAN)
    planned = {"title": "Bridge", "baseline": "2027-03-01"}
    await publisher.say("milestone.planned", "dft/bridge", planned, PLAN)
    await until(lambda: publisher.plan(PLAN), lambda plan: plan["milestones"])
    await publisher.subscribe(
        channel="webhook", target=f"{stack.webhook}/watched", plan=PLAN, least_days=5, rhythm="at_once"
    )
    moved = {"forecast": "2027-04-30", "reason": "Possession moved"}
    assert (await publisher.say("milestone.forecast", "dft/bridge", moved, PLAN)).status_code == 202
    await publisher.http.aclose()


def _targets(stack: Stack, sings: str) -> dict[str, str]:
    urls = {"plan-tracking": stack.plans, "ingest": stack.ingest, "alerting": stack.alerts, "metrics": stack.metrics}
    urls["canary"] = sings
    return {job: url.removeprefix("http://") for job, url in urls.items()}


async def _unanswered(url: str) -> list[str]:
    answers = await asyncio.gather(*(series(url, expr) for _, expr in EVERY_QUESTION))
    return [f"{title}: {expr}" for (title, expr), found in zip(EVERY_QUESTION, answers, strict=True) if not found]


async def _refused_record(stack: Stack) -> None:
    """Something on the log that plan-tracking cannot take."""
    producer = AIOKafkaProducer(bootstrap_servers=stack.env["MILEPOST_KAFKA"])
    await producer.start()
    await producer.send_and_wait(f"{stack.namespace}.events", b"rubbish", PLAN.encode(), partition=partition_of(PLAN))
    await producer.stop()


async def _alerts(url: str) -> dict[str, list[str]]:
    """The names of the alerts that an Alertmanager has, each with its receivers."""
    async with httpx.AsyncClient(trust_env=False) as http:
        got = (await http.get(f"{url}/api/v2/alerts")).json()
    return {one["labels"]["alertname"]: [to["name"] for to in one["receivers"]] for one in got}


async def _lags(url: str) -> dict[str, str]:
    """Records that wait, by service."""
    found = await series(url, "sum by (job) (milepost_consumer_lag_records)")
    return {one["metric"]["job"]: one["value"][1] for one in found}


async def test_a_real_prometheus_has_series_for_every_panel_and_alerts(stack: Stack, tmp_path: Path) -> None:
    """With the real rules it scrapes the four services: the slip is there, and a refusal reaches Alertmanager."""
    for name in ("prometheus", "prometheus-alertmanager"):
        program(name)
    await _slipping_plan(stack)
    await _refused_record(stack)
    async with (
        canary(stack, tmp_path, seconds=5) as sings,
        alertmanager(tmp_path) as alerts,
        prometheus(tmp_path, _targets(stack, sings.url), alerts) as url,
    ):
        assert await until(lambda: _unanswered(url), lambda left: not left, seconds=90) == []
        late = f'milepost_milestones{{plan="{PLAN}",department="dft",status="late"}}'
        [found] = await until(lambda: series(url, late), len)
        assert found["value"][1] == "1"
        [past] = await series(url, f'milepost_plan_past_target_days{{plan="{PLAN}"}}')
        assert past["value"][1] == "60"
        assert {one["metric"]["job"] for one in await series(url, "up == 1")} == set(_targets(stack, sings.url))
        # the ends of transactions are no records
        await until(lambda: _lags(url), lambda lags: lags == dict.fromkeys(CONSUMING, "0"))
        got = await until(lambda: _alerts(alerts), lambda got: "DeliveryRefused" in got, seconds=60)
        assert got["DeliveryRefused"] == ["delivery"]
        async with httpx.AsyncClient(trust_env=False) as http:
            groups = (await http.get(f"{url}/api/v1/rules")).json()["data"]["groups"]
        assert [rule["lastError"] for group in groups for rule in group["rules"] if rule.get("lastError")] == []
