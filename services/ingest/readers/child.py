"""The process in which one file is read, so that no file can cost the service more than its bounds.

Arguments are the bytes of memory of its own and the seconds of CPU that it may use. On stdin come a line of JSON
(Asked) and the file; on stdout goes an Answer. It imports little, so that it starts quickly.
"""

import os
import resource
import sys

from pydantic_core import PydanticSerializationError

from services.ingest.domain.returns.choices import reading
from services.ingest.readers.file import open_file
from services.ingest.readers.protocol import ANSWER, ASKED, OUT_OF_MEMORY, Answer, Asked
from services.ingest.readers.refusal import UnreadableFile

MOST_ROWS, MOST_BYTES = 5_000, 32_000_000
"""The milestones of one return, and the bytes of what was read of it."""

_MAPPED = 400_000_000
"""Bytes of address space beside its own memory: the interpreter's and the libraries' files, few of them resident."""

NICE = 10

# what else a row says is for nobody behind this process
_LEFT_OUT = {"reading": {"read": {"rows": {"__all__": {"others"}}}}}


def main(memory: int, seconds: int) -> None:
    """Reads the file on stdin within these bounds; exits with OUT_OF_MEMORY where they do not suffice."""
    unbounded = _bound(memory, seconds)
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl loads it where it is, and it claims 90 MB
    try:
        asked, content = ASKED.validate_json(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
        sys.stdout.buffer.write(_answered(asked, content, unbounded))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _bound(memory: int, seconds: int) -> str | None:
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_AS, (memory + _MAPPED, memory + _MAPPED))
    except (ValueError, OSError) as error:  # macOS knows the limit, and does not keep it
        return str(error)
    return None


def _answered(asked: Asked, content: bytes, unbounded: str | None) -> bytes:
    try:
        found = reading(open_file(content), asked.own, asked.known)
        _refuse_many(len(found.read.rows))
        said = ANSWER.dump_json(Answer(found, unbounded=unbounded), exclude=_LEFT_OUT)
        _refuse_much(len(said))
    except PydanticSerializationError:
        why = "the file has characters that are half of one, which no text has: save it anew as UTF-8"
    except UnreadableFile as error:
        why = str(error)
    else:
        return said
    return ANSWER.dump_json(Answer(refused=why, unbounded=unbounded))


def _refuse_many(rows: int) -> None:
    if rows > MOST_ROWS:
        raise UnreadableFile(
            f"the file has {rows:,} milestones and a return may have {MOST_ROWS:,}: send one for each project"
        )


def _refuse_much(size: int) -> None:
    if size > MOST_BYTES:
        raise UnreadableFile(
            f"what was read of the file has {size:,} bytes and may have {MOST_BYTES:,}: remove the columns and sheets "
            "that do not belong to the return"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
