"""The demo receiver, as the separate process that it is."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import pytest_asyncio

from deploy.local.ports import HOST, free_base
from deploy.local.services import module


@pytest_asyncio.fixture
async def ports(tmp_path: Path) -> AsyncIterator[tuple[int, int]]:
    """The HTTP and SMTP ports of a running receiver."""
    base = free_base(2)
    env = {"MILEPOST_HOST": HOST, "MILEPOST_PORT": str(base), "MILEPOST_SMTP_PORT": str(base + 1)}
    process = await module("deploy.local.receiver", "receiver", base, env, tmp_path)
    yield base, base + 1
    assert await process.stop() is None


async def test_it_lists_webhooks_in_the_order_they_came(ports: tuple[int, int]) -> None:
    """With body, headers, path and the exact text, so that a signature can be checked."""
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{ports[0]}", trust_env=False) as client:
        assert (await client.get("/webhook")).json() == []
        sent = await client.post("/webhook", content=b'{"number":  1}', headers={"webhook-id": "n-1"})
        assert sent.status_code == 204
        await client.post("/webhook/of/another", content=b"not json \xff")
        first, second = (await client.get("/webhook")).json()
    assert first["body"] == {"number": 1}
    assert first["text"] == '{"number":  1}'
    assert first["headers"]["webhook-id"] == "n-1"
    assert first["received"] <= second["received"]
    assert (second["path"], second["body"]) == ("/webhook/of/another", "not json �")


async def test_it_lists_mails_whole(ports: tuple[int, int]) -> None:
    """Sender, recipients, subject, text and headers, decoded; and everything as it came."""
    message = EmailMessage()
    message["From"], message["To"] = "milepost@example.org", "team@example.org"
    message["Subject"] = "Bridge is 30 days late – Ånger Lane"
    message["Message-ID"] = "<n-1@milepost>"
    message.set_content("It moved.\n\nPath: a → b\n")
    message.add_alternative("<p>It moved.</p>", subtype="html")
    await aiosmtplib.send(message, hostname=HOST, port=ports[1])
    async with httpx.AsyncClient(trust_env=False) as client:
        [got] = (await client.get(f"http://{HOST}:{ports[0]}/mail")).json()
    assert (got["from"], got["to"]) == ("milepost@example.org", ["team@example.org"])
    assert got["subject"] == "Bridge is 30 days late – Ånger Lane"
    assert got["text"].splitlines() == ["It moved.", "", "Path: a → b"]
    assert got["headers"]["message-id"] == "<n-1@milepost>"
    assert "<p>It moved.</p>" in got["raw"]
