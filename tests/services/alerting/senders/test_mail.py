"""Mails: what is in them, what can not get into them, and what a server's answer means."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP

from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.trying import trial
from services.alerting.senders.mail import MailSender, MailServer
from tests.services.alerting.examples import NOW, PLAN, RAIL
from tests.services.alerting.running import HOST, LINKS
from tests.services.alerting.stored import body, notification, subscription

TO = subscription("s1", "team@dfe.example", channel="mail")
FROM = "milepost@example.gov.uk"


def mail(record: NotificationRecord) -> EmailMessage:
    """The mail of a notification."""
    return MailSender(MailServer(HOST, 1), FROM, LINKS).mail(record, TO)


def test_the_id_is_the_notification_s_and_stays() -> None:
    """Every attempt makes the same mail: Message-ID and Date come from the notification."""
    first, second = (mail(notification(TO)) for _ in range(2))
    assert first["Message-ID"] == "<s1-1@example.gov.uk>"
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert first["X-Correlation-ID"] == "request-1"
    assert first["Auto-Submitted"] == "auto-generated"


def test_what_takes_up_an_earlier_mail_refers_to_it() -> None:
    """So that all that is said of one alert reads as one thread; the first refers to none."""
    first, later = mail(notification(TO)), mail(notification(TO, 2, thread="s1-1"))
    assert first["References"] is None
    assert later["References"] == later["In-Reply-To"] == first["Message-ID"]


def test_a_mail_of_what_holds_leads_to_the_form_that_answers_it() -> None:
    """In text and HTML, at the subscription's own address."""
    made = mail(notification(TO))
    for kind in ("plain", "html"):
        text = made.get_body((kind,))
        assert text is not None
        assert "/alerts/answer/" in text.get_content()


def test_every_mail_can_be_left_by_one_click() -> None:
    """The headers of RFC 8058; the question to a mailbox has none, for there is nothing to leave yet."""
    made = mail(notification(TO))
    assert made["List-Unsubscribe"] == f"<{LINKS.leave('s1')}>"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail(notification(TO, kind="confirmation", body="null"))["List-Unsubscribe"] is None


def test_a_test_says_that_it_is_one() -> None:
    """In subject and text."""
    made = mail(trial(TO, "mail:dfe.example", NOW))
    assert made["Subject"] == "A test of your subscription"
    text = made.get_body(("plain",))
    assert text is not None
    assert "This is a test" in text.get_content()


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
    made = mail(notification(TO, body=json.dumps(content)))
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
    made = mail(notification(TO, body=json.dumps(content)))
    html = made.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()


def test_titles_name_the_path() -> None:
    """Milestones of the path that are not told themselves are named by the titles kept with the notification."""
    made = mail(notification(TO, titles={f"{PLAN}|{RAIL}": "unused"}))
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
        ("550 no such mailbox", "250 kept", "bounced"),
        ("450 greylisted", "250 kept", "failed"),
        ("250 ok", "554 not wanted", "refused"),
        ("250 ok", "451 try later", "failed"),
    ],
)
async def test_what_a_server_s_answer_means(recipient: str, data: str, result: str) -> None:
    """5xx of a mailbox or a mail is for good, 4xx is worth another try."""
    async with answering(recipient, data) as port:
        outcome = await MailSender(MailServer(HOST, port), "milepost@example.gov.uk", LINKS).send(notification(TO), TO)
    assert outcome.result == result


async def test_a_server_that_is_away_is_worth_another_try() -> None:
    """It is ours to mend, not the receiver's."""
    outcome = await MailSender(MailServer(HOST, 1), "milepost@example.gov.uk", LINKS).send(notification(TO), TO)
    assert outcome.result == "failed"
