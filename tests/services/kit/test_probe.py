"""The question that a container's health check asks."""

import os
import subprocess
import sys

from deploy.local.ports import HOST, free_base
from deploy.local.process import REPOSITORY
from tests.servers import Stack


def probed(path: str, port: str) -> subprocess.CompletedProcess[str]:
    """What the command says, and its exit code."""
    command = [sys.executable, "-m", "services.kit.probe", path]
    env = {**os.environ, "MILEPOST_PORT": port}
    return subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True)


def test_a_service_that_is_well_is_well(stack: Stack) -> None:
    """Exit code 0, for both questions."""
    port = stack.plans.rpartition(":")[2]
    assert [probed(path, port).returncode for path in ("healthz", "readyz")] == [0, 0]


def test_whatever_else_it_is_is_said(stack: Stack) -> None:
    """Exit code 1, with what was answered, or that nobody did."""
    asked = probed("nowhere", stack.metrics.rpartition(":")[2])
    assert (asked.returncode, '"status":404' in asked.stderr) == (1, True)
    away = probed("healthz", str(free_base(1)))
    assert away.returncode == 1
    assert "refused" in away.stderr
    assert HOST not in away.stdout
