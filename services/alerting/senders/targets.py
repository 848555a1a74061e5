"""What may be asked for as a target, by channel."""

from services.alerting.domain.addresses import Allowed
from services.alerting.domain.model import Channel
from services.alerting.domain.targets import wrong_mailbox, wrong_url
from services.alerting.senders.chat import wrong_chat


def wrong_target(channel: Channel, target: str, allowed: Allowed) -> str | None:
    """What is wrong with a target, None when nothing is."""
    match channel:
        case "mail":
            return wrong_mailbox(target)
        case "chat":
            return wrong_chat(target)
        case "webhook" | "alertmanager":
            return wrong_url(target, allowed)
