"""Kafka's jars: fetched once by coordinate, each checked against the SHA-256 that the lock file pins."""

import asyncio
import contextlib
import errno
import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jgo.maven import MavenContext
from jgo.maven import PythonResolver as Downloader

from deploy.local.process import StackError

LOCK = Path(__file__).with_name("kafka.lock")
"""Lines of `group:artifact:version sha256`: everything that Kafka's own distribution would put on the class path."""

Progress = Callable[[int, int, float], None]
"""Is told of a download: files there, files in all, megabytes fetched."""


def cache() -> Path:
    """Where jars are kept for every clone of this user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "milepost" / "kafka-4.4.0"


class _Stopped(Exception):
    """Nobody waits for the download any more."""


class _Tally:
    """Counts what several threads fetch, tells of it, and stops them."""

    def __init__(self, files: int, progress: Progress | None) -> None:
        self.stop = threading.Event()
        self._lock, self._progress = threading.Lock(), progress
        self._files, self._there, self._bytes = files, 0, 0

    def add(self, *, files: int = 0, size: int = 0) -> None:
        """Notes progress; raises _Stopped when there is no more use for it."""
        if self.stop.is_set():
            raise _Stopped
        with self._lock:
            self._there, self._bytes = self._there + files, self._bytes + size
            if self._progress and self._bytes:  # a run that finds all in the cache has nothing to tell
                self._progress(self._there, self._files, self._bytes / 1e6)

    @contextlib.contextmanager
    def of_file(self, _name: str, _size: int) -> Iterator[Callable[[int], None]]:
        """What the downloader calls for each part of a file."""
        yield lambda size: self.add(size=size)


async def jars(
    *,
    progress: Progress | None = None,
    lock: Path = LOCK,
    directory: Path | None = None,
    repositories: Mapping[str, str] | None = None,
) -> list[Path]:
    """The files that `lock` names, in its order, from `directory` (the user's cache) or else downloaded into it.

    Raises StackError when one cannot be fetched, or is not the pinned one even when fetched again.
    """
    lines = lock.read_text().splitlines()
    tally = _Tally(len(lines), progress)
    context = MavenContext(
        Downloader(progress_callback=tally.of_file),
        repo_cache=directory or cache(),
        remote_repos=dict(repositories) if repositories else None,
    )
    try:
        return await asyncio.to_thread(_all, context, lines, tally)
    finally:
        tally.stop.set()  # cancelled: the threads end at their next few kilobytes


def _all(context: Any, lines: list[str], tally: _Tally) -> list[Path]:
    with ThreadPoolExecutor(8) as pool:
        try:
            return list(pool.map(lambda line: _one(context, line, tally), lines))
        except BaseException:
            tally.stop.set()
            raise


def _one(context: Any, line: str, tally: _Tally) -> Path:
    coordinate, digest = line.split()
    group, name, version = coordinate.split(":")
    artifact = context.project(group, name).at_version(version).artifact()
    path: Path = artifact.cached_path
    for _ in range(2):
        failure = _fetch(artifact)
        if failure is None and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            tally.add(files=1)
            return path
        path.unlink(missing_ok=True)  # half written by an interrupted download, it would count as there for ever
    raise _refusal(coordinate, failure)


def _fetch(artifact: Any) -> Exception | None:
    """Downloads the file unless it is there; answers with what hindered it."""
    try:
        artifact.resolve()
    except OSError as error:  # requests' errors are among them
        if error.errno == errno.ENOSPC:
            raise
        return error
    except RuntimeError as error:  # no repository has it
        return error
    return None


def _refusal(coordinate: str, failure: Exception | None) -> StackError:
    if failure is None:
        return StackError(
            f"{coordinate} is not the pinned file (its SHA-256 differs, fetched twice): a proxy on the way may change "
            "downloads; try from another network"
        )
    return StackError(
        "Kafka could not be downloaded (44 MB, needed once; what has arrived is kept): connect to the network and run "
        f"this again ({coordinate}: {type(failure).__name__})"
    )
