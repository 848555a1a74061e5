"""`python -m tests.browser.lighthouse`: performance and accessibility of six pages, as Lighthouse scores them.

By hand, for it needs Node 20 and Lighthouse: LIGHTHOUSE is the command (`npx lighthouse@12.8.2` where nothing is
said). The pages are served from memory, so that what is scored is the page and not the store behind it. A score of
performance is of the machine too: take it on one that does nothing else. Ends with 1 where a score is under LEAST.
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator

from tests.browser.chromium import CHROMIUM
from tests.browser.served import served
from tests.services.plan_tracking.examples import PLAN, shelf
from tests.services.plan_tracking.paging import app

COMMAND = os.environ.get("LIGHTHOUSE", "npx --yes lighthouse@12.8.2")
LEAST = 0.95
PAGES = {
    "home": "/",
    "plan of 300": "/plans/dluhc/three-hundred",
    "milestone": f"/plans/{PLAN}/milestones/dft/riverside-halt/possession",
    "department": "/departments/dft",
    "place": "/places/E08000099",
    "mission": "/missions/a-town-centre-that-people-choose-within-reach-of-work-and-learning",
}
DEVICES = {"mobile": [], "desktop": ["--preset=desktop"]}
OPTIONS = ["--quiet", "--output=json", "--only-categories=performance,accessibility"]
FLAGS = "--chrome-flags=--headless=new --no-sandbox"

Scores = tuple[float, float]
"""Of performance and of accessibility, each from 0 to 1."""


def scores(address: str, device: str) -> Scores:
    """What Lighthouse gives a page; raises CalledProcessError where it cannot tell."""
    command = [*shlex.split(COMMAND), address, *OPTIONS, FLAGS, *DEVICES[device]]
    done = subprocess.run(command, env={**os.environ, "CHROME_PATH": str(CHROMIUM)}, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)["categories"]
    return found["performance"]["score"], found["accessibility"]["score"]


def table() -> Iterator[tuple[str, str, Scores]]:
    """Each page on each device."""
    with served(app(shelf())) as base:
        for page, path in PAGES.items():
            for device in DEVICES:
                yield page, device, scores(base + path, device)


def main() -> None:
    """Writes the table, a line as soon as it is known."""
    least = 1.0
    sys.stdout.write(f"{'':<14}{'':<9}{'performance':>12}{'accessibility':>15}\n")
    for page, device, found in table():
        sys.stdout.write(f"{page:<14}{device:<9}{found[0]:>12.2f}{found[1]:>15.2f}\n")
        sys.stdout.flush()
        least = min(least, *found)
    sys.exit(least < LEAST)


if __name__ == "__main__":
    main()
