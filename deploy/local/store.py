"""The embedded store: SecantusDB, a separate process that speaks MongoDB's wire protocol."""

import functools
import shutil
import sys
from pathlib import Path

from pymongo.errors import PyMongoError

from deploy.local.ports import HOST, not_listening, require_free
from deploy.local.process import Process, StackError, launch
from services.kit.mongo import connect

READY_SECONDS = 60.0


async def store(directory: Path, port: int) -> Process:
    """A running store on `port` that keeps its documents under `directory`; raises StackError when it cannot run."""
    require_free(port, "the store")
    home = directory / "store"
    home.mkdir(parents=True, exist_ok=True)
    # Synced on commit: otherwise writes that it has acknowledged die with kill -9.
    options = ["--host", HOST, "--port", str(port), "--storage-path", str(home.resolve()), "--sync-on-commit"]
    check = functools.partial(_missing, f"{HOST}:{port}")
    log = directory / "logs" / "store.log"
    return await launch("store", [_program(), *options], check, log=log, seconds=READY_SECONDS)


def _program() -> str:
    found = shutil.which("secantusd-py", path=str(Path(sys.executable).parent)) or shutil.which("secantusd-py")
    if found is None:
        raise StackError("The store is not installed: install requirements-local.txt, as `make run` does")
    return found


async def _missing(address: str) -> str | None:
    if lacking := await not_listening(address):
        return lacking
    client = connect(f"mongodb://{address}", timeout_ms=3000)
    try:
        await client.admin.command("ping")
    except PyMongoError as error:
        return type(error).__name__
    finally:
        client.close()
    return None
