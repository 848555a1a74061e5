"""The embedded store: SecantusDB, a separate process that speaks MongoDB's wire protocol.

SECANTUS names another program with the same options: its server in Rust, for benchmarks.
"""

import functools
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from pymongo.errors import PyMongoError

from deploy.local.ports import HOST, not_listening, require_free
from deploy.local.process import Process, StackError, launch
from services.kit.mongo import connect

READY_SECONDS = 60.0


async def store(directory: Path, port: int, *, more: Sequence[str] = (), uri: str = "") -> Process:
    """A running store on `port` that keeps its documents under `directory`; raises StackError when it cannot run.

    `more` are options of the program, and `uri` is how it is then reached, if not in the open and by anyone.
    """
    require_free(port, "the store")
    home = directory / "store"
    home.mkdir(parents=True, exist_ok=True)
    # Synced on commit: otherwise writes that it has acknowledged die with kill -9.
    options = ["--host", HOST, "--port", str(port), "--storage-path", str(home.resolve()), "--sync-on-commit", *more]
    check = functools.partial(_missing, f"{HOST}:{port}", uri or f"mongodb://{HOST}:{port}")
    log = directory / "logs" / "store.log"
    return await launch("store", [_program(), *options], check, log=log, seconds=READY_SECONDS)


def _program() -> str:
    if named := os.environ.get("SECANTUS"):
        return named
    found = shutil.which("secantusd-py", path=str(Path(sys.executable).parent)) or shutil.which("secantusd-py")
    if found is None:
        raise StackError("The store is not installed: install requirements-local.txt, as `make run` does")
    return found


async def _missing(address: str, uri: str) -> str | None:
    if lacking := await not_listening(address):
        return lacking
    client = connect(uri, timeout_ms=3000)
    try:
        await client.admin.command("ping")
    except PyMongoError as error:
        return type(error).__name__
    finally:
        client.close()
    return None
