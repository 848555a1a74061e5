"""Keys: what documents are found by follows from their state alone."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LogRecord
from services.plan_tracking.domain.facts import fact_place, subject_name
from services.plan_tracking.domain.keys import (
    HELD,
    at,
    by,
    fact_keys,
    keys_of,
    measuring,
    mission_slug,
    needing,
    plan_keys,
    towards,
)
from tests.events import PLAN, event, records
from tests.services.plan_tracking.domain.test_fold import concluded, fold_all
from tests.services.plan_tracking.examples import Spec, plan_state, states


def test_a_milestone_is_found_by_place_department_and_whose_milestones_it_needs() -> None:
    """Where it names no place, by its plan, whose places are its own; its own department's milestones do not count."""
    made = states([Spec("dft/a", "A"), Spec("dft/b", "B"), Spec("dwp/c", "C", needs=[("dft/a", 0), ("dft/b", 0)])])
    assert keys_of(made[2]) == [at(made[2].plan), by("dwp"), needing("dft")]
    placed = made[0].model_copy(update={"places": ("E06000001", "E06000002")})
    assert keys_of(placed) == [at("E06000001"), at("E06000002"), by("dft")]


def test_a_plan_is_found_by_place_and_mission_and_by_its_hold() -> None:
    """A mission that cannot be a slug is none."""
    state = plan_state([], mission="Better towns", hold="2026-11-01").model_dump(mode="json")
    assert plan_keys(state) == [at("E08000099"), towards("better-towns"), HELD]
    bare = plan_state([], mission=None, places=()).model_dump(mode="json")
    assert plan_keys(bare) == []
    assert mission_slug("日本") is None


def test_a_fact_is_found_by_place_and_an_outcome_by_its_plan() -> None:
    """Its definition has no place; what passes between plans has no key."""
    assert fact_keys(PLAN, "outcome|dft/x") == [measuring(PLAN), measuring(PLAN, "dft/x")]
    assert fact_keys(PLAN, "outcome|dft/x@E06000001@Men")[0] == at("E06000001")
    assert fact_keys(PLAN, "outcome|dft/x@@Men") == [measuring(PLAN), measuring(PLAN, "dft/x")]
    assert fact_keys(PLAN, "funding|dft/x@E06000001@Fund") == [at("E06000001")]
    assert fact_keys(PLAN, "network|in|dwp/jobs|dwp/x") == []


@given(st.text(min_size=1, max_size=100).filter(str.strip))
def test_a_series_is_told_from_others_by_any_group(group: str) -> None:
    """Whatever signs the group is written in, place and name are read back."""
    data = {"period": "2026", "value": 1, "place": "E06000001", "group": group}
    [name] = fold_all([[event("outcome.observed", "dft/x", data)]])[1]
    assert (subject_name(name), fact_place(name)) == ("dft/x", "E06000001")
    assert "|" not in name.removeprefix("outcome|")


@given(st.lists(records(), min_size=1, max_size=10), st.data())
def test_any_order_gives_the_same_keys(said: list[LogRecord], data: st.DataObject) -> None:
    """As law 1 says of documents."""
    shuffled = data.draw(st.permutations(said))
    for first, second in ([concluded([said]), concluded([shuffled])],):
        assert plan_keys(first[0].model_dump(mode="json")) == plan_keys(second[0].model_dump(mode="json"))
        assert {n: keys_of(s) for n, s in first[1].items()} == {n: keys_of(s) for n, s in second[1].items()}
