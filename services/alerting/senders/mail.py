"""Mail by SMTP: text and HTML, with an id that stays the same in every attempt."""

import asyncio
import datetime as dt
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import aiosmtplib

from services.alerting.domain.attempts import Outcome, cut
from services.alerting.domain.letterform import Letter
from services.alerting.domain.model import NotificationRecord, Result
from services.alerting.domain.subscriptions import Subscription
from services.alerting.senders.written import Links, written
from services.alerting.settings import MailSecurity

SECONDS = 15.0
"""For the whole attempt."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over, and how: with TLS where it is offered (`auto`), or never without.

    `ca` is a file of certificates in PEM that the server's is signed by; without it the system's are trusted.
    """

    host: str
    port: int
    security: MailSecurity = "auto"
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None

    def options(self) -> dict[str, Any]:
        """The arguments of aiosmtplib."""
        return {
            "hostname": self.host,
            "port": self.port,
            "use_tls": self.security == "tls",
            "start_tls": {"auto": None, "starttls": True, "tls": False}[self.security],
            "username": self.user or None,
            "password": self.password or None,
            "tls_context": ssl.create_default_context(cafile=self.ca) if self.ca else None,
            "timeout": SECONDS,
        }

    async def greet(self) -> None:
        """Connects as for a mail, and sends none; raises what keeps it from that."""
        async with aiosmtplib.SMTP(**self.options()):
            pass


class MailSender:
    """Hands mails to one server. `links` are where a mailbox answers."""

    def __init__(self, server: MailServer, mail_from: str, links: Links) -> None:
        self._server, self._from, self._links = server, mail_from, links

    async def send(self, record: NotificationRecord, to: Subscription) -> Outcome:
        """Makes one attempt."""
        message = self.mail(record, to)
        try:
            async with asyncio.timeout(SECONDS):
                _, said = await aiosmtplib.send(message, **self._server.options())
        except aiosmtplib.SMTPRecipientsRefused as error:
            return refusal(error.recipients[0].code, error.recipients[0].message, "bounced")
        except aiosmtplib.SMTPDataError as error:
            return refusal(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:  # the server, or what we are allowed there: may be mended
            return Outcome("failed", cut(f"{type(error).__name__}: {error}"))
        return Outcome("delivered", cut(said))

    def mail(self, record: NotificationRecord, to: Subscription) -> EmailMessage:
        """A mail, with the way out of the subscription by one click (RFC 8058) where there is one to leave."""
        message = posted(written(record, to, self._links), record, self._from, to.target)
        if record.kind != "confirmation":
            message["List-Unsubscribe"] = f"<{self._links.leave(to.id)}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return message


def refusal(code: int, said: str, final: Result = "refused") -> Outcome:
    """What it means that a mailbox or a mail is refused: 4xx is worth another try, 5xx is `final`."""
    return Outcome(final if 500 <= code < 600 else "failed", cut(f"{code} {said}"))


def posted(letter: Letter, record: NotificationRecord, mail_from: str, to: str) -> EmailMessage:
    """A letter as a mail. Every header is one line: a name or a reason can add none."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = letter.subject
    message["From"] = Address("Milepost", addr_spec=mail_from)
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(record.composed.astimezone(dt.UTC))
    message["Message-ID"] = f"<{record.known_as}@{mail_from.rpartition('@')[2]}>"
    if record.thread:
        message["In-Reply-To"] = message["References"] = f"<{record.thread}@{mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if record.correlationid and record.correlationid.isascii() and record.correlationid.isprintable():
        message["X-Correlation-ID"] = record.correlationid
    message.set_content(letter.text())
    message.add_alternative(letter.html(), subtype="html")
    return message
