"""How many messages a subscriber gets, case by case: neither none where one is due, nor two where one says it."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from schemas.alerts import NotificationData
from schemas.names import owner
from schemas.states import Blocked, Confidence, Contributor, MilestoneState, Waiting
from services.alerting.domain.rules.every import OF_PLANS
from services.alerting.domain.rules.holds import Limits
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, STATION, Step, chain, day, states
from tests.services.alerting.world import World, each, ends, names, raised

MOVED = Step(RAIL, 100, 150, reason="Possession moved by Network Rail")
CHAIN_OF_DAYS = [Step(RAIL, 0), Step(STATION, 0, needs=(RAIL,)), Step(SKILLS, 5, needs=(STATION,))]


@pytest.fixture
def world() -> World:
    """A plan in which nothing is late, and a subscriber to all of it."""
    started = World()
    started.hear(chain())
    assert started.told() is None
    return started


def changed(world: World, steps: list[Step], name: str, **changes: Any) -> list[MilestoneState]:
    """The states of the steps, newer than before; one of them with changes."""
    world.version += 1
    made = states(steps, world.version, passed=world.passed, tolerance=world.tolerance)
    return [one.model_copy(update=changes) if one.milestone == name else one for one in made]


def blocked(days: int) -> Blocked:
    """Blocked for so many days."""
    return Blocked(reason="Possession refused", since=NOW - dt.timedelta(days=days))


def test_the_same_completion_five_times_is_one_message(world: World) -> None:
    """Told late, then said to be met again and again: one end."""
    world.hear(chain(rail=MOVED))
    world.told()
    heard = []
    for _ in range(5):
        world.hear(chain(rail=replace(MOVED, actual=150)))
        heard.append(world.told())
    assert [data.kind for data in heard if data] == ["ended"]


def test_one_event_that_changes_status_and_date_is_one_message(world: World) -> None:
    """It is open again and later: two things about one milestone, said once."""
    world.hear([Step(RAIL, 100, actual=90)])
    world.take(changed(world, [Step(RAIL, 100, 150)], RAIL, reopened_at=NOW))
    data = world.told()
    assert {told.rule for told in each(data)} == {"slipped", "reopened"}
    assert data is not None
    assert data.kind == "moved"
    assert world.told() is None


def test_two_milestones_of_one_title_are_two_in_one_message(world: World) -> None:
    """Site cleared, of two departments: each stands under its own name, and each owner hears of its own."""
    theirs = [Step("dft/site-cleared", 100), Step("dfe/site-cleared", 100)]
    world.hear(theirs)
    world.hear([replace(one, forecast=150) for one in theirs])
    data = world.told()
    assert sorted((told.department, told.title, told.milestone) for told in each(data)) == [
        ("dfe", "Site cleared", "dfe/site-cleared"),
        ("dft", "Site cleared", "dft/site-cleared"),
    ]


def test_judging_again_while_it_fires_is_no_message(world: World) -> None:
    """Every rule, every day, with nothing arriving: what is said once is said once."""
    world.take(changed(world, chain(rail=MOVED), RAIL, blocked=blocked(12), baseline_approved=False))
    assert set(raised(world.told())) == {RAIL, STATION, SKILLS}
    for passed in range(1, 10):
        world.passed = passed
        world.rejudge()
        assert world.told() is None
        assert world.told("weekly") is None


def test_a_predecessor_in_a_cycle_is_never_good_news(world: World) -> None:
    """The dates behind it come back because nobody can say when it is: a cycle, and a predecessor gone."""
    world.hear(chain(rail=MOVED))
    world.told()
    waits = states(chain(), 9)[1].needs[0].model_copy(update={"waiting": "in-a-cycle", "projected": None})
    steps = [MOVED, Step(STATION, 110), Step(SKILLS, 120, needs=(STATION,))]
    world.take(changed(world, steps, STATION, needs=(waits,)))
    data = world.told()
    assert data is not None
    assert (data.kind, raised(data)) == ("raised", {STATION: "cycle"})
    assert ends(data) == {STATION: "predecessor-gone", SKILLS: "predecessor-gone"}


@pytest.mark.parametrize("waiting", ["unknown", "withdrawn", "cancelled"])
def test_a_predecessor_that_is_gone_is_never_good_news(world: World, waiting: Waiting) -> None:
    """Whatever became of it, *waiting on something unplanned* takes the place of the slip."""
    world.hear(chain(rail=MOVED))
    world.told()
    gone = states(chain(), 9)[1].needs[0].model_copy(update={"waiting": waiting, "projected": None})
    steps = [MOVED, Step(STATION, 110), Step(SKILLS, 120, needs=(STATION,))]
    world.take(changed(world, steps, STATION, needs=(gone,)))
    data = world.told()
    assert (raised(data), ends(data)[STATION]) == ({STATION: "unplanned"}, "predecessor-gone")
    assert "recovered" not in ends(data).values()


def test_an_unlisted_predecessor_is_never_good_news(world: World) -> None:
    """Its department is taken off the plan: every slip stays as it is, and that it was taken off is said once."""
    world.hear(chain(rail=MOVED))
    world.told()
    off = tuple(
        Contributor(department=owner(name), unlisted=day(0) if name == RAIL else None) for name in (RAIL, STATION)
    )
    world.lead(contributors=off)
    world.take(changed(world, chain(rail=MOVED), RAIL, unlisted=day(0)))
    data = world.told()
    assert [(told.rule, told.department, told.milestone) for told in each(data)] == [("unlisted", "dft", "")]
    assert data is not None
    assert data.kind == "raised"
    world.lead(contributors=off)
    assert world.told() is None


def test_an_overdue_chain_of_thirty_days_is_said_at_once_and_then_in_the_weekly_digest_only() -> None:
    """Each milestone once on the day after its own; the growth that days alone bring, on two Mondays."""
    world, at_once, weekly = World(), dict[int, list[str]](), dict[int, list[str]]()
    for passed in range(31):
        world.passed = passed
        world.hear(CHAIN_OF_DAYS)
        world.rejudge()
        for rhythm, heard in (("at_once", at_once), ("daily", at_once), ("weekly", weekly)):
            if rhythm == "weekly" and world.now.weekday() != 0:
                continue
            if data := world.told(rhythm):  # type: ignore[arg-type]
                heard[passed] = sorted({told.milestone for told in each(data)})
    assert at_once == {1: [RAIL, STATION], 6: [SKILLS]}
    assert weekly == {19: [RAIL, STATION], 26: [SKILLS]}


def test_what_days_bring_is_counted_from_what_was_last_said() -> None:
    """The digest says how late it is now; the next one only what came after that."""
    world = World()
    world.hear(CHAIN_OF_DAYS)
    world.passed = 30
    world.hear(CHAIN_OF_DAYS)
    first = world.told("weekly")
    assert {told.milestone for told in each(first)} == {RAIL, STATION, SKILLS}
    assert [told.rule for told in each(first) if told.milestone == RAIL] == ["overdue"]
    world.passed = 37
    world.hear(CHAIN_OF_DAYS)
    assert world.told("weekly") is None
    world.passed = 51
    world.hear(CHAIN_OF_DAYS)
    again = {told.rule: told.days for told in each(world.told("weekly")) if told.milestone == STATION}
    assert again == {"overdue": 51, "inherited-slip": 21}


def test_completed_thirty_days_late_ends_and_did_not_recover(world: World) -> None:
    """It was said to be late; being met late is an end, never good news."""
    world.hear([Step(RAIL, 100, 130)])
    world.told()
    world.hear([Step(RAIL, 100, 130, actual=130)])
    data = world.told()
    assert data is not None
    assert (data.kind, ends(data)) == ("ended", {RAIL: "completed-late"})


def test_a_first_upload_of_a_large_return_is_one_summary() -> None:
    """Twelve hundred rows in five batches, a third of them late, some blocked: one message of kind summary."""
    world = World()
    rows = [Step(f"dft/are-{n // 100:04}/m{n}", 100, 150 if n % 3 else 100) for n in range(1_200)]
    for first in range(0, 1_200, 240):
        world.version += 1
        batch = states(rows[first : first + 240], world.version)
        stuck = {"blocked": blocked(30)}
        world.take(one.model_copy(update=stuck if n % 50 == 0 else {}) for n, one in enumerate(batch))
    data = world.told()
    assert data is not None
    assert data.kind == "summary"
    assert sum(len(section.moved) for section in data.causes) + data.more == 800 + 25
    assert world.told() is None


def test_a_new_rule_on_ten_thousand_old_slips_tells_nobody() -> None:
    """They are alerts from then on; who hears more is told only of what is worse than that."""
    world = World()
    world.states = {f"{PLAN}|dft/m{n}": one for n, one in enumerate(many(150))}
    assert len(world.rejudge("late")) == 10_000
    assert world.told() is None
    assert world.told("weekly") is None
    assert world.summary() is not None
    world.said.clear()
    world.version = 1
    world.take(many(160)[:1] + many(170)[1:2])
    assert names(world.told()) == ["dft/m1"]


def many(forecast: int) -> list[MilestoneState]:
    """Ten thousand milestones that are late."""
    return states([Step(f"dft/m{n}", 100, forecast) for n in range(10_000)], 2 if forecast > 150 else 1)


def test_a_stricter_limit_ends_what_it_no_longer_holds(world: World) -> None:
    """Told blocked; the limit is raised: it ends with the rule, and was not resolved."""
    world.take(changed(world, chain(), RAIL, blocked=blocked(12)))
    world.told()
    world.limits = Limits(blocked_days=20)
    world.rejudge("blocked")
    assert ends(world.told()) == {RAIL: "rule-changed"}


def test_a_lower_limit_tells_nobody_what_held_already(world: World) -> None:
    """Blocked for eight days: five are allowed from now on, and nobody is told until somebody blocks it anew."""
    world.take(changed(world, chain(), RAIL, blocked=blocked(8)))
    assert world.told() is None
    world.limits = Limits(blocked_days=5)
    assert [kept.alert.rule for kept in world.rejudge("blocked")] == ["blocked"]
    assert world.told() is None
    world.take(changed(world, chain(), RAIL))
    assert world.told() is None
    world.take(changed(world, chain(), RAIL, blocked=blocked(9)))
    assert raised(world.told()) == {RAIL: "blocked"}


def test_a_lower_tolerance_tells_nobody_what_held_already(world: World) -> None:
    """Twelve days late, fourteen were tolerated: with ten it is an alert, told when it is worse by more than ten."""
    world.hear([Step(RAIL, 100, 112)])
    world.tolerance = 10
    world.hear([Step(RAIL, 100, 112)])
    assert world.alerts[f"{PLAN}|{RAIL}|late"].firing
    assert world.told() is None
    world.hear([Step(RAIL, 100, 122)])
    assert world.told() is None
    world.hear([Step(RAIL, 100, 123)])
    (told,) = each(world.told())
    assert (told.from_, told.days, told.against_baseline) == (day(112), 11, 23)


def test_a_lower_tolerance_says_nothing_of_what_was_told_and_has_grown_within_the_former(world: World) -> None:
    """Told 20, now 30 within a tolerance of 14; with 5 nobody is told, until it moves by even a day."""
    world.hear([Step(RAIL, 100, 120)])
    world.told()
    world.hear([Step(RAIL, 100, 130)])
    assert world.told() is None
    world.tolerance = 5
    for _ in range(2):
        world.hear([Step(RAIL, 100, 130)])
        assert world.told() is None
    world.hear([Step(RAIL, 100, 131)])
    assert [told.days for told in each(world.told())] == [11]


def test_a_plan_s_own_troubles_are_one_section(world: World) -> None:
    """Stuck, and a tolerance that nobody approved: said once, under the plan, and over when they are over."""
    trouble = world.plans[PLAN].model_copy(update={"stuck": True})
    world.lead(stuck=trouble.stuck, tolerance_agreed=False)
    data = world.told()
    assert data is not None
    (section,) = data.causes
    assert (section.cause.title, section.cause.milestone, section.cause.department) == ("Towns Fund", "", "dluhc")
    assert {told.rule for told in section.moved} == {"stuck", "tolerance-moved"}
    assert all(told.title == "Towns Fund" and told.reason for told in section.moved)
    world.lead(stuck=False)
    over = world.told()
    assert [(told.rule, told.ended) for told in each(over)] == [("stuck", "resolved")]
    assert each(over)[0].reason == "the plan is worked on again"


def test_what_a_plan_had_at_the_first_start_is_told_to_nobody(world: World) -> None:
    """Nor what holds of it by a new rule; when it is first heard of after that, it is a summary."""
    assert world.lead(stuck=True, known=True)
    assert world.told() is None
    assert world.lead(stuck=True, tolerance_agreed=False, loosened=OF_PLANS)
    assert world.told() is None
    fresh = World()
    fresh.lead(stuck=True, first=True)
    data = fresh.told()
    assert data is not None
    assert data.kind == "summary"


def told_in(world: World, rhythm: Any) -> list[str]:
    """The milestones told in a rhythm."""
    return sorted(names(world.told(rhythm)))


def test_the_default_rhythm_is_at_once_for_what_is_one_s_own() -> None:
    """Daily for one's plans, weekly for the rest; a slower one says what the quicker left."""
    for departments, at_once, daily, weekly in (
        (("dfe",), [SKILLS], [RAIL, STATION], []),
        (("dluhc",), [], [SKILLS, RAIL, STATION], []),
        (("hmt",), [], [], [SKILLS, RAIL, STATION]),
    ):
        world = World(rhythm="default", departments=departments)
        world.hear(chain())
        world.hear(chain(rail=MOVED))
        assert told_in(world, "at_once") == at_once
        assert told_in(world, "daily") == sorted(daily)
        assert told_in(world, "weekly") == sorted(weekly)


def test_a_digest_says_in_which_rhythm_it_comes() -> None:
    """So that its receiver can say so too."""
    world = World(rhythm="weekly")
    world.hear([MOVED])
    assert world.told("daily") is None
    data: NotificationData | None = world.told("weekly")
    assert data is not None
    assert data.rhythm == "weekly"


def test_who_asked_for_some_rules_hears_of_no_other() -> None:
    """The milestone slips and is blocked; of the first end it hears what it was told."""
    world = World(rules=("blocked",))
    world.hear([Step(RAIL, 100)])
    world.take(changed(world, [MOVED], RAIL, blocked=blocked(12)))
    assert raised(world.told()) == {RAIL: "blocked"}
    world.hear([Step(RAIL, 100, 150, actual=150)])
    assert [(told.rule, told.ended) for told in each(world.told())] == [("blocked", "completed-late")]


def test_least_days_are_of_lateness_only() -> None:
    """Forty days or more: of a milestone declared green and 30 late nothing, but that it is blocked."""
    world = World(least_days=40)
    world.hear([Step(RAIL, 100)])
    green = Confidence(scale="RAG", value="Green", assessor="Office", assessed=day(-1))
    world.take(changed(world, [Step(RAIL, 100, 130)], RAIL, blocked=blocked(12), confidence=green))
    assert raised(world.told()) == {RAIL: "blocked"}
    world.take(changed(world, [Step(RAIL, 100, 145)], RAIL, blocked=blocked(12), confidence=green))
    assert {told.rule for told in each(world.told())} == {"slipped", "declared-green"}
