"""A child process: what it says when it fails, and that nothing of it is left."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.process import REPOSITORY, Process, StackError, launch, run


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Waits for a condition, under a deadline."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def never() -> str | None:
    """A check that is never content."""
    return "it has not said hello"


async def at_once() -> str | None:
    """A check that is content."""
    return None


def wrote(log: Path) -> Callable[[], bool]:
    """Whether anything has been written to a log."""
    return lambda: log.exists() and log.read_text().endswith("\n")


async def test_one_that_dies_early_is_reported_with_the_last_line_it_wrote(tmp_path: Path) -> None:
    """Nobody has to look for the reason: the sentence quotes it, and names the log."""
    command = ["sh", "-c", "echo first; echo cannot open the door; exit 3"]
    with pytest.raises(StackError, match=r"door opener ended with code 3; .*x\.log: cannot open the door"):
        await launch("door opener", command, never, log=tmp_path / "x.log", seconds=30)


async def test_of_a_stack_trace_the_head_is_quoted(tmp_path: Path) -> None:
    """A frame of a trace tells nothing."""
    command = ["sh", "-c", r"printf 'Caused by: BindException\n\tat sun.nio\n\tat java.net\n'; exit 1"]
    with pytest.raises(StackError, match=r"Caused by: BindException$"):
        await launch("kafka", command, never, log=tmp_path / "x.log", seconds=30)


async def test_one_that_never_gets_ready_is_stopped_and_what_it_lacks_is_said(tmp_path: Path) -> None:
    """The wait has an end, and leaves no process behind."""
    log = tmp_path / "x.log"
    with pytest.raises(StackError, match=r"slow was not ready after 1 s \(it has not said hello\)"):
        await launch("slow", ["sh", "-c", "echo $$; exec sleep 600"], never, log=log, seconds=1)
    assert not alive(int(log.read_text()))


async def test_a_full_disk_is_called_a_full_disk(tmp_path: Path) -> None:
    """Whatever a child writes about it, the reader gets one clear sentence."""
    command = ["sh", "-c", "cat /dev/zero > /dev/full"]
    with pytest.raises(StackError, match=r"^The disk of .* is full: free some space and start again$"):
        await launch("writer", command, never, log=tmp_path / "x.log", seconds=30)


async def test_a_command_that_fails_is_reported(tmp_path: Path) -> None:
    """A step that runs to its end is judged by its exit code."""
    await run("step", ["true"], log=tmp_path / "x.log")
    with pytest.raises(StackError, match="step ended with code 2"):
        await run("step", ["sh", "-c", "exit 2"], log=tmp_path / "x.log")


async def test_stopping_ends_the_whole_group(tmp_path: Path) -> None:
    """What a child has started goes with it, even when the child does not care for it."""
    log = tmp_path / "x.log"
    process = await launch("parent", ["sh", "-c", "sleep 600 & echo $!; wait"], at_once, log=log, seconds=30)
    await until(wrote(log))
    grandchild = int(log.read_text())
    assert alive(grandchild)
    await process.stop()
    await until(lambda: not alive(grandchild))
    assert not alive(process.pid)


async def test_an_orderly_end_is_not_reported(tmp_path: Path) -> None:
    """0 and 143 both answer a SIGTERM well; another code is told."""
    for number, code in enumerate((0, 143, 7)):
        log = tmp_path / f"{number}.log"
        trap = f"trap 'exit {code}' TERM; echo ready; while true; do sleep 0.05; done"
        process = await launch("it", ["sh", "-c", trap], at_once, log=log, seconds=30)
        await until(wrote(log))
        assert await process.stop() == ("it stopped with code 7" if code == 7 else None)


async def test_one_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    """A Ctrl-C always comes to an end."""
    log = tmp_path / "x.log"
    process = await launch("deaf", ["sh", "-c", "trap '' TERM; echo ready; sleep 600"], at_once, log=log, seconds=30)
    await until(wrote(log))
    assert await process.stop(grace=0.2) == "deaf did not stop within 0 s and was killed"
    assert not alive(process.pid)


async def test_a_ctrl_c_on_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    """It has a session of its own: the supervisor decides on the order of stopping."""
    process = await Process.start("it", ["sleep", "600"], log=tmp_path / "x.log")
    try:
        assert os.getsid(process.pid) == process.pid != os.getsid(0)
    finally:
        await process.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's PDEATHSIG is Linux's")
async def test_it_dies_with_a_supervisor_that_is_killed() -> None:
    """kill -9 on the supervisor leaves no orphan."""
    script = (
        "import asyncio, pathlib, tempfile\n"
        "from deploy.local.process import Process\n"
        "async def main():\n"
        "    folder = pathlib.Path(tempfile.mkdtemp())\n"
        "    process = await Process.start('it', ['sleep', '600'], log=folder / 'x.log')\n"
        "    print(process.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.send_signal(signal.SIGKILL)
    await until(lambda: not alive(child))


async def test_the_log_of_the_run_before_is_kept(tmp_path: Path) -> None:
    """Starting again does not erase why it ended."""
    log = tmp_path / "x.log"
    for word in ("first", "second"):
        await run("it", ["echo", word], log=log)
    assert log.read_text() == "second\n"
    assert (tmp_path / "x.log.previous").read_text() == "first\n"
