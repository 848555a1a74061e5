"""Chat: which services may be written to, and what they get."""

import json
from typing import Any

import pytest
from apprise.plugins.discord import NotifyDiscord

from services.alerting.domain.addresses import Allowed
from services.alerting.domain.letterform import Letter
from services.alerting.senders.chat import (
    HOSTS,
    LONGEST_TEXT,
    Chat,
    ChatSender,
    opened,
    shortened,
    unsummoning,
    wrong_chat,
)
from services.alerting.senders.pinned import Pinned
from services.alerting.wanted import shown
from tests.services.alerting.running import LINKS, Receiver
from tests.services.alerting.senders.test_pinned import answers
from tests.services.alerting.stored import notification, subscription

DISCORD = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
TO = subscription("s", DISCORD, channel="chat", secret=None)
PUBLIC = Pinned(Allowed(), answers(["93.184.216.34"]))


@pytest.mark.parametrize(
    "target",
    [
        DISCORD,
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general".replace("#", ""),
        "tgram://123456789:abcdefghijklmnopqrstuvwxyzABCDEFGHI/12315544/",
        "gchat://workspace/key/token",
    ],
)
def test_services_with_one_fixed_host(target: str) -> None:
    """In the form that apprise documents."""
    assert wrong_chat(target) is None
    assert type(opened(target)).__module__.startswith("apprise.plugins.")


@pytest.mark.parametrize(
    "target",
    [
        "",
        "json://127.0.0.1/",
        "jsons://inside.example/",
        "workflows://inside.example:443/workflow/signature",
        "mailto://user:pass@example.org",
        "mmost://inside.example/token",
        "rocket://user:pass@inside.example/#room",
        "file:///etc/passwd",
        "https://discord.com/api/webhooks/1/abc",
        "https://inside.example/",
        "syslog://",
        "discord://",
        "slack://inside.example",
        f"{DISCORD}?verify=no",
        f"{DISCORD}?redirect=yes",
        f"{DISCORD}?template=/etc/passwd",
        f"{DISCORD}#x",
        f"{DISCORD}\r\nx",
        f"{DISCORD}, json://127.0.0.1/",
        "DISCORD://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        f"discord://4174216298/{'x' * 500}",
    ],
)
def test_everything_else_is_refused_without_repeating_it(target: str) -> None:
    """Services whose host a subscriber names, and options, which could switch off the check of certificates."""
    wrong = wrong_chat(target)
    assert wrong
    assert len(target) < 12 or target.partition("://")[2] not in wrong


def test_a_chat_s_address_is_never_shown() -> None:
    """It is the key to the room."""
    assert shown(TO)["target"] == "discord://..."


def test_the_hosts_are_those_of_apprise() -> None:
    """What is judged is where it sends."""
    assert NotifyDiscord.notify_url.startswith(f"https://{HOSTS['discord'][0]}/")
    for target in ("gchat://workspace/key/token", "tgram://123456789:abcdefghijklmnopqrstuvwxyzABCDEFGHI/1/"):
        chat: Any = opened(target)
        assert chat.notify_url.startswith(f"https://{HOSTS[target.partition(':')[0]][0]}/")
    slack: Any = opened("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")
    assert {slack.webhook_url.split("/")[2], slack.api_url.split("/")[2]} == set(HOSTS["slack"])
    assert slack.verify_certificate
    assert not slack.redirects


def at(receiver: Receiver) -> ChatSender:
    """A sender that writes to the receiver as if it were Discord."""

    class Here(NotifyDiscord):  # type: ignore[no-untyped-call]
        notify_url = receiver.url("/discord")

    def open_chat(target: str) -> Chat:
        return Here(webhook_id="4174216298", webhook_token="JHMHI8qBe7bk2ZwO5U711o3dV_js")

    return ChatSender(PUBLIC, LINKS, open_chat)


async def test_a_notification_is_written_there(receiver: Receiver) -> None:
    """With the milestone and the days first."""
    outcome = await at(receiver).send(notification(TO), TO)
    assert outcome.result == "delivered"
    (hook,) = receiver.webhooks
    assert "50 days later: Rail 2" in json.dumps(json.loads(hook["text"]))


@pytest.mark.parametrize(("status", "result"), [(404, "refused"), (410, "gone"), (500, "failed")])
async def test_what_its_answer_means(receiver: Receiver, status: int, result: str) -> None:
    """The same as of a webhook, and the reason is kept."""
    receiver.answers["/discord/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"] = [status] * 9
    outcome = await at(receiver).send(notification(TO), TO)
    assert outcome.result == result
    assert str(status) in outcome.answer
    assert "JHMHI8qBe7bk2ZwO5U711o3dV_js" not in outcome.answer


async def test_a_host_that_leads_inside_is_not_written_to(receiver: Receiver) -> None:
    """The fixed host is judged as any other."""
    inside = Pinned(Allowed(), answers(["10.0.0.1"]))
    outcome = await ChatSender(inside, LINKS).send(notification(TO), TO)
    assert outcome.result == "refused"
    assert outcome.answer == "discord.com is not at a public address"


def test_a_long_letter_is_cut_and_keeps_its_links() -> None:
    """What is left out is at the link."""
    letter = Letter("s", "x" * 5_000, (), (("See the plan", "https://plans.example/p"),))
    text = shortened(letter)
    assert len(text) <= LONGEST_TEXT
    assert text.endswith("See the plan: https://plans.example/p")
    short = Letter("s", "short", (), ())
    assert shortened(short) == "short"


@pytest.mark.parametrize(
    "said", ["@everyone", "@HERE", "@channel", "<!channel>", "<!here|x>", "<@U123>", "<@&42>", "<#C1>"]
)
def test_a_title_disturbs_no_room(said: str) -> None:
    """What would call everyone there is broken; a mailbox is left as it is."""
    text = unsummoning(f"Rail {said} late")
    assert said not in text
    assert text.replace("\u200b", "") == f"Rail {said} late"
    assert unsummoning("team@dft.example") == "team@dft.example"


def test_more_links_than_fit_leave_the_first() -> None:
    """The text is cut, and stays short enough."""
    links = tuple((f"Plan {n}", f"https://plans.example/{'x' * 100}") for n in range(50))
    assert len(shortened(Letter("s", "x" * 5_000, (), links))) <= LONGEST_TEXT
