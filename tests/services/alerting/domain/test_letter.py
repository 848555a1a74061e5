"""Letters: a notification as a person reads it."""

from schemas.alerts import NotificationData
from services.alerting.domain.letter import Letter, letter
from tests.services.alerting.examples import RAIL, SKILLS, STATION, Step, chain
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
    assert found.subject == "50 days later: Rail 2 (dft/rail-2) and 2 more"
    assert found.text() == (
        "Dates have moved: 3 milestones.\n"
        "\n"
        "Rail 2 (dft/rail-2): 50 days later than agreed\n"
        "Why: Possession moved by Network Rail\n"
        "\n"
        "* Rail 2 (dft/rail-2)\n"
        "  Agreed for 5 March 2027, now 24 April 2027: 50 days later than agreed.\n"
        "\n"
        "* Station square (northgate/station-square)\n"
        "  Agreed for 15 March 2027, now 24 April 2027: 40 days later than agreed.\n"
        "  Path: Rail 2, then Station square\n"
        "\n"
        "* Skills 1 (dfe/skills-1)\n"
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
    assert found.opening == "Good news: 1 milestone back within tolerance."


def test_a_long_letter_counts_what_it_does_not_name() -> None:
    """Of a cause with 150 milestones a hundred are named, and the rest counted."""
    world = World()
    world.hear([Step(RAIL, 100), *(Step(f"dfe/m{n}", 100, needs=(RAIL,)) for n in range(150))])
    world.hear([MOVED, *(Step(f"dfe/m{n}", 100, needs=(RAIL,)) for n in range(150))])
    found = written(world.told())
    assert found.subject == "50 days later: Rail 2 (dft/rail-2) and 150 more"
    assert len(found.sections[0].blocks) == 100
    assert "The first 100 are shown here, 51 more on the plan's page." in found.text()
