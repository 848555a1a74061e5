"""Mail by SMTP: text and HTML, with an id that stays the same in every attempt."""

import asyncio
import datetime as dt
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from schemas.alerts import Notification
from services.alerting.domain.attempts import LONGEST_ANSWER, Outcome
from services.alerting.domain.letter import Letter, letter
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription

SECONDS = 15.0
"""For the whole attempt."""


class MailSender:
    """Hands mails to one server; it uses TLS when the server offers it.

    `invite` writes the letter that asks a mailbox whether it wants to be told.
    """

    def __init__(self, host: str, port: int, mail_from: str, invite: Callable[[Subscription], Letter]) -> None:
        self._host, self._port, self._from, self._invite = host, port, mail_from, invite

    async def send(self, record: NotificationRecord, to: Subscription) -> Outcome:
        """Makes one attempt."""
        message = self._mail(record, to)
        try:
            async with asyncio.timeout(SECONDS):
                _, said = await aiosmtplib.send(message, hostname=self._host, port=self._port)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return refusal(error.recipients[0].code, error.recipients[0].message)
        except aiosmtplib.SMTPDataError as error:
            return refusal(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:  # the server, or what we are allowed there: may be mended
            return Outcome("failed", f"{type(error).__name__}: {error}"[:LONGEST_ANSWER])
        return Outcome("delivered", said[:LONGEST_ANSWER])

    def _mail(self, record: NotificationRecord, to: Subscription) -> EmailMessage:
        if record.kind == "confirmation":
            return posted(self._invite(to), record, self._from, to.target)
        return mail(record, self._from, to.target)


def refusal(code: int, said: str) -> Outcome:
    """What it means that a mailbox or a mail is refused: 4xx is worth another try, 5xx is not."""
    return Outcome("refused" if 500 <= code < 600 else "failed", f"{code} {said}"[:LONGEST_ANSWER])


def mail(record: NotificationRecord, mail_from: str, to: str) -> EmailMessage:
    """The mail of a notification."""
    written = letter(Notification.model_validate_json(record.body).data, record.titles)
    return posted(written, record, mail_from, to)


def posted(written: Letter, record: NotificationRecord, mail_from: str, to: str) -> EmailMessage:
    """A letter as a mail. Every header is one line: a name or a reason can add none."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = written.subject
    message["From"] = Address("Milepost", addr_spec=mail_from)
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(record.composed.astimezone(dt.UTC))
    message["Message-ID"] = f"<{record.id}@{mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if record.correlationid and record.correlationid.isascii() and record.correlationid.isprintable():
        message["X-Correlation-ID"] = record.correlationid
    message.set_content(written.text())
    message.add_alternative(written.html(), subtype="html")
    return message
