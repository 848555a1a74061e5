"""The way to a mail server: with a user and a password, over TLS, and never in the open where that was asked for."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from pydantic import ValidationError

from deploy.local.ports import HOST
from services.alerting.senders.mail import MailServer
from services.alerting.settings import AlertingSettings

USER, PASSWORD = "milepost", "let us in"


@pytest.fixture
def authority(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate, and the file of who signed it."""
    signer, ca = trustme.CA(), tmp_path / "ca.pem"
    signer.cert_pem.write_to_path(ca)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    signer.issue_cert(HOST).configure_cert(context)
    return context, ca


def _let_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, said: Any) -> AuthResult:
    good = isinstance(said, LoginPassword) and (said.login, said.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextlib.asynccontextmanager
async def serving(starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A mail server that asks who is there; yields its port."""

    def session() -> SMTP:
        return SMTP(
            object(),
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=_let_in,
            auth_required=True,
            auth_require_tls=starttls is not None,
        )

    server = await asyncio.get_running_loop().create_server(session, HOST, 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_user_is_let_in_over_either_kind_of_tls(authority: tuple[ssl.SSLContext, Path]) -> None:
    """STARTTLS, or from the start; the server's certificate is judged by the given authority."""
    context, ca = authority
    async with serving(starttls=context) as port:
        await MailServer(HOST, port, "starttls", USER, PASSWORD, ca).greet()
        with pytest.raises(ssl.SSLCertVerificationError):
            await MailServer(HOST, port, "starttls", USER, PASSWORD).greet()  # signed by nobody we know
    async with serving(tls=context) as port:
        await MailServer(HOST, port, "tls", USER, PASSWORD, ca).greet()


async def test_a_wrong_password_is_said(authority: tuple[ssl.SSLContext, Path]) -> None:
    """By the server's own words."""
    context, ca = authority
    async with serving(starttls=context) as port:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await MailServer(HOST, port, "starttls", USER, "mistaken", ca).greet()


async def test_without_tls_nothing_is_sent_where_it_was_asked_for(authority: tuple[ssl.SSLContext, Path]) -> None:
    """Whoever is in between could say that the server knows no TLS."""
    _, ca = authority
    async with serving() as port:
        with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
            await MailServer(HOST, port, "starttls", USER, PASSWORD, ca).greet()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"smtp_user": USER}, "MILEPOST_SMTP_PASSWORD"),
        ({"smtp_password": PASSWORD}, "MILEPOST_SMTP_USER"),
        ({"smtp_user": USER, "smtp_password": PASSWORD}, "MILEPOST_SMTP_SECURITY"),
    ],
)
def test_settings_by_which_a_password_could_leak_are_refused(said: dict[str, str], wrong: str) -> None:
    """In production; half of a pair is refused anywhere."""
    production = {"mode": "production", "session_secret": "s" * 40}
    with pytest.raises(ValidationError, match=wrong):
        AlertingSettings.model_validate(production | said)
    assert AlertingSettings.model_validate(
        production | {"smtp_user": USER, "smtp_password": PASSWORD, "smtp_security": "tls"}
    )
