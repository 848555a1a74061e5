"""Letters: a notification as a person reads it."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import get_args

import pytest

from schemas.alerts import NotificationData, Rule, Told, ToldCause, ToldOfCause
from services.alerting.domain.letter import Letter, letter
from tests.services.alerting.examples import PLAN, RAIL, SKILLS, STATION, Step, chain, day, states
from tests.services.alerting.world import World

MOVED = Step(RAIL, 100, 150, reason="Possession moved by Network Rail")


def written(data: NotificationData | None) -> Letter:
    """The letter of a notification that there is."""
    assert data is not None
    return letter(data, {})


def test_a_move_reads_as_a_letter() -> None:
    """Days and milestone first; then why, each milestone with its dates in words, its path, and the plan's page."""
    world = World()
    world.hear(chain())
    world.hear(chain(rail=MOVED))
    found = written(world.told())
    assert found.subject == "50 days later: Rail 2 (dft/rail-2) and 2 more, 1 of them yours"
    assert found.text() == (
        "Dates have moved: 3 milestones, 1 of them yours.\n"
        "\n"
        "What it costs you:\n"
        "* Skills 1 (dfe/skills-1): 30 days later than agreed\n"
        "\n"
        "Rail 2 (dft/rail-2): 50 days later than agreed\n"
        "Why: Possession moved by Network Rail\n"
        "Whom to ask: dft\n"
        "http://plans.example/plans/dluhc/towns-fund/milestones/dft/rail-2\n"
        "\n"
        "* Rail 2 (dft/rail-2)\n"
        "  Agreed for 5 March 2027, now 24 April 2027: 50 days later than agreed.\n"
        "\n"
        "* Station square (northgate/station-square)\n"
        "  Agreed for 15 March 2027, now 24 April 2027: 40 days later than agreed.\n"
        "  Path: Rail 2, then Station square\n"
        "\n"
        "* Skills 1 (dfe/skills-1) – yours\n"
        "  Agreed for 25 March 2027, now 24 April 2027: 30 days later than agreed.\n"
        "  Path: Rail 2, then Station square, then Skills 1\n"
        "\n"
        "See the plan: http://plans.example/plans/dluhc/towns-fund\n"
    )


def test_a_further_move_says_both_dates_and_both_days() -> None:
    """From the date last told, and against what was agreed."""
    world = World()
    world.hear([Step(RAIL, 100, 150)])
    world.told()
    world.hear([Step(RAIL, 100, 170)])
    found = written(world.told())
    assert found.subject == "20 days later: Rail 2 (dft/rail-2)"
    assert "Moved from 24 April 2027 to 14 May 2027, 20 days later; 70 days later than agreed." in found.text()


def test_a_single_milestone_is_the_subject() -> None:
    """Of one milestone the subject says its own days."""
    world = World()
    world.hear([Step(RAIL, 100), Step(SKILLS, 120, needs=(RAIL,))])
    world.hear([Step(RAIL, 100, 114), Step(SKILLS, 90, needs=(RAIL,))])
    assert written(world.told()).subject == "24 days later: Skills 1 (dfe/skills-1)"


def test_overdue_says_since_when() -> None:
    """The milestone's own date, and that nobody has said that it was met."""
    world = World()
    world.hear([Step(RAIL, 0)])
    world.passed = 3
    world.hear([Step(RAIL, 0)])
    found = written(world.told())
    assert found.subject == "3 days overdue: Rail 2 (dft/rail-2)"
    assert "Overdue: it was to be met on 25 November 2026, and nobody has said that it was." in found.text()


def test_ends_say_why() -> None:
    """A recovery is good news; a late completion and a cancelled predecessor are not."""
    world = World()
    world.hear([Step(RAIL, 100), Step(STATION, 100, needs=(RAIL,))])
    world.hear([MOVED, Step(STATION, 100, needs=(RAIL,))])
    world.told()
    world.hear([Step(RAIL, 100, 150, cancelled=True), Step(STATION, 100, needs=(RAIL,))])
    text = written(world.told()).text()
    assert text.startswith("This needs somebody's attention: 2 milestones.")
    assert "Over: it was cancelled." in text
    assert (
        "Over: what it waited for was cancelled, or has no date any more. It stands at 5 March 2027, as agreed." in text
    )
    assert "It needs Rail 2, which was cancelled. Say what it needs instead, or remove the dependency." in text


def test_good_news_says_so() -> None:
    """Recovered is in the subject."""
    world = World()
    world.hear([Step(RAIL, 100)])
    world.hear([MOVED])
    world.told()
    world.hear([Step(RAIL, 100)])
    found = written(world.told())
    assert found.subject == "Recovered: Rail 2 (dft/rail-2)"
    assert found.opening == "Good news, back within tolerance: 1 milestone."


HOSTILE = "Rail\r\nBcc: all@example.gov.uk =?utf-8?q?=0D=0ABcc:_x?= \u202e<script>alert(1)</script>"


def test_a_name_can_add_no_header_and_no_markup() -> None:
    """Line ends, encoded words, marks that turn the direction and tags: in subject, text and HTML they are words."""
    world = World()
    world.take([one.model_copy(update={"title": HOSTILE}) for one in states([Step(RAIL, 100)], 1)])
    moved = states([Step(RAIL, 100, 150, reason=HOSTILE)], 2)
    world.take([one.model_copy(update={"title": HOSTILE, "contact": HOSTILE}) for one in moved])
    found = written(world.told())
    message = EmailMessage(policy=SMTP)
    message["Subject"] = found.subject
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert parsed.keys() == ["Subject"]
    assert "\n" not in str(parsed["Subject"])
    for text in (found.subject, found.text(), found.html()):
        assert "\u202e" not in text
        assert "\r" not in text
    assert "Bcc" not in [line.partition(":")[0] for line in found.text().splitlines()]
    assert "<script" not in found.html()


@pytest.mark.parametrize("rule", get_args(Rule))
def test_every_rule_has_a_subject_that_says_what_holds(rule: Rule) -> None:
    """Days or what it is first, then the milestone; the reason is a sentence of the letter."""
    told = Told(
        plan=PLAN,
        milestone=RAIL,
        title="Rail 2",
        department="dft",
        rule=rule,
        from_=day(100),
        to=day(150),
        days=50,
        against_baseline=50,
        path=(),
        reason="something is so. Do this",
    )
    cause = ToldCause(
        plan=PLAN, milestone=RAIL, department="dft", title="Rail 2", days=50, reason=None, contact="a@b.uk"
    )
    found = letter(NotificationData(kind="moved", links={}, causes=(ToldOfCause(cause=cause, moved=(told,)),)), {})
    assert found.subject.endswith(": Rail 2 (dft/rail-2)")
    assert "Whom to ask: a@b.uk (dft)" in found.text()
    said = {"slipped": "Agreed for", "inherited-slip": "Agreed for", "overdue": "Overdue: it was to be met"}
    assert said.get(rule, "Something is so. Do this") in found.text()


def test_a_digest_says_that_it_is_one() -> None:
    """Of the day, or of the week."""
    world = World(rhythm="weekly")
    world.hear([Step(RAIL, 100)])
    world.hear([MOVED])
    assert written(world.told("weekly")).opening.startswith("Your digest of the week. Dates have moved")


def test_what_can_be_done_is_offered_while_it_holds() -> None:
    """A link to answer it is in a letter of what is late, and not in one of what is over."""
    world, link = World(), ("Answer", "http://a/answer")
    world.hear([Step(RAIL, 100)])
    world.hear([MOVED])
    moved = world.told()
    world.hear([Step(RAIL, 100)])
    over = world.told()
    assert moved is not None
    assert over is not None
    assert link in letter(moved, {}, [link]).links
    assert link not in letter(over, {}, [link]).links


def test_a_long_letter_counts_what_it_does_not_name() -> None:
    """Of a cause with 150 milestones a hundred are named, and the rest counted."""
    world = World()
    world.hear([Step(RAIL, 100), *(Step(f"dfe/m{n}", 100, needs=(RAIL,)) for n in range(150))])
    world.hear([MOVED, *(Step(f"dfe/m{n}", 100, needs=(RAIL,)) for n in range(150))])
    found = written(world.told())
    assert found.subject == "50 days later: Rail 2 (dft/rail-2) and 150 more, all of them yours"
    assert len(found.sections[0].blocks) == 100
    assert "The first 100 are shown here, 51 more on the plan's page." in found.text()
