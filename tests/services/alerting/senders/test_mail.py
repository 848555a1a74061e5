"""Mails: what is in them, what can not get into them, and what a server's answer means."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest
from aiosmtpd.smtp import SMTP

from services.alerting.senders.mail import MailSender, mail
from tests.services.alerting.examples import PLAN, RAIL
from tests.services.alerting.running import HOST, LINKS
from tests.services.alerting.stored import body, notification, subscription

TO = subscription("s1", "team@dfe.example", channel="mail")


def test_the_id_is_the_notification_s_and_stays() -> None:
    """Every attempt makes the same mail: Message-ID and Date come from the notification."""
    first, second = (mail(notification(TO), "milepost@example.gov.uk", TO.target) for _ in range(2))
    assert first["Message-ID"] == "<s1-1@example.gov.uk>"
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert first["X-Correlation-ID"] == "request-1"
    assert first["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "evil", ["a\r\nBcc: all@example.org", "a\nX: y", "a\u202eb\u2066c", "a\x00\x1b[31mb", "a\u2028b"]
)
def test_a_name_can_add_no_header_and_turn_no_text(evil: str) -> None:
    """Line ends, control characters and marks that turn the direction are gone from the subject and the text."""
    content = json.loads(body())
    for section in content["data"]["causes"]:
        section["cause"] |= {"title": evil, "reason": evil}
        for told in section["moved"]:
            told["title"] = evil
    made = mail(notification(TO, body=json.dumps(content)), "milepost@example.gov.uk", TO.target)
    assert made["Bcc"] is None
    assert "Bcc" not in [
        line.partition(b":")[0].decode() for line in made.as_bytes().partition(b"\r\n\r\n")[0].splitlines()
    ]
    assert str(made["Subject"]).isprintable()
    text = made.get_body(("plain",))
    assert text is not None
    assert all(line.isprintable() for line in text.get_content().splitlines())


def test_html_is_escaped() -> None:
    """A title is text, never markup."""
    content = json.loads(body())
    content["data"]["causes"][0]["cause"]["title"] = "<script>alert(1)</script>"
    made = mail(notification(TO, body=json.dumps(content)), "milepost@example.gov.uk", TO.target)
    html = made.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()


def test_titles_name_the_path() -> None:
    """Milestones of the path that are not told themselves are named by the titles kept with the notification."""
    made = mail(notification(TO, titles={f"{PLAN}|{RAIL}": "unused"}), "milepost@example.gov.uk", TO.target)
    text = made.get_body(("plain",))
    assert text is not None
    assert "Path: Rail 2, then Station square" in text.get_content()


class Answers:
    """An SMTP server's answers, for the recipient and for the mail."""

    def __init__(self, recipient: str, data: str) -> None:
        self._recipient, self._data = recipient, data

    async def handle_RCPT(self, _server: SMTP, _session: object, envelope: object, address: str, _: object) -> str:  # noqa: N802
        """What it says to a recipient."""
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return self._recipient

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802
        """What it says to a mail."""
        return self._data


@contextlib.asynccontextmanager
async def answering(recipient: str, data: str) -> AsyncIterator[int]:
    """A server that gives these answers; its port."""
    loop = asyncio.get_running_loop()
    async with await loop.create_server(lambda: SMTP(Answers(recipient, data), loop=loop), HOST, 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("recipient", "data", "result"),
    [
        ("250 ok", "250 kept", "delivered"),
        ("550 no such mailbox", "250 kept", "refused"),
        ("450 greylisted", "250 kept", "failed"),
        ("250 ok", "554 not wanted", "refused"),
        ("250 ok", "451 try later", "failed"),
    ],
)
async def test_what_a_server_s_answer_means(recipient: str, data: str, result: str) -> None:
    """5xx of a mailbox or a mail is for good, 4xx is worth another try."""
    async with answering(recipient, data) as port:
        outcome = await MailSender(HOST, port, "milepost@example.gov.uk", LINKS.letter).send(notification(TO), TO)
    assert outcome.result == result


async def test_a_server_that_is_away_is_worth_another_try() -> None:
    """It is ours to mend, not the receiver's."""
    outcome = await MailSender(HOST, 1, "milepost@example.gov.uk", LINKS.letter).send(notification(TO), TO)
    assert outcome.result == "failed"
