"""Metrics that, once a file (FRAIL) is there, dies by itself and grows: a control of the invariants of processes."""

import os
import threading
import time
from pathlib import Path

from services.metrics.cli import app

FRAIL = "FRAIL"
BYTES = 300 * 1024 * 1024


def watch(frail: Path) -> None:
    """Dies when the file comes; in the next life, when there is another beside it, takes memory for nothing."""
    died = frail.with_suffix(".died")
    while not frail.exists():
        time.sleep(0.1)
    if not died.exists():
        died.touch()
        os._exit(3)
    hoard = b"x" * BYTES
    while hoard:
        time.sleep(60)


if __name__ == "__main__":
    threading.Thread(target=watch, args=[Path(os.environ[FRAIL])], daemon=True).start()
    app()
