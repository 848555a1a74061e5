"""Reading a file in a child process: what it gives, and what it costs whatever the file is."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.ingest.domain.returns.choices import Reading
from services.ingest.domain.returns.model import Choices
from services.ingest.readers.process import Bounds, FileReader
from services.kit.http import Problem
from tests.services.ingest.readers.books import AS_AT, book, quarterly_return, rewritten, saved
from tests.services.ingest.readers.test_workbook import ENTITIES, MAIN, SHEET, sheet, zipped

GOOD = saved(quarterly_return(("6.01.1", "OBC approval", AS_AT, AS_AT, "Live")))
EMPTY = saved(book(("A", [["a"]])))
SHEET_OF = b"<worksheet " + MAIN + b"><sheetData>"


CHILDREN = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
needs_proc = pytest.mark.skipif(not CHILDREN.exists(), reason="/proc does not tell a process's children")


async def read(content: bytes, **bounds: float) -> Reading:
    """The file, read within these bounds."""
    return await FileReader(Bounds(**bounds)).read(content, Choices(), {})  # type: ignore[arg-type]


async def refusal(content: bytes, **bounds: float) -> Problem:
    """Why the file is refused."""
    with pytest.raises(Problem) as refused:
        await read(content, **bounds)
    return refused.value


async def test_a_file_is_read_in_another_process_as_it_is_in_this_one() -> None:
    """Its rows and findings come back whole."""
    found = await read(GOOD)
    assert [(row.slot, row.title, str(row.due and row.due.date)) for row in found.read.rows] == [
        ("6.01.1", "OBC approval", "2019-06-30")
    ]
    assert (found.read.project, found.read.as_at, found.remembered) == ("ARE_0024_1516-Q4", AS_AT, False)


ENDS = b"</row></sheetData></worksheet>"

MOST = 200_000_000
"""Bytes that no file may take, whatever it is."""

PROJECT = b'<Project xmlns="http://schemas.microsoft.com/project">'
XER = b"ERMHDR\t1\n%T\tTASK\n%F\ttask_id\ttask_code\n"
LITTLE = "needs more memory than is given to one (150 MB)"


@needs_proc
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: rewritten(EMPTY, {"bomb": bytes(65_000_000)}), "unpacks to 65,"),
        (lambda: rewritten(EMPTY, {SHEET: SHEET_OF + b"<row>" + b"<c/>" * 15_000_000}), "as no table does"),
        (lambda: rewritten(EMPTY, {SHEET: SHEET_OF + b"<row>" + b"<c/>" * 20_000 + ENDS}), "more than 16,384 cells"),
        (lambda: rewritten(EMPTY, {SHEET: SHEET_OF + b"<a>" * 1_000_000}), "elements in each other"),
        (lambda: rewritten(EMPTY, {SHEET: ENTITIES}), "declares a document type"),
        (lambda: sheet(b"", b'<dimension ref="A1:C1000000000"/>'), "1,000,000,000 rows"),
        (lambda: sheet(b'<row r="1000000000"><c r="A1000000000"><v>1</v></c></row>'), "1,000,000,000 rows"),
        (lambda: zipped(a=b"a"), "zip file"),
        (lambda: b"\x00\x01\x02", "file"),
        (lambda: b"", "file"),
        (lambda: b"," * 24_000_000, LITTLE),
        (lambda: b"\xff\xfe" + ("\U0001f600," * 4_000_000).encode("utf-16-le"), LITTLE),
        (lambda: XER + b"%R\t1\tA\n" * 2_700_000, LITTLE),
        (lambda: XER + b"%R\t" + b"\t" * 24_000_000, LITTLE),
        (lambda: PROJECT + b"<a>" * 8_000_000, "elements in each other"),
        (lambda: PROJECT + b"<a " + b" ".join(b"a%d=''" % n for n in range(1_800_000)) + b"/></Project>", LITTLE),
        (lambda: PROJECT + b"<Calendars>" + b"<Calendar><UID>1</UID></Calendar>" * 700_000, "more than 200,000 tasks"),
        (lambda: b"<!DOCTYPE a [<!ENTITY b 'b'>]>" + PROJECT + b"</Project>", "declares a document type"),
        (lambda: b'{"a":' * 4_800_000, "nested too deeply"),
        (lambda: b'{"releases":[' + b"{}," * 8_000_000 + b"{}]}", LITTLE),
    ],
)
async def test_a_hostile_file_is_refused_with_a_sentence_within_little_memory(
    make: Callable[[], bytes], says: str
) -> None:
    """Before anything of it is unfolded, or as soon as it takes more than any return does."""
    task = asyncio.create_task(refusal(make()))
    taken = await peak(task)
    refused = await task
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "file")
    assert says in refused.body["detail"]
    assert 0 < taken < MOST


async def peak(task: asyncio.Task[Problem]) -> int:
    """The most bytes that the process was seen to hold that reads a file for this task."""
    most = 0
    while not task.done():
        for child in children():
            with contextlib.suppress(OSError):
                most = max(most, *map(_resident, (child / "status").read_text().splitlines()))
        await asyncio.sleep(0.005)
    return most


def _resident(line: str) -> int:
    return int(line.split()[1]) * 1024 if line.startswith("VmHWM") else 0


async def test_a_file_that_needs_more_memory_than_it_is_given_is_refused() -> None:
    """The child dies, and the service does not."""
    refused = await refusal(GOOD, memory=16_000_000)
    assert (refused.status, "needs more memory than is given to one (16 MB)" in refused.body["detail"]) == (422, True)


@needs_proc
async def test_a_file_that_needs_more_time_than_it_is_given_is_refused() -> None:
    """Its child is killed, though it does not move."""
    task = asyncio.create_task(read(GOOD, seconds=1))
    os.kill(int((await started()).name), signal.SIGSTOP)
    async with asyncio.timeout(30):
        with pytest.raises(Problem, match=r"needs more time than is given to one \(1 s\)"):
            await task
    assert not list(children())


async def test_while_too_many_wait_another_is_asked_to_come_again() -> None:
    """And the next is read."""
    reader = FileReader(Bounds(children=1, waiting=1))
    answers = await asyncio.gather(*(reader.read(GOOD, Choices(), {}) for _ in range(3)), return_exceptions=True)
    [busy] = [answer for answer in answers if isinstance(answer, Problem)]
    assert (busy.status, busy.headers) == (503, {"Retry-After": "5"})
    assert (await reader.read(GOOD, Choices(), {})).read.rows


@needs_proc
async def test_a_request_that_goes_away_takes_its_child_with_it() -> None:
    """Nobody waits for the answer."""
    task = asyncio.create_task(read(GOOD))
    os.kill(int((await started()).name), signal.SIGSTOP)
    task.cancel()
    async with asyncio.timeout(30):
        await asyncio.gather(task, return_exceptions=True)
    assert not list(children())


@needs_proc
async def test_the_child_has_no_secrets_of_the_service() -> None:
    """Its environment is empty, from its first moment."""
    task = asyncio.create_task(read(GOOD))
    environments: set[bytes] = set()
    while not task.done():
        for child in children():
            with contextlib.suppress(OSError):
                environments.add((child / "environ").read_bytes())
        await asyncio.sleep(0.005)
    await task
    assert environments == {b""}


async def started() -> Path:
    """The first process that reads a file for this one, once it is there."""
    async with asyncio.timeout(30):
        while True:
            for child in children():
                return child
            await asyncio.sleep(0.005)


def children() -> Iterator[Path]:
    """The processes that read a file for this one."""
    for pid in CHILDREN.read_text().split():
        with contextlib.suppress(OSError):
            if b"readers.child" in (Path("/proc") / pid / "cmdline").read_bytes():
                yield Path("/proc") / pid
