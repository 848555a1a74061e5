"""Chat through apprise, to services at one fixed public host each."""

import asyncio
import contextvars
import functools
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, cast

import httpcore
from apprise import AppriseAsset
from apprise.logger import logger as apprise_logger
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.google_chat import NotifyGoogleChat
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram

from services.alerting.domain.attempts import Outcome, cut
from services.alerting.domain.letterform import Letter
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.senders.pinned import NotPublic, Pinned
from services.alerting.senders.posting import outcome
from services.alerting.senders.written import Links, written

HOSTS: Mapping[str, Sequence[str]] = {
    "discord": ("discord.com",),
    "gchat": ("chat.googleapis.com",),
    "slack": ("hooks.slack.com", "slack.com"),
    "tgram": ("api.telegram.org",),
}
"""The schemes that may be asked for, and where each sends: of other services a subscriber could name the host."""

_SERVICES: Mapping[str, Any] = {
    "discord": NotifyDiscord,
    "gchat": NotifyGoogleChat,
    "slack": NotifySlack,
    "tgram": NotifyTelegram,
}
"""Each by itself: asked for any address, apprise would load all of its services (a second, and 18 MB) on the way."""

SECONDS = 15.0
"""For the whole attempt: a chat service may need several requests."""

LONGEST_TEXT = 1_800
"""Characters: the shortest limit of these services is 2,000, and the rest is on the plan's page."""

_PORT, _AT_ONCE = 443, 16
_STATUS = re.compile(r"error[ =:]+(\d{3})\b")
_SCHEME = re.compile(r"([a-z]+)://[^\s?#\\]+")
_SUMMONS = re.compile(r"(@(?=everyone|here|channel|[!&]?\d)|<(?=[!@#]))", re.IGNORECASE)
_said: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("_said", default=None)


class Chat(Protocol):
    """One place to write to, as apprise has it."""

    def notify(self, body: str, title: str) -> bool:
        """Writes there; blocks."""


def opened(target: str) -> Chat | None:
    """The place of an address in apprise's form; None when it is none that may be asked for."""
    found = _SCHEME.fullmatch(target)
    if found is None or found.group(1) not in _SERVICES:
        return None
    service = _SERVICES[found.group(1)]
    asset, said = AppriseAsset(secure_logging=True, http_redirects=False), service.parse_url(target)
    try:
        return cast("Chat", service(**said, asset=asset)) if said else None
    except TypeError:  # apprise's word for an address that lacks something
        return None


def wrong_chat(target: str) -> str | None:
    """What is wrong with the address of a chat, None when nothing is. It is secret, so it is not repeated."""
    if len(target) <= 500 and target.isascii() and opened(target):
        return None
    known = ", ".join(f"{scheme}://" for scheme in HOSTS)
    return f"must be an address of apprise that begins with {known}, without options (?...), such as slack://A/B/C/"


class _Heard(logging.Handler):
    """apprise tells why it failed only in its log: each attempt reads its own lines there."""

    def emit(self, record: logging.LogRecord) -> None:
        if (said := _said.get()) is not None:
            said.append(record.getMessage())


class ChatSender:
    """Writes to chats in threads of its own; the fixed host is judged as any other before."""

    def __init__(self, network: Pinned, links: Links, open_chat: Callable[[str], Chat | None] = opened) -> None:
        self._network, self._links, self._open = network, links, open_chat
        self._threads = ThreadPoolExecutor(_AT_ONCE, "chat")
        if not any(isinstance(one, _Heard) for one in apprise_logger.handlers):
            apprise_logger.addHandler(_Heard(logging.WARNING))

    async def send(self, record: NotificationRecord, to: Subscription) -> Outcome:
        """Makes one attempt."""
        try:
            async with asyncio.timeout(SECONDS):
                for host in HOSTS[to.target.partition("://")[0]]:
                    await self._network.judged(host, _PORT)
                return await self._notify(written(record, to, self._links), to.target)
        except TimeoutError:
            return Outcome("failed", f"no answer within {SECONDS:.0f} s")
        except NotPublic as error:
            return Outcome("refused", str(error))
        except httpcore.ConnectError as error:
            return Outcome("failed", cut(str(error)))

    async def _notify(self, letter: Letter, target: str) -> Outcome:
        chat = self._open(target)
        if chat is None:
            return Outcome("refused", "the address is no chat that may be written to")
        said: list[str] = []
        context = contextvars.copy_context()
        context.run(_said.set, said)
        notify = functools.partial(context.run, chat.notify, body=shortened(letter), title=unsummoning(letter.subject))
        if await asyncio.get_running_loop().run_in_executor(self._threads, notify):
            return Outcome("delivered")
        status = next((int(found.group(1)) for line in said if (found := _STATUS.search(line))), None)
        text = "; ".join(said)
        return outcome(status, text) if status else Outcome("failed", cut(text))


def shortened(letter: Letter) -> str:
    """A letter's text as a chat takes it; what is cut off is at the link that ends it."""
    text = unsummoning(letter.text().strip())
    if len(text) <= LONGEST_TEXT:
        return text
    link = "".join(f"{name}: {url}" for name, url in letter.links[:1])
    return f"{text[: LONGEST_TEXT - len(link) - 5]}...\n\n{link}"


def unsummoning(text: str) -> str:
    """Text that calls nobody: a title could name a whole room (@everyone, <!channel>), and all would be disturbed."""
    return _SUMMONS.sub("\\1\u200b", text)
