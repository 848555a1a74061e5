"""Reach: who would be told, foretold by the rules that then decide."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.states import FundAtRisk, MoneyAtRisk
from services.alerting.domain.memory import Chunk
from services.alerting.domain.reach import Known, Move, Reach, reach
from services.alerting.domain.scopes import Scope
from services.alerting.domain.subscriptions import Subscription
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, STATION, Step, chain, day, plan_state
from tests.services.alerting.stored import subscription
from tests.services.alerting.world import World


def heard(*steps: Step) -> World:
    """A world that has heard these steps (the chain by default); nobody has been told anything."""
    world = World()
    world.hear(steps or chain())
    return world


def reached(world: World, moves: list[Move], *listening: Subscription, said: dict[str, Chunk] | None = None) -> Reach:
    """Who would be reached in that world."""
    known = Known(world.states, world.alerts, world.plans)
    return reach(moves, known, listening, said or {}, NOW)


def move(name: str = RAIL, days: int | None = 30, plan: str = PLAN) -> Move:
    """A move of the example's plan."""
    return Move(plan=plan, milestone=name, days=days)


def listener(identifier: str = "s1", scope: Scope | None = None, **more: Any) -> Subscription:
    """A subscription under its own address; to the plan, unless said otherwise."""
    made = subscription(identifier, f"https://example.gov.uk/{identifier}", **more)
    return replace(made, scope=scope or made.scope)


def test_a_subscriber_counts_once_whatever_it_listens_to() -> None:
    """Three scopes hold the move, for two addresses; a mailbox is the same in capital letters."""
    mail: dict[str, Any] = {"channel": "mail", "secret": None}
    listening = [
        listener(),
        subscription("s2", "team@dfe.example", scope=Scope("department", "dft"), **mail),
        subscription("s3", "Team@DFE.example", scope=Scope("milestone", RAIL, PLAN), **mail),
        listener("elsewhere", Scope("milestone", RAIL, "dluhc/another")),
    ]
    assert reached(heard(), [move()], *listening).subscribers == 2


def test_a_move_within_tolerance_or_least_days_tells_nobody() -> None:
    """The plan tolerates 14 days; one subscriber wants to hear of more than 40 only."""
    patient = listener("s2", least_days=40)
    for days, count in ((14, 0), (15, 1), (40, 1), (41, 2)):
        assert reached(heard(), [move(days=days)], listener(), patient).subscribers == count


def test_what_has_slipped_before_counts() -> None:
    """Ten days late already, and told to nobody: five more are over the tolerance."""
    assert reached(heard(Step(RAIL, 100, 110)), [move(days=5)], listener()).subscribers == 1


def test_who_was_told_hears_only_of_what_is_worse_than_that() -> None:
    """Told of 30 days: ten more are none, 15 more are news, and so is that it is over."""
    world = heard(Step(RAIL, 100, 130))
    assert world.told()
    for days, count in ((10, 0), (15, 1), (-20, 1)):
        assert reached(world, [move(days=days)], listener(), said={"s1": world.said}).subscribers == count


def test_who_was_told_that_it_is_overdue_hears_of_its_new_date() -> None:
    """Five days from today, by its owner's word: within tolerance of what was told, but overdue no more."""
    world = heard(Step(RAIL, -5))
    assert world.told()
    assert reached(world, [move(days=5)], listener(), said={"s1": world.said}).subscribers == 1


def test_a_date_that_moves_into_the_past_has_been_met() -> None:
    """It is not overdue: nobody hears of it but those who were told that it is late."""
    world = heard(Step(RAIL, 5, 30))
    assert reached(world, [move(days=-40)], listener()).subscribers == 0
    assert world.told()
    assert reached(world, [move(days=-40)], listener(), said={"s1": world.said}).subscribers == 1


def test_a_move_of_unknown_size_reaches_all_who_listen() -> None:
    """So does one of a milestone that is not known yet, over the threshold of its plan and of the subscriber."""
    patient = listener("s2", least_days=40)
    assert reached(heard(), [move(days=None)], listener(), patient).subscribers == 2
    assert reached(heard(), [move("dft/new", 30)], listener(), patient).subscribers == 1
    assert reached(heard(), [move("dft/new", 14)], listener(), patient).subscribers == 0


def test_who_may_not_see_the_plan_is_not_told() -> None:
    """A subscriber of another department, of a plan that is its owner's only."""
    world = replace(heard(), plans={PLAN: plan_state("owner")})
    stranger = listener("s2", departments=("hmt",), owner="hmt")
    for days in (30, None):
        assert reached(world, [move(days=days)], listener(), stranger).subscribers == 1


def test_departments_of_which_nobody_listens_are_named() -> None:
    """Whoever listens for dfe covers dfe's milestone only, however little it wants to hear."""
    everyone = [move(name, 30) for name in (RAIL, STATION, SKILLS)]
    found = reached(heard(), everyone, listener(least_days=3000), listener("s2", Scope("department", "dft")))
    assert found.departments == ("dfe", "dft", "northgate")
    assert found.unreachable == ("dft", "northgate")
    own = listener("s3", Scope("department", "dft"), departments=("dft", "hmt"), owner="hmt")
    assert reached(heard(), everyone, own).unreachable == ("dfe", "northgate")


def test_nothing_moves_nobody_is_reached() -> None:
    """An empty question has an empty answer."""
    assert reached(heard(), [], listener()) == Reach(0, (), ())


DATES = st.integers(5, 200)


@given(st.lists(DATES, min_size=1, max_size=4), DATES, st.tuples(DATES, DATES), st.sampled_from([0, 5, 20, 60]))
def test_it_foretells_whether_a_subscriber_is_told(
    forecasts: list[int], at_last: int, baselines: tuple[int, int], least_days: int
) -> None:
    """After any moves, each told as it should be, the next one tells the subscriber exactly if it was foretold."""
    world = World(least_days=least_days)
    needing = Step(STATION, baselines[1], needs=(RAIL,))
    for forecast in forecasts:
        world.hear([Step(RAIL, baselines[0], forecast), needing])
        world.told()
    before = replace(world, states=dict(world.states), alerts=dict(world.alerts), said=dict(world.said))
    world.hear([Step(RAIL, baselines[0], at_last), needing])
    moves = [
        move(state.milestone, (state.projected - was).days)
        for key, state in world.states.items()
        if state.projected and (was := before.states[key].projected) and state.projected != was
    ]
    one = listener(least_days=least_days)
    foretold = reached(before, moves, one, said={one.id: before.said}).subscribers
    assert foretold == (world.told() is not None)


def test_money_that_a_move_puts_at_risk_is_foretold() -> None:
    """Ten days are tolerated, but money must be spent before that: it is said to who hears of nothing else, too."""
    fund: dict[str, Any] = {"fund": "Towns Fund", "place": "E06000001", "financial_year": "2027/28", "use": "capital"}
    end: dict[str, Any] = {"spend_by": day(105), "days": 5}
    money = MoneyAtRisk(**end, funds=(FundAtRisk(**fund, **end, department="dluhc"),))
    careful, patient = listener("s1", rules=("money-at-risk",)), listener("s2", least_days=400)
    deaf = listener("s3", rules=("slipped",))
    known: dict[str, Any] = {"plan": PLAN, "milestone": RAIL, "days": 10}
    for moving, count in ((Move(**known), 0), (Move(**known, money_at_risk=money), 2)):
        assert reached(heard(), [moving], careful, patient, deaf).subscribers == count
