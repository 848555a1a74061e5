"""Targets: what may be asked for as the address of a subscriber."""

import re
from urllib.parse import urlsplit

from services.alerting.domain.addresses import Allowed

_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_LONGEST = 2_000
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_HTTPS = 443
"""The only port that production's network lets alerting out to."""


def wrong_mailbox(target: str) -> str | None:
    """What is wrong with a mail address, None when nothing is."""
    return None if _MAILBOX.fullmatch(target) else "must be one mail address, such as team@example.gov.uk"


def wrong_url(target: str, allowed: Allowed) -> str | None:
    """What is wrong with the address of a webhook or an Alertmanager, None when nothing is.

    Which machine its host is, is judged at every connection: a name says nothing about that.
    """
    if len(target) > _LONGEST or not target.isascii() or not target.isprintable() or " " in target or "\\" in target:
        return f"must be an address of at most {_LONGEST} ASCII characters without spaces"
    try:
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "must be an address, such as https://example.gov.uk/milepost"
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return "must have a host, and neither user, password nor fragment"
    return _wrong_place(parts.scheme, host, port, allowed)


def _wrong_place(scheme: str, host: str, port: int | None, allowed: Allowed) -> str | None:
    at = port if port is not None else _HTTPS if scheme == "https" else 80
    if scheme in ("http", "https") and allowed.plain(host, at):
        return None
    if scheme != "https":
        return "must begin with https://"
    if not _NAME.fullmatch(host) or host.rstrip(".").rpartition(".")[2].isdigit():
        return "must name a host, such as example.gov.uk, and not an IP address"
    return None if at == _HTTPS else f"must be at port {_HTTPS}"
