"""What a subscriber hears, and does not hear, as states arrive: the pure pipeline from a state to a notification."""

from dataclasses import replace

import pytest

from schemas.states import Cause
from services.alerting.domain.rules.milestones import node
from tests.services.alerting.examples import PLAN, RAIL, SKILLS, STATION, Step, chain, day, plan_state, states
from tests.services.alerting.world import URL, World, each, ends, names, raised

MOVED = Step(RAIL, 100, 150, reason="Possession moved by Network Rail")


@pytest.fixture
def world() -> World:
    """A plan in which nothing is late, and a subscriber to all of it."""
    started = World()
    started.hear(chain())
    assert started.told() is None
    return started


def test_a_move_is_told_once_with_cause_days_and_path(world: World) -> None:
    """A date moves 50 days: the subscriber hears it once, of the cause and everything downstream, with the path."""
    world.hear(chain(rail=MOVED))
    data = world.told()
    assert data is not None
    assert data.kind == "moved"
    assert data.links == {"plan": f"{URL}/plans/{PLAN}"}
    (section,) = data.causes
    assert (section.cause.milestone, section.cause.department, section.cause.days) == (RAIL, "dft", 50)
    assert section.cause.reason == "Possession moved by Network Rail"
    told = {one.milestone: one for one in section.moved}
    assert {name: one.rule for name, one in told.items()} == {
        RAIL: "slipped",
        STATION: "inherited-slip",
        SKILLS: "inherited-slip",
    }
    skills = told[SKILLS]
    assert (skills.from_, skills.to, skills.days, skills.against_baseline) == (day(120), day(150), 30, 30)
    assert [node.milestone for node in skills.path] == [RAIL, STATION, SKILLS]
    assert world.told() is None


def test_the_same_state_again_tells_nobody(world: World) -> None:
    """A state that is repeated, or older than what is stored, changes no alert and tells nobody."""
    world.hear(chain(rail=MOVED))
    world.told()
    before = dict(world.alerts)
    assert world.take(states(chain(rail=MOVED), world.version)) == []
    assert world.take(states(chain(), world.version - 1)) == []
    assert world.alerts == before
    assert world.told() is None


def test_the_same_dates_in_a_newer_state_tell_nobody(world: World) -> None:
    """The same dates said again, with a higher version, change no alert."""
    world.hear(chain(rail=MOVED))
    world.told()
    assert world.hear(chain(rail=MOVED)) == []
    assert world.told() is None


def test_a_date_that_flaps_within_tolerance_tells_nobody(world: World) -> None:
    """Ten moves that stay within the plan's tolerance are told to nobody."""
    for forecast in (105, 114, 100, 112, 95, 110, 101, 114, 99, 113):
        world.hear(chain(rail=Step(RAIL, 100, forecast), skills=130))
        assert world.told() is None


def test_a_date_that_flaps_about_what_was_told_is_told_once(world: World) -> None:
    """After a move was told, moves to and fro within the tolerance about it are told to nobody."""
    world.hear(chain(rail=MOVED))
    assert world.told() is not None
    for forecast in (155, 145, 160, 150, 164, 140, 152):
        world.hear(chain(rail=Step(RAIL, 100, forecast)))
        assert world.told() is None


def test_a_date_that_swings_about_the_tolerance_is_not_told_at_every_swing(world: World) -> None:
    """16, 10, 16, 10 days of slip with a tolerance of 14: told, told that it is within tolerance, and then silence."""
    heard = []
    for forecast in (116, 110, 116, 110, 116, 110):
        world.hear([Step(RAIL, 100, forecast)])
        heard.append(world.told())
    assert [data.kind for data in heard if data] == ["moved", "recovered"]


def test_a_move_and_its_undo_within_the_quiet_time_tell_nobody(world: World) -> None:
    """What is undone before anybody is due was never said."""
    world.hear(chain(rail=MOVED))
    world.hear(chain())
    assert world.told() is None


def test_an_undo_within_the_quiet_time_after_an_earlier_message_tells_nobody(world: World) -> None:
    """The same holds about a level that was told before."""
    world.hear(chain(rail=MOVED))
    world.told()
    world.hear(chain(rail=Step(RAIL, 100, 200)))
    world.hear(chain(rail=MOVED))
    assert world.told() is None


def test_one_cause_replaced_by_another_of_equal_days(world: World) -> None:
    """The predecessor comes back and the milestone itself slips as far: nobody is told, and nothing has recovered."""
    late = [Step(RAIL, 100, 150), Step(STATION, 110, needs=(RAIL,))]
    world.hear(late)
    world.told()
    changed = world.hear([Step(RAIL, 100), Step(STATION, 110, 150, needs=(RAIL,))])
    station = next(kept for kept in changed if kept.alert.milestone == STATION)
    assert (station.alert.level, station.alert.rule, station.alert.cause.milestone) == ("firing", "slipped", STATION)
    data = world.told()
    assert ends(data) == {RAIL: "recovered"}


def test_a_worse_level_is_told_with_the_days_since_last_told(world: World) -> None:
    """A further move of 20 days says 20 days since last told, and 70 against the baseline."""
    world.hear([Step(RAIL, 100, 150)])
    world.told()
    world.hear([Step(RAIL, 100, 170)])
    data = world.told()
    assert data is not None
    (told,) = data.causes[0].moved
    assert (told.from_, told.to, told.days, told.against_baseline) == (day(150), day(170), 20, 70)


def test_least_days_raise_the_threshold() -> None:
    """A subscriber who asked for 40 days or more hears nothing of 30, and is told of 45 from the baseline."""
    world = World(least_days=40)
    world.hear([Step(RAIL, 100)])
    world.hear([Step(RAIL, 100, 130)])
    assert world.told() is None
    world.hear([Step(RAIL, 100, 145)])
    data = world.told()
    assert data is not None
    assert data.causes[0].moved[0].days == 45


def test_a_date_that_comes_back_is_good_news_to_whom_was_told(world: World) -> None:
    """Within tolerance again, under no other cause: said once, as recovered."""
    world.hear(chain(rail=MOVED))
    world.told()
    world.hear(chain())
    data = world.told()
    assert data is not None
    assert data.kind == "recovered"
    assert ends(data) == dict.fromkeys((RAIL, STATION, SKILLS), "recovered")
    assert world.told() is None


def test_completed_late_ends_and_is_no_recovery(world: World) -> None:
    """A milestone that is met 50 days late ends its alert as completed late; what follows it stays late."""
    world.hear(chain(rail=MOVED))
    world.told()
    world.hear(chain(rail=Step(RAIL, 100, 150, actual=150)))
    data = world.told()
    assert data is not None
    assert data.kind == "ended"
    assert ends(data) == {RAIL: "completed-late"}


def test_completed_in_time_after_a_warning_ends(world: World) -> None:
    """Met within tolerance although it was told to be late: completed, which is an end and not a recovery."""
    world.hear([MOVED])
    world.told()
    world.hear([Step(RAIL, 100, 150, actual=105)])
    data = world.told()
    assert data is not None
    assert (data.kind, ends(data)) == ("ended", {RAIL: "completed"})


def test_a_cancelled_predecessor_is_never_good_news(world: World) -> None:
    """The slips behind it end as predecessor-gone, down the chain; what needed it waits on something unplanned."""
    world.hear(chain(rail=MOVED))
    world.told()
    world.hear(chain(rail=replace(MOVED, cancelled=True)))
    data = world.told()
    assert data is not None
    assert (data.kind, raised(data)) == ("raised", {STATION: "unplanned"})
    assert ends(data) == {RAIL: "cancelled", STATION: "predecessor-gone", SKILLS: "predecessor-gone"}


def test_a_cancellation_that_arrives_after_its_effects_is_no_good_news_either(world: World) -> None:
    """The last of the chain is heard first, then the cancelled one, in another batch of the same quiet time."""
    world.hear(chain(rail=MOVED))
    world.told()
    arriving = {s.milestone: s for s in states(chain(rail=replace(MOVED, cancelled=True)), 9)}
    world.take([arriving[SKILLS]])
    world.take([arriving[STATION], arriving[RAIL]])
    assert ends(world.told())[SKILLS] == "predecessor-gone"


def test_a_dependency_that_is_removed_lets_a_milestone_recover(world: World) -> None:
    """Its owner says that it needs the late one no more: its date really came back."""
    world.hear(chain(rail=MOVED))
    world.told()
    world.hear([MOVED, Step(STATION, 110), Step(SKILLS, 120, needs=(STATION,))])
    assert ends(world.told()) == {STATION: "recovered", SKILLS: "recovered"}


def test_an_undated_predecessor_is_no_good_news(world: World) -> None:
    """The owner of the driving milestone no longer knows any date: what waits for it has not recovered."""
    world.hear(chain(rail=MOVED))
    world.told()
    world.hear(chain(rail=Step(RAIL, None)))
    data = world.told()
    assert ends(data) == {RAIL: "re-baselined", STATION: "predecessor-gone", SKILLS: "predecessor-gone"}
    assert data is not None
    assert data.kind == "ended"


def test_a_new_baseline_is_no_recovery(world: World) -> None:
    """The agreed date follows the slip: the alert ends as re-baselined."""
    world.hear([MOVED])
    world.told()
    world.hear([Step(RAIL, 150, 150)])
    data = world.told()
    assert data is not None
    assert (data.kind, ends(data)) == ("ended", {RAIL: "re-baselined"})


def test_a_move_after_a_new_baseline_is_told_by_its_date(world: World) -> None:
    """The slip against the new baseline is smaller than what was told, but the date is 40 days later: it is told."""
    world.hear([Step(RAIL, 100, 160)])
    world.told()
    world.hear([Step(RAIL, 130, 160)])
    assert world.told() is None
    world.hear([Step(RAIL, 130, 200)])
    data = world.told()
    assert data is not None
    assert (data.causes[0].moved[0].days, data.causes[0].moved[0].against_baseline) == (40, 70)


def test_a_higher_tolerance_is_no_recovery(world: World) -> None:
    """The plan tolerates more: the alert ends, and nothing has come back."""
    world.hear([Step(RAIL, 100, 120)])
    world.told()
    world.tolerance = 30
    world.hear([Step(RAIL, 100, 120)])
    assert ends(world.told()) == {RAIL: "tolerance-moved"}


def test_a_milestone_that_is_no_longer_listed_is_withdrawn(world: World) -> None:
    """Its alert ends as withdrawn, whatever its date."""
    world.hear([MOVED])
    world.told()
    world.hear([replace(MOVED, listed=False)])
    assert ends(world.told()) == {RAIL: "withdrawn"}


def test_a_chain_that_grows_by_day_is_told_once() -> None:
    """A milestone is not met on its day: overdue is said once, and 30 days of growth downstream are said by nobody."""
    world = World()
    steps = [Step(RAIL, 0), Step(STATION, 0, needs=(RAIL,)), Step(SKILLS, 5, needs=(STATION,))]
    heard = []
    for passed in range(31):
        world.passed = passed
        world.hear(steps)
        heard.append(world.told())
    said = [data for data in heard if data]
    assert [sorted(names(data)) for data in said] == [[RAIL, STATION], [SKILLS]]
    assert all(told.rule == "overdue" for data in said for section in data.causes for told in section.moved)


def test_a_forecast_after_days_of_silence_is_told_downstream() -> None:
    """When the owner at last says another date, those behind hear of the whole slip, whose days nobody had said."""
    world = World()
    steps = [Step(RAIL, 0), Step(SKILLS, 40, needs=(RAIL,))]
    world.hear(steps)
    for passed in (1, 30, 60):
        world.passed = passed
        world.hear(steps)
        world.told()
    world.hear([Step(RAIL, 0, 70), Step(SKILLS, 40, 75, needs=(RAIL,))])
    data = world.told()
    assert data is not None
    moved = {told.milestone: told.days for section in data.causes for told in section.moved if not told.ended}
    assert moved == {RAIL: 70, SKILLS: 35}
    assert "re-forecast" in [told.ended for section in data.causes for told in section.moved]


def test_a_stale_forecast_is_told_although_its_day_has_passed() -> None:
    """First heard of 60 days after its baseline, with a forecast 40 days after it: those 40 were said, not grown."""
    world = World(passed=60)
    world.hear([Step(RAIL, 0, 40), Step(SKILLS, 5, 70, needs=(RAIL,))])
    data = world.told()
    assert data is not None
    rules = {(told.milestone, told.rule) for section in data.causes for told in section.moved}
    assert rules == {(RAIL, "slipped"), (RAIL, "overdue"), (SKILLS, "slipped")}


def test_overdue_honours_least_days() -> None:
    """A subscriber who asked for 5 days or more hears on the sixth day that a milestone is overdue."""
    world, told_on = World(least_days=5), []
    for passed in range(10):
        world.passed = passed
        world.hear([Step(RAIL, 0)])
        told_on += [passed] if world.told() else []
    assert told_on == [6]


def test_first_seen_complete_tells_nobody() -> None:
    """A milestone that was met, however late, before anybody heard of it is no message."""
    world = World()
    assert world.hear([Step(RAIL, -100, actual=-20), Step(STATION, -50, actual=-50)]) == []
    assert world.told() is None


def test_first_seen_late_is_one_summary() -> None:
    """A return of late milestones that nobody had heard of: one message of kind summary for all."""
    world = World()
    world.hear([Step(RAIL, 100, 150), Step(STATION, 110, 160), Step(SKILLS, 120, 125)])
    data = world.told()
    assert data is not None
    assert data.kind == "summary"
    assert sorted(names(data)) == [RAIL, STATION]


def test_a_real_move_beside_what_is_first_seen_is_a_move(world: World) -> None:
    """One milestone moves, another is first seen late: the message is of kind moved."""
    world.hear([MOVED, Step("dft/new", 10, 60)])
    data = world.told()
    assert data is not None
    assert data.kind == "moved"


def test_what_is_known_at_the_first_start_is_told_to_nobody() -> None:
    """Levels found at the first start are told to nobody, until they are worse by more than the threshold."""
    world = World()
    world.hear([Step(RAIL, 100, 150)], known=True)
    assert world.told() is None
    world.hear([Step(RAIL, 100, 160)])
    assert world.told() is None
    world.hear([Step(RAIL, 100, 170)])
    data = world.told()
    assert data is not None
    assert data.causes[0].moved[0].days == 20


def test_the_end_of_what_was_known_and_never_told_is_not_said() -> None:
    """Only who was told hears that it is over."""
    world = World()
    world.hear([Step(RAIL, 100, 150)], known=True)
    world.hear([Step(RAIL, 100)])
    assert world.told() is None


def test_a_new_subscriber_hears_one_summary_at_most(world: World) -> None:
    """What holds when somebody subscribes is said in one summary, and not again; what does not hold makes none."""
    assert world.summary() is None
    world.hear(chain(rail=MOVED))
    world.said.clear()
    data = world.summary()
    assert data is not None
    assert data.kind == "summary"
    assert sorted(names(data)) == sorted((RAIL, STATION, SKILLS))
    assert world.told() is None


def test_a_plan_that_is_not_public_is_told_to_its_departments_only() -> None:
    """Visibility is judged when a message is composed; a plan whose state was not seen is nobody's."""
    for plans, departments, heard in (
        ({PLAN: plan_state("owner")}, ("dfe",), True),
        ({PLAN: plan_state("owner")}, ("hmt",), False),
        ({PLAN: plan_state("partners")}, ("hmt",), True),
        ({}, ("dfe",), False),
    ):
        world = World(departments=departments, plans=plans)
        world.hear([MOVED])
        assert (world.told() is not None) is heard


def test_a_publication_hold_keeps_what_is_new_from_all_but_the_plan_s_own() -> None:
    """Yesterday was the last day that is public: others are told when the hold is lifted, and what holds then."""
    for departments, heard in ((("dfe",), True), (("dluhc",), True), (("hmt",), False)):
        held = plan_state().model_copy(update={"hold": day(-1)})
        world = World(departments=departments, plans={PLAN: held})
        world.hear([MOVED])
        assert (world.told() is not None) is heard
        assert (world.summary() is not None) is heard
    world.plans = {PLAN: plan_state()}
    assert names(world.told()) == [RAIL]


def test_a_cause_in_a_plan_on_hold_is_not_named() -> None:
    """What moved there is not public yet: the days alone are said."""
    elsewhere = "dft/rail"
    (driving,) = states([MOVED], plan=elsewhere)
    (late,) = states([Step(SKILLS, 100, 150)])
    path = (node(driving), node(late))
    cause = Cause(plan=elsewhere, milestone=RAIL, department="dft", by_day=False)
    held = plan_state(plan=elsewhere).model_copy(update={"hold": day(-1), "contributors": ()})
    world = World(plans={PLAN: plan_state(), elsewhere: held})
    world.take([driving, late.model_copy(update={"cause": cause, "path": path})])
    (told,) = [told for told in each(world.told()) if told.milestone == SKILLS]
    assert [step.milestone for step in told.path] == ["", SKILLS]
    assert "A milestone that is not public drives it" in told.reason


def test_a_cause_that_waits_to_be_listed_is_not_named() -> None:
    """A milestone whose department is not listed drives a slip: others see the days and no name."""
    world = World(departments=("dfe",))
    world.hear([replace(MOVED, listed=False), Step(SKILLS, 100, needs=(RAIL,))])
    data = world.told()
    assert data is not None
    cause, (told,) = data.causes[0].cause, data.causes[0].moved
    assert (cause.milestone, cause.title, cause.reason, cause.days) == ("", "A milestone that is not public", None, 50)
    assert [node.milestone for node in told.path] == ["", SKILLS]


def test_a_message_names_a_thousand_milestones_and_counts_the_rest() -> None:
    """Twelve hundred milestones late at once are one message; nothing of them is said again."""
    world = World()
    world.hear([Step(f"dft/m{n}", 100, 150 + n % 7) for n in range(1_200)])
    data = world.told()
    assert data is not None
    assert (len(names(data)), data.more) == (1_000, 200)
    assert world.told() is None
