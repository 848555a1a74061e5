"""Files that take longer than a moment, by hand: an address tells how far they are, and nothing is lost on the way."""

import asyncio
import datetime as dt
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from services.ingest.pages import progress
from tests.servers import Servers
from tests.services.ingest.readers.test_process import started
from tests.services.ingest.running import Running, ingest, settings_for

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="/proc is not there")

NOBODY = "http://127.0.0.1:9"
FILE = {"file": ("long.csv", "ID,Milestone,Baseline,Forecast,Reason\nA-1,OBC approval,2027-05-01,2027-06-01,Late\n")}
FORM = {"plan": "dluhc/returned", "department": "dft", "project": "p", "as_at": "2026-11-25"}


@dataclass
class Pages:
    """A running ingest, and keys of dft and of dwp."""

    running: Running
    dft: dict[str, str]
    dwp: dict[str, str]

    async def get(self, address: str, headers: dict[str, str] | None = None, **more: str) -> httpx.Response:
        """A page, as dft sees it."""
        return await self.running.http.get(address, headers={"Accept": "text/html", **(headers or self.dft), **more})

    async def sent(self, **form: str) -> tuple[int, str]:
        """Sends a file whose reader does not move; answers with the reader's process and where the sender is led."""
        sending = asyncio.create_task(
            self.running.http.post("/publish", data={**FORM, **form}, files=FILE, headers=self.dft)
        )
        reader = int((await started()).name)
        os.kill(reader, signal.SIGSTOP)
        answer = await sending
        assert answer.status_code == 303, answer.text
        return reader, answer.headers["location"]

    async def finished(self, address: str) -> httpx.Response:
        """The page at an address as soon as it asks no more."""
        async with asyncio.timeout(60):
            while "refresh" in (answer := await self.get(address)).headers:
                continue
        return answer


@pytest_asyncio.fixture
async def pages(servers: Servers, namespace: str) -> AsyncIterator[Pages]:
    """Ingest alone."""
    async with ingest(settings_for(servers, namespace, plans_url=NOBODY, alerts_url=NOBODY)) as running:
        yield Pages(running, await running.key_of("dft"), await running.key_of("dwp"))


async def test_a_long_file_is_read_behind_a_page_that_asks_again_until_it_is_done(pages: Pages) -> None:
    """The page and its JSON say where it is; what is found stays at the address, for its department alone."""
    reader, address = await pages.sent()
    waiting = await pages.get(address)
    assert (waiting.status_code, waiting.headers.get("refresh")) == (200, "3"), waiting.text
    assert "Reading the file" in waiting.text
    assert "Publishing it" not in waiting.text
    said = (await pages.get(address, Accept="application/json")).json()
    assert (said["file"], said["step"]) == ("long.csv", "reading")
    assert (await pages.get(address, pages.dwp)).status_code == 403
    os.kill(reader, signal.SIGCONT)
    first, second = await pages.finished(address), await pages.get(address)
    assert "What this return means" in first.text
    assert (first.text, first.headers["content-type"]) == (second.text, second.headers["content-type"])
    assert (await pages.get(address, Accept="application/json")).json()["step"] == "done"


async def test_a_long_publication_leads_to_its_receipt_from_every_tab(pages: Pages) -> None:
    """It goes on while nobody looks, and is done once."""
    reader, address = await pages.sent(publish="true")
    assert "Publishing it" in (await pages.get(address)).text
    os.kill(reader, signal.SIGCONT)
    answers = [await pages.finished(address), await pages.get(address)]
    [receipt] = {answer.headers["location"] for answer in answers}
    assert receipt.startswith("/publish/receipts/")
    assert "This is your receipt" in (await pages.get(receipt)).text


async def test_another_replica_looks_at_the_file_anew_and_publishes_nothing(
    pages: Pages, servers: Servers, namespace: str
) -> None:
    """The replica that had begun is gone: its address still shows the file."""
    reader, address = await pages.sent(publish="true")
    os.kill(reader, signal.SIGKILL)
    async with ingest(settings_for(servers, namespace, plans_url=NOBODY, alerts_url=NOBODY)) as running:
        other = Pages(running, pages.dft, pages.dwp)
        assert "What this return means" in (await other.finished(address)).text
        assert (await other.get("/publish/progress/none")).status_code == 404
    assert await pages.running.database["returns"].count_documents({}) == 0


async def test_only_so_many_outcomes_are_kept() -> None:
    """The oldest goes first."""
    underway = progress.Underway()
    for number in range(progress.MOST_KEPT + 1):
        work = progress.Work("dft", "a", False, dt.datetime.now(dt.UTC))
        underway.keep(str(number), work)
    assert underway.of("0") is None
    assert underway.of(str(progress.MOST_KEPT)) is not None
