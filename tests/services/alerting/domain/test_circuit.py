"""Circuits: a destination that fails again and again is tried by one, now and then."""

import datetime as dt

from services.alerting.domain.circuit import AT_ONCE, LONGEST_PAUSE, OPENS_AFTER, Circuit
from tests.services.alerting.examples import NOW


def failing(times: int) -> Circuit:
    """After so many failures in a row."""
    circuit = Circuit()
    for _ in range(times):
        circuit = circuit.after("failed", NOW)
    return circuit


def test_a_few_failures_change_nothing() -> None:
    """A receiver that fails now and then is sent to as any other."""
    assert failing(OPENS_AFTER - 1).admits(NOW) == AT_ONCE


def test_after_five_in_a_row_it_rests_and_is_then_tried_by_one() -> None:
    """Nothing for a second, then one at a time."""
    open_ = failing(OPENS_AFTER)
    assert open_.admits(NOW) == 0
    assert open_.admits(NOW + dt.timedelta(seconds=1)) == 1


def test_it_rests_ever_longer_but_never_for_more_than_five_minutes() -> None:
    """Doubled at each failure; a thousand failures later it is still tried every five minutes."""
    assert failing(OPENS_AFTER + 3).until == NOW + dt.timedelta(seconds=8)
    assert failing(OPENS_AFTER + 1_000).until == NOW + dt.timedelta(seconds=LONGEST_PAUSE)


def test_any_answer_closes_it() -> None:
    """Also a refusal: somebody is there."""
    for result in ("delivered", "refused", "gone", "bounced"):
        assert failing(OPENS_AFTER + 3).after(result, NOW) == Circuit()
