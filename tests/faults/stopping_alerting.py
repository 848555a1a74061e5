"""Alerting that stops itself (SIGSTOP), once, at one step of law 4, from when a file is there.

`STOP_AT` names the step and `STOP_WHEN` the file. The service is the real one: only the moment is chosen from outside.
"""

import os
from pathlib import Path
from typing import Literal

from services.alerting.app import build
from services.alerting.senders.webhook import WebhookSender
from services.alerting.sending import Sending
from services.alerting.settings import AlertingSettings
from services.alerting.stream.announce import Announcements
from services.alerting.telling import tell
from services.kit.serve import main
from tests.faults.stopping import Stopping

Step = Literal[
    "before-alerts", "before-announcement", "before-composing", "inside-composing", "before-sending", "after-sending"
]
STEPS: tuple[Step, ...] = (
    "before-alerts",
    "before-announcement",
    "before-composing",
    "inside-composing",
    "before-sending",
    "after-sending",
)


def install(step: str, when: Path) -> None:
    """Puts the stop into the running process."""
    stopping = Stopping(when.exists)
    if step == "before-alerts":  # read and judged, not yet written
        Announcements.commit = stopping.before(Announcements.commit)  # type: ignore[method-assign, assignment]
    elif step == "before-announcement":  # alerts and due marks are written
        Announcements._announce = stopping.before(Announcements._announce)  # type: ignore[method-assign, assignment]
    elif step == "before-composing":
        tell.Telling._keep = stopping.before(tell.Telling._keep)  # type: ignore[method-assign, assignment]
    elif step == "inside-composing":  # MongoDB's transaction: written, not yet committed
        tell.keep = stopping.after(tell.keep)  # type: ignore[assignment, attr-defined]
    elif step == "before-sending":  # claimed
        Sending._deliver = stopping.before(Sending._deliver)  # type: ignore[method-assign, assignment]
    elif step == "after-sending":  # sent, not yet marked so
        WebhookSender.send = stopping.after(WebhookSender.send)  # type: ignore[method-assign, assignment]
    else:
        raise ValueError(f"STOP_AT is {step!r}: one of {', '.join(STEPS)}")


if __name__ == "__main__":
    install(os.environ["STOP_AT"], Path(os.environ["STOP_WHEN"]))
    settings = AlertingSettings()
    main("alerting", settings, lambda: build(settings))
