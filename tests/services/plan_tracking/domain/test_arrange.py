"""How a plan is arranged: by the address, which says all of it and nothing that is as usual."""

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from services.plan_tracking.domain.arrange import GROUPS, RANGES, SORTS, Arrangement, arranged, ordered
from services.plan_tracking.domain.directory import directory
from tests.services.plan_tracking.examples import RENEWAL, TODAY, plan_state, states

CONCLUDED = states(RENEWAL)
PLAN = plan_state(CONCLUDED)
KNOWN = directory(PLAN, CONCLUDED)

SAID = st.fixed_dictionaries(
    {},
    optional={
        "group": st.sampled_from([*GROUPS, "<b>"]),
        "range": st.sampled_from([*RANGES, "7"]),
        "sort": st.sampled_from([*SORTS, *(f"-{name}" for name in SORTS), "--slip", "-"]),
        "department": st.sampled_from(["", "dft", "nobody"]),
        "status": st.sampled_from(["", "late", "lost"]),
        "q": st.text(max_size=5),
    },
)


@given(SAID)
def test_an_address_says_its_arrangement_again(said: dict[str, str]) -> None:
    """What an address is read as is read from its own link too."""
    how = Arrangement.of(said)
    assert Arrangement.of(dict(parse_qsl(how.href().removeprefix("?"), keep_blank_values=True))) == how


@given(SAID)
def test_every_wanted_milestone_is_shown_once(said: dict[str, str]) -> None:
    """In whatever groups and order."""
    how = Arrangement.of(said)
    shown = [state.milestone for _, group in arranged(PLAN, KNOWN, how, TODAY) for state in group]
    wanted = [state.milestone for state in CONCLUDED if how.shows(state, PLAN, TODAY)]
    assert sorted(shown) == sorted(wanted)
    assert how.filtered or len(shown) == len(CONCLUDED)


def test_an_order_turned_round_keeps_what_has_nothing_last() -> None:
    """Whatever has no date stands at the end both ways."""
    for sort in ("expected", "-expected"):
        assert ordered(CONCLUDED, sort)[-1].projected is None
    up = [state.slip for state in ordered(CONCLUDED, "slip") if state.slip is not None]
    down = [state.slip for state in ordered(CONCLUDED, "-slip") if state.slip is not None]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
