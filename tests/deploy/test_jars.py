"""Kafka's jars: only the pinned files are used, and a download that fails says so in one sentence."""

import functools
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local.jars import LOCK, jars
from deploy.local.ports import HOST, free_base
from deploy.local.process import StackError

RIGHT = b"the right bytes" * 1000
FILE = Path("org/example/tool/1.0/tool-1.0.jar")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word on stderr."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Says nothing."""


@contextmanager
def repository(folder: Path, content: bytes) -> Iterator[dict[str, str]]:
    """A real repository over HTTP that has one jar, with this content."""
    (folder / FILE).parent.mkdir(parents=True)
    (folder / FILE).write_bytes(content)
    server = ThreadingHTTPServer((HOST, 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield {"here": f"http://{HOST}:{server.server_port}"}
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock that pins the right bytes."""
    path = tmp_path / "lock"
    path.write_text(f"org.example:tool:1.0 {hashlib.sha256(RIGHT).hexdigest()}\n")
    return path


async def test_a_jar_is_downloaded_once_and_progress_is_told(tmp_path: Path, lock: Path) -> None:
    """The second run finds it in the cache: it needs no network and tells of no download."""
    told: list[tuple[int, int, float]] = []
    cache = tmp_path / "cache"
    with repository(tmp_path / "repo", RIGHT) as there:
        [path] = await jars(progress=lambda *said: told.append(said), lock=lock, directory=cache, repositories=there)
    assert path == cache / FILE
    assert path.read_bytes() == RIGHT
    assert told[-1] == (1, 1, len(RIGHT) / 1e6)
    told.clear()
    gone = {"gone": f"http://{HOST}:{free_base(1)}"}
    assert await jars(progress=lambda *said: told.append(said), lock=lock, directory=cache, repositories=gone) == [path]
    assert told == []


async def test_a_truncated_jar_in_the_cache_is_fetched_again(tmp_path: Path, lock: Path) -> None:
    """An interrupted download leaves a file that looks as if it were there."""
    half = tmp_path / "cache" / FILE
    half.parent.mkdir(parents=True)
    half.write_bytes(RIGHT[:100])
    with repository(tmp_path / "repo", RIGHT) as there:
        [path] = await jars(lock=lock, directory=tmp_path / "cache", repositories=there)
    assert path.read_bytes() == RIGHT


async def test_other_bytes_than_the_pinned_ones_are_never_used(tmp_path: Path, lock: Path) -> None:
    """They are fetched twice, refused by name, and not left in the cache."""
    cache = tmp_path / "cache"
    with (
        repository(tmp_path / "repo", b"something else") as there,
        pytest.raises(StackError, match=r"^org\.example:tool:1\.0 is not the pinned file \(its SHA-256 differs"),
    ):
        await jars(lock=lock, directory=cache, repositories=there)
    assert not (cache / FILE).exists()


async def test_without_a_network_the_first_run_says_what_it_needs(tmp_path: Path, lock: Path) -> None:
    """One sentence: what, how much, how often."""
    nobody = {"nobody": f"http://{HOST}:{free_base(1)}"}
    with pytest.raises(StackError, match=r"^Kafka could not be downloaded \(44 MB, needed once; .*connect to the net"):
        await jars(lock=lock, directory=tmp_path / "cache", repositories=nobody)


async def test_a_jar_that_no_repository_has_is_named(tmp_path: Path, lock: Path) -> None:
    """A mirror that lacks a file must not end in a traceback."""
    with repository(tmp_path / "repo", RIGHT) as there:
        lock.write_text(lock.read_text().replace(":1.0", ":2.0"))
        with pytest.raises(StackError, match=r"org\.example:tool:2\.0"):
            await jars(lock=lock, directory=tmp_path / "cache", repositories=there)


def test_the_lock_pins_every_jar_by_digest() -> None:
    """45 lines, each a coordinate and a SHA-256."""
    lines = [line.split() for line in LOCK.read_text().splitlines()]
    assert len(lines) == len({coordinate for coordinate, _ in lines}) == 45
    assert all(coordinate.count(":") == 2 and len(bytes.fromhex(digest)) == 32 for coordinate, digest in lines)
