"""One child process of the local stack: started, waited for, watched, and stopped for certain."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
"""Where every child runs, so that `services` and `schemas` are importable."""

CLEAN = (0, 143, -signal.SIGTERM)
"""Exit codes of an orderly end: uvicorn and Kafka answer SIGTERM with 143."""

Check = Callable[[], Awaitable[str | None]]
"""Answers None when the process is ready, else what it still lacks."""


class StackError(Exception):
    """What keeps the local stack from running: one sentence for whoever started it."""


class DiskFull(StackError):
    """The disk that the stack writes to has no space left."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"The disk of {directory} is full: free some space and start again")


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux: has the kernel kill a child when its parent dies in whatever way, so that nothing is orphaned."""
    if sys.platform != "linux":
        return None
    libc, set_pdeathsig, parent = ctypes.CDLL(None), 1, os.getpid()

    def before_exec() -> None:
        libc.prctl(set_pdeathsig, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return before_exec


class Process:
    """A running child process; `log` has its output since it was started."""

    def __init__(self, name: str, log: Path, child: asyncio.subprocess.Process) -> None:
        self.name, self.log, self._child = name, log, child

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
    ) -> "Process":
        """Starts `command` in a session of its own: a Ctrl-C on the terminal reaches the supervisor alone.

        `env` is added to the environment. What an earlier run wrote to `log` is kept beside it as `.previous`.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(log.suffix + ".previous"))
        with log.open("wb") as output:
            child = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                cwd=REPOSITORY,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
                start_new_session=True,
                preexec_fn=_die_with_parent(),
            )
        return cls(name, log, child)

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its process group."""
        return self._child.pid

    async def until_ready(self, check: Check, seconds: float) -> None:
        """Waits until `check` answers None; raises StackError when the process ends first or `seconds` have passed."""
        missing: str | None = "no answer yet"
        try:
            async with asyncio.timeout(seconds):
                while missing := await check():
                    if self._child.returncode is not None:
                        raise self.death()
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise StackError(f"{self.name} was not ready after {seconds:.0f} s ({missing}){self._quote()}") from None
        if self._child.returncode is not None:  # what answered was not our child
            raise self.death()

    async def ended(self) -> int:
        """Waits for the end; answers with the exit code (negative: the number of the signal that ended it)."""
        return await self._child.wait()

    def death(self) -> StackError:
        """Why it ended, as far as its log tells."""
        if any("No space left on device" in line for line in self.last_lines(200)):
            return DiskFull(self.log.parent)
        return StackError(f"{self.name} ended with code {self._child.returncode}{self._quote()}")

    def last_lines(self, count: int) -> list[str]:
        """The last lines that are not empty of what it wrote."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return [line.rstrip() for line in text.splitlines() if line.strip()][-count:]

    def _quote(self) -> str:
        """The last line that says something: of a stack trace its head, not its frames."""
        heads = [line for line in self.last_lines(200) if not line[0].isspace()]
        return f"; the last line of {self.log}: {heads[-1]}" if heads else f"; {self.log} is empty"

    async def stop(self, grace: float = 20.0) -> str | None:
        """Ends the process and its group: SIGTERM, SIGKILL after `grace` seconds; answers with what was not orderly."""
        running = self._child.returncode is None
        if running:
            self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(grace):
                code = await self._child.wait()
        except TimeoutError:
            code = None
        self._signal(signal.SIGKILL)  # whatever of the group is left
        await self._child.wait()
        if code is None:
            return f"{self.name} did not stop within {grace:.0f} s and was killed"
        return f"{self.name} stopped with code {code}" if running and code not in CLEAN else None

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return


async def launch(
    name: str, command: Sequence[str], check: Check, *, log: Path, seconds: float, env: Mapping[str, str] | None = None
) -> Process:
    """A process that is ready; when it does not become so, it is stopped and StackError raised."""
    process = await Process.start(name, command, log=log, env=env)
    try:
        await process.until_ready(check, seconds)
    except BaseException:
        await process.stop(grace=3.0)  # while it starts it may be deaf to SIGTERM, and has nothing to lose yet
        raise
    return process


async def run(name: str, command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None) -> None:
    """Runs `command` to its end; raises StackError unless it ends well."""
    process = await Process.start(name, command, log=log, env=env)
    try:
        if await process.ended():
            raise process.death()
    finally:
        await process.stop()


async def output(name: str, command: Sequence[str], *, env: Mapping[str, str] | None = None) -> str:
    """What a short command prints on standard output; raises StackError, quoting its last words, when it fails."""
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=REPOSITORY,
        env={**os.environ, **(env or {})},
        start_new_session=True,
        preexec_fn=_die_with_parent(),
    )
    try:
        printed, complained = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
    if child.returncode:
        words = complained.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise StackError(f"{name} ended with code {child.returncode}: {words[-1]}")
    return printed.decode()
