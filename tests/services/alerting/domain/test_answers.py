"""Answers: whom they keep quiet, until when, and what is told all the same."""

import datetime as dt

import pytest

from schemas.alerts import Rule
from services.alerting.domain.answers import Answer, Kind, Scope, level, newest, refused
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, STATION, TODAY, Step, chain, plan_state
from tests.services.alerting.world import World, names

MOVED = Step(RAIL, 100, 150)
WORSE = Step(RAIL, 100, 180)


def answer(world: World, kind: Kind, *, by: str = "dfe", days: int = 14, milestone: str = "") -> Answer:
    """What an office says now of what fires, for so many days."""
    scope = Scope(PLAN, milestone)
    levels = {k: level(kept) for k, kept in world.alerts.items() if kept.firing and scope.covers(kept)}
    made = Answer("a", kind, scope, by, TODAY + dt.timedelta(days=days), "We know", NOW, levels)
    world.answers.append(made)
    return made


@pytest.fixture
def world() -> World:
    """Everything in a chain has slipped, and nobody has been told."""
    started = World()
    started.hear(chain())
    started.hear(chain(rail=MOVED))
    return started


def test_what_is_acknowledged_counts_as_told(world: World) -> None:
    """Nothing is said of it until it is worse than it was then."""
    answer(world, "acknowledged")
    assert world.told() is None
    world.hear(chain(rail=Step(RAIL, 100, 160)))
    assert world.told() is None
    world.hear(chain(rail=WORSE))
    assert set(names(world.told())) == {RAIL, STATION, SKILLS}


def test_what_comes_to_hold_later_is_not_acknowledged(world: World) -> None:
    """An acknowledgement is of what held at the time."""
    answer(world, "acknowledged")
    world.hear([*chain(rail=MOVED), Step("dfe/other", 100, 150)])
    assert names(world.told()) == ["dfe/other"]


def test_an_answer_keeps_nobody_else_quiet(world: World) -> None:
    """Not even that of the milestone's owner, or of the lead: bad news is not tidied away."""
    answer(world, "silenced", by="dft")
    answer(world, "acknowledged", by="dluhc")
    assert set(names(world.told())) == {RAIL, STATION, SKILLS}


def test_a_silence_holds_back_and_ends_by_itself(world: World) -> None:
    """Even what gets worse; on the day after it everything that still holds is told, once."""
    answer(world, "silenced", milestone=RAIL)
    assert set(names(world.told())) == {STATION, SKILLS}
    world.hear(chain(rail=Step(RAIL, 100, 155)))
    assert world.told() is None
    world.passed = 15
    assert names(world.told()) == [RAIL]
    assert world.told() is None


def test_what_is_over_before_its_silence_is_told_to_nobody(world: World) -> None:
    """It was never said, so that it is over is not said either."""
    answer(world, "silenced")
    assert world.told() is None
    world.hear(chain())
    world.passed = 15
    assert world.told() is None


def test_the_end_of_what_was_told_is_said_in_a_silence_too(world: World) -> None:
    """A silence holds back what holds, not that it is over."""
    world.told()
    answer(world, "silenced")
    world.hear(chain())
    data = world.told()
    assert data is not None
    assert data.kind == "recovered"


def test_an_alert_carries_its_last_answer_while_it_holds(world: World) -> None:
    """And no answer once that is over, or the alert has ended."""
    answer(world, "acknowledged", by="dft", days=3)
    world.rejudge()
    kept = world.alerts[f"{PLAN}|{RAIL}|late"]
    assert kept.alert.answer is not None
    assert (kept.alert.answer.by, kept.alert.answer.why) == ("dft", "We know")
    world.passed = 4
    world.rejudge()
    assert world.alerts[kept.key].alert.answer is None


@pytest.mark.parametrize(
    ("rule", "covers"), [("slipped", True), ("inherited-slip", True), ("overdue", False), (None, True)]
)
def test_an_answer_to_one_rule_is_to_its_symptom(world: World, rule: Rule | None, covers: bool) -> None:
    """Late is late, whoever drives it."""
    kept = world.alerts[f"{PLAN}|{RAIL}|late"]
    assert Scope(PLAN, RAIL, "", rule).covers(kept) is covers
    assert Scope("dluhc/other", RAIL, "", rule).covers(kept) is False


def test_the_newest_answer_is_the_one_that_is_shown(world: World) -> None:
    """Of two of the same moment the same one everywhere."""
    kept = world.alerts[f"{PLAN}|{RAIL}|late"]
    first = answer(world, "silenced")
    later = Answer("b", "silenced", first.scope, "dft", first.until, "later", NOW + dt.timedelta(hours=1))
    assert newest(kept, [later, first], TODAY) == later
    assert newest(kept, [later, first], first.until + dt.timedelta(days=1)) is None


def test_who_may_answer() -> None:
    """Owners, subscribers, and for a plan as a whole its lead; nobody for a plan that may not be seen."""
    plan, whole, one = plan_state(), Scope(PLAN), Scope(PLAN, RAIL)
    assert refused(whole, ["dluhc"], False, plan) is None
    assert "only its lead, dluhc" in (refused(whole, ["dft"], True, plan) or "")
    assert refused(one, ["dft"], False, plan) is None
    assert refused(one, ["dfe"], True, plan) is None
    assert "not yours" in (refused(one, ["dfe"], False, plan) or "")
    assert "no such plan" in (refused(one, ["dft"], True, None) or "")
