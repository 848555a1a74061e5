"""What is published by hand is what was shown."""

import re

import httpx
import pytest

from tests.servers import Servers
from tests.services.ingest.running import ingest, settings_for

NOBODY = "http://127.0.0.1:9"
"""Where nothing listens."""
FILE = {"file": ("return.csv", "Ref,Milestone,Baseline,Forecast,Status\nA-1,OBC approval,2027-05-01,2027-06-01,open\n")}
FORM = {"plan": "dluhc/returned", "department": "dft", "project": "rail", "as_at": "2026-11-25"}


def field(page: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found.group(1)


@pytest.mark.parametrize(("answer", "status"), [({}, 303), ({"project": "road"}, 409), ({"as_at": "2026-11-24"}, 409)])
async def test_answers_that_change_what_is_published_are_shown_first(
    servers: Servers, namespace: str, answer: dict[str, str], status: int
) -> None:
    """Publish beside other answers than the page had shows the page again; publish there leads to the receipt."""
    async with ingest(settings_for(servers, namespace, plans_url=NOBODY, alerts_url=NOBODY)) as running:
        dft = await running.key_of("dft")
        page = await running.http.post("/publish", data=FORM, files=FILE, headers=dft)
        kept = {"draft": field(page, "draft"), "publish": "true"}

        async def publish(seen: httpx.Response) -> httpx.Response:
            data = {**FORM, **kept, **answer, "shown": field(seen, "shown")}
            return await running.http.post("/publish", data=data, headers=dft)

        first = await publish(page)
        assert first.status_code == status, first.text
        assert await running.database["returns"].count_documents({}) == (status == 303)
        if status == 409:
            assert "Your answers change what is published" in first.text
            first = await publish(first)
        assert first.headers["location"].startswith("/publish/receipts/")
