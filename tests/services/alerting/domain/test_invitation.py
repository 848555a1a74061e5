"""The question to a mailbox, in words."""

import datetime as dt

import pytest

from services.alerting.domain.invitation import covered, invitation
from services.alerting.domain.letter import LONGEST_SUBJECT
from services.alerting.domain.scopes import Scope
from tests.services.alerting.stored import subscription

LINK = "https://alerts.example/subscriptions/confirm/token"


def test_it_says_who_asks_for_what_and_where_to_answer() -> None:
    """In text and in HTML, with how long the link is good."""
    to = subscription("s1", "team@dft.example", channel="mail", owner="dft", scope=Scope("department", "dft"))
    letter = invitation(to, LINK, dt.timedelta(days=7))
    assert letter.subject == "Confirm that you want to hear when any milestone of dft moves"
    for written in (letter.text(), letter.html()):
        assert "dft has asked Milepost to tell this mailbox when any milestone of dft moves" in written
        assert "good for 7 days" in written
        assert LINK in written


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope("plan", "dluhc/towns-fund"), "any milestone of the plan dluhc/towns-fund"),
        (Scope("milestone", "dft/rail-2"), "the milestone dft/rail-2"),
        (Scope("milestone", "dft/rail-2", "dluhc/a"), "the milestone dft/rail-2 in the plan dluhc/a"),
    ],
)
def test_each_scope_has_its_words(scope: Scope, words: str) -> None:
    """A plan, a milestone, a milestone of one plan."""
    assert covered(scope) == words


def test_a_long_name_does_not_make_a_long_subject() -> None:
    """It is cut."""
    to = subscription("s1", "team@dft.example", channel="mail", scope=Scope("milestone", f"dft/{'x' * 300}"))
    assert len(invitation(to, LINK, dt.timedelta(days=7)).subject) == LONGEST_SUBJECT
