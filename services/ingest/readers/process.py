"""Has each file read in a child process of its own, a few at a time."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.ingest.domain.returns.choices import Reading
from services.ingest.domain.returns.model import Choices
from services.ingest.readers.protocol import ANSWER, ASKED, OUT_OF_MEMORY, Answer, Asked
from services.kit.http import Problem
from services.kit.logs import logger

log = logger(__name__)

_ROOT = Path(__file__).parents[3]
_CHILD = "services.ingest.readers.child"
_FIX = "send fewer sheets, or its table alone as CSV"
_WITHOUT_MEMORY = (signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV)
"""How a process ends to which the system or a library gives no memory."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one file may cost: bytes of memory of its own, seconds; and how many are read, and wait to be, at a time.

    With what the interpreter shares with others, a file takes 161 MB at most. The largest table that is read (500,000
    cells) takes 151 MB, a usual return 45 MB.
    """

    memory: int = 150_000_000
    seconds: float = 60.0
    children: int = 2
    waiting: int = 8


class FileReader:
    """Reads files, whatever they are, within bounds."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._children, self._present = asyncio.Semaphore(self._bounds.children), 0

    async def read(self, content: bytes, own: Choices, known: Mapping[str, Choices]) -> Reading:
        """The file under these choices, as `domain.returns.choices.reading` says.

        Raises a 422 problem for what cannot be read, or not within the bounds, and 503 while too many files wait.
        """
        with self._place():
            async with self._children:
                answer = await self._answer(ASKED.dump_json(Asked(own, known)) + b"\n" + content)
        if answer.unbounded:
            log.warning("a file was read without a limit on its memory", reason=answer.unbounded)
        if answer.reading is None:
            raise unreadable(answer.refused or "")
        return answer.reading

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        if self._present >= self._bounds.children + self._bounds.waiting:
            detail = "Too many files are being read: send yours again in a moment"
            raise Problem(503, "Busy", detail, headers={"Retry-After": "5"})
        self._present += 1
        try:
            yield
        finally:
            self._present -= 1

    async def _answer(self, asked: bytes) -> Answer:
        code, said, complaint = await self._run(asked)
        if code == 0:
            return await asyncio.to_thread(ANSWER.validate_json, said)
        if code == OUT_OF_MEMORY or -code in _WITHOUT_MEMORY:
            memory = self._bounds.memory // 1_000_000
            raise unreadable(f"the file needs more memory than is given to one ({memory} MB): {_FIX}")
        if code == -signal.SIGXCPU:
            raise self._late()
        log.error("the reader of a file failed", code=code, complaint=complaint.decode(errors="replace")[-4000:])
        raise unreadable(f"the file is damaged, or of a kind that is not known: save it anew; or {_FIX}")

    async def _run(self, asked: bytes) -> tuple[int, bytes, bytes]:
        """The child's exit code (negative for a signal), and what it wrote to stdout and stderr."""
        pipe, bounds = asyncio.subprocess.PIPE, self._bounds
        arguments = ("-m", _CHILD, str(bounds.memory), str(round(bounds.seconds)))
        child = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdin=pipe, stdout=pipe, stderr=pipe, cwd=_ROOT, env={}
        )
        try:
            async with asyncio.timeout(bounds.seconds):
                said, complaint = await child.communicate(asked)
        except TimeoutError:
            raise self._late() from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        return child.returncode or 0, said, complaint

    def _late(self) -> Problem:
        return unreadable(f"the file needs more time than is given to one ({self._bounds.seconds:g} s): {_FIX}")


def unreadable(why: str) -> Problem:
    """The answer to a file of which nothing can be read; `why` names the fix."""
    errors = [{"field": "file", "detail": why}]
    return Problem(422, "The file cannot be read", f"file: {why}", errors=errors)
