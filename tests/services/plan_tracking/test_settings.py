"""The settings of plan-tracking, as the process takes them."""

import os
import subprocess
import sys
from pathlib import Path


def test_a_register_that_cannot_be_used_ends_the_start_and_its_line_is_named(tmp_path: Path) -> None:
    """With exit code 1 and no traceback, before anything is served."""
    register = tmp_path / "places.csv"
    register.write_text("code,name,parent,successor\nE06000001,Aldermoor,E99999999,\n")
    ended = subprocess.run(
        [sys.executable, "-m", "services.plan_tracking"],
        env={**os.environ, "MILEPOST_PLACES": str(register)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1
    assert "line 2: parent 'E99999999' of E06000001 is no code of this register" in said
    assert "Traceback" not in said
