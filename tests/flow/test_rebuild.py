"""An operator asks the running service to rebuild plans."""

import json
import subprocess
import sys

from tests.flow.publisher import Publisher, until
from tests.flow.test_move import publish_chain
from tests.servers import Stack


def rebuild(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line."""
    command = [sys.executable, "-m", "services.plan_tracking", "rebuild", *arguments]
    return subprocess.run(command, env=stack.env, capture_output=True, text=True, check=False, timeout=120)


async def test_every_plan_is_rebuilt_and_equal(stack: Stack) -> None:
    """Each is reported; nothing differs, so the exit code is 0; a plan that is not there is refused."""
    publisher = Publisher(stack, "dluhc", "dft", "dwp")
    await publish_chain(publisher, "dluhc/rebuilt-town")
    await until(lambda: publisher.plan("dluhc/rebuilt-town"), lambda plan: len(plan["milestones"]) == 3)
    done = rebuild(stack, "--all")
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout + done.stderr
    assert "dluhc/rebuilt-town" in {report["plan"] for report in reports}
    unknown = rebuild(stack, "dluhc/nowhere")
    assert unknown.returncode == 2
    assert "there is no plan dluhc/nowhere" in unknown.stderr
