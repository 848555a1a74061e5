"""The local stack on a terminal: progress, the plan to try it on, and an orderly end at Ctrl-C."""

import argparse
import asyncio
import errno
import shutil
import signal
import sys
import time
from pathlib import Path

from deploy.local.demo import introduce
from deploy.local.ports import Ports
from deploy.local.process import DiskFull, StackError
from deploy.local.stack import stack

FULL = 2**20
"""Bytes: whatever fails while the disk has less than this has most likely failed for it."""


def run() -> None:
    """Runs the stack; exits with 0 after Ctrl-C or SIGTERM, with 1 and one sentence when it cannot run."""
    options = _options()
    ports = Ports.from_base(options.port_base) if options.port_base else Ports()
    try:
        asyncio.run(_until_told(options.data, ports))
    except (StackError, OSError) as error:
        sys.exit(str(_explained(error, options.data)))


def _explained(error: StackError | OSError, directory: Path) -> StackError:
    """The error as a sentence; raises it when it is none of those that whoever runs the stack can mend."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or (directory.exists() and shutil.disk_usage(directory).free < FULL):
        return DiskFull(directory)
    if isinstance(error, StackError):
        return error
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return StackError(f"{error.filename or directory} cannot be written: {error.strerror}")
    raise error


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.local", description="Runs the whole local stack until Ctrl-C."
    )
    parser.add_argument("--data", type=Path, default=Path(".local"), metavar="DIR", help="where data and logs are kept")
    parser.add_argument(
        "--port-base", type=int, metavar="PORT", help="use nine consecutive ports from here instead of the usual ones"
    )
    return parser.parse_args()


async def _until_told(directory: Path, ports: Ports) -> None:
    """Runs until a signal; the first ends all in order, and later ones change nothing."""
    running = asyncio.create_task(_run(directory, ports))
    loop, told = asyncio.get_running_loop(), False

    def stop() -> None:
        nonlocal told
        if not told:
            told = True
            say("Stopping")
            running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await running
    except asyncio.CancelledError:
        say("Stopped; the data is kept")


async def _run(directory: Path, ports: Ports) -> None:
    async with stack(directory, ports, say, Downloading()) as env:
        introduction = await introduce(directory, ports, env, say)
        say("Ready")
        print(*introduction, sep="\n", flush=True)
        await asyncio.Event().wait()


def say(line: str) -> None:
    """One line of progress, with the seconds since the start."""
    print(f"[{time.monotonic() - _STARTED:5.1f} s] {line}", flush=True)


_STARTED = time.monotonic()


class Downloading:
    """Says at most once in two seconds how far a download is."""

    def __init__(self) -> None:
        self._said = 0.0

    def __call__(self, there: int, files: int, megabytes: float) -> None:
        """Notes that so much has arrived."""
        if time.monotonic() - self._said >= 2 or there == files:
            self._said = time.monotonic()
            say(f"Downloading Kafka (the first run only): {there} of {files} files, {megabytes:.0f} MB")
