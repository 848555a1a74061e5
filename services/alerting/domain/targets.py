"""Targets: where a notification may be sent."""

import ipaddress
import re
from urllib.parse import urlsplit

_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_LONGEST = 2_000


def wrong_mailbox(target: str) -> str | None:
    """What is wrong with a mail address, None when nothing is."""
    return None if _MAILBOX.fullmatch(target) else "must be one mail address, such as team@example.gov.uk"


def wrong_webhook(target: str, local: bool) -> str | None:
    """What is wrong with a webhook's address, None when nothing is. `local`: plain http to this machine will do."""
    if len(target) > _LONGEST or not target.isascii() or not target.isprintable() or " " in target:
        return f"must be an address of at most {_LONGEST} ASCII characters without spaces"
    try:
        parts = urlsplit(target)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "must be an address, such as https://example.gov.uk/milepost"
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return "must have a host, and neither user, password nor fragment"
    if parts.scheme == "https" or (local and parts.scheme == "http" and _loopback(host)):
        return None
    return "must begin with https://"


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
