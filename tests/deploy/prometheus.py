"""Prometheus' own programs, for tests of what it is given; a real one, scraping what it is told to."""

import contextlib
import functools
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from deploy.local.ports import HOST, free_base
from deploy.local.process import launch
from deploy.local.services import unready
from tests.deploy.images import documents, folder

RULES = sorted((folder("prometheus") / "rules").glob("*.yml"))
CASES = sorted((folder("prometheus") / "tests").glob("*.yml"))


def program(name: str) -> str:
    """Where a program is; skips the test, by name, when it is not installed."""
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed (Debian: prometheus, prometheus-alertmanager)")
    return found


def run(*command: str, cwd: Path | None = None) -> str:
    """What a program prints; fails with it when the program does."""
    done = subprocess.run([program(command[0]), *command[1:]], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rules() -> list[dict[str, Any]]:
    """All rules: recorded ones and alerts."""
    return [rule for path in RULES for group in documents(path.read_text())[0]["groups"] for rule in group["rules"]]


def scraping(targets: Mapping[str, str], alertmanager: str, files: Sequence[Path]) -> str:
    """deploy/prometheus/prometheus.yml with other addresses and rules, and an eager rhythm."""
    [config] = documents((folder("prometheus") / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(path) for path in files]
    config["alerting"]["alertmanagers"][0]["static_configs"] = [{"targets": [alertmanager]}]
    for job in config["scrape_configs"]:
        job["static_configs"] = [{"targets": [targets[job["job_name"]]]}]
    return str(yaml.safe_dump(config))


@contextlib.asynccontextmanager
async def _running(name: str, address: str, directory: Path, *options: str) -> AsyncIterator[str]:
    command = [program(name), f"--web.listen-address={address}", *options]
    ready = functools.partial(unready, address, "/-/ready")
    process = await launch(name, command, ready, log=directory / f"{name}.log", seconds=60)
    try:
        yield f"http://{address}"
    finally:
        await process.stop()


@contextlib.asynccontextmanager
async def prometheus(
    directory: Path, targets: Mapping[str, str], alertmanager: str, files: Sequence[Path] = RULES
) -> AsyncIterator[str]:
    """A real Prometheus that scrapes `targets` (host:port, by job) and alerts `alertmanager`; yields its address."""
    config, address = directory / "prometheus.yml", f"{HOST}:{free_base(1)}"
    config.write_text(scraping(targets, alertmanager.removeprefix("http://"), files))
    data = directory / "prometheus"
    async with _running(
        "prometheus", address, directory, f"--config.file={config}", f"--storage.tsdb.path={data}"
    ) as url:
        yield url


@contextlib.asynccontextmanager
async def alertmanager(directory: Path) -> AsyncIterator[str]:
    """A real Alertmanager with our configuration; yields its address."""
    config, address = folder("alertmanager") / "alertmanager.yml", f"{HOST}:{free_base(1)}"
    options = (f"--config.file={config}", f"--storage.path={directory / 'alertmanager'}", "--cluster.listen-address=")
    async with _running("prometheus-alertmanager", address, directory, *options) as url:
        yield url


async def series(url: str, expr: str) -> list[dict[str, Any]]:
    """The series that an expression answers with now."""
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = (await http.get(f"{url}/api/v1/query", params={"query": expr})).json()
    assert answer["status"] == "success", answer
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found
