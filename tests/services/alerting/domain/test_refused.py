"""What was refused of a department's records: told to its own list alone, once until more of it comes."""

from typing import Any

import pytest

from schemas.alerts import NotificationData
from services.alerting.domain.letter import letter
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.scopes import Scope, found_under
from services.alerting.domain.standing import of_alert
from tests.services.alerting.examples import NOW, PLAN, department_state
from tests.services.alerting.world import URL, World, each

LINK = "http://ingest.example/publish/rejections"


def listener(*departments: str, **more: Any) -> World:
    """A subscriber to dft's own, who speaks for these departments, in the rhythm `default`."""
    return World(departments=departments, scope=Scope("department", "dft"), rhythm="default", **more)


def fired(world: World) -> KeptAlert:
    """The alert that holds."""
    [kept] = world.alerts.values()
    assert kept.firing
    return kept


def test_it_is_told_once_a_day_at_most_and_its_end_to_whom_was_told() -> None:
    """Not at once but in the daily digest; the same and fewer are silent; then it is over, which is no good news."""
    world = listener("dft")
    world.publisher(department_state(1, time=3))
    assert world.told() is None
    [told] = each(world.told("daily"))
    assert (told.rule, told.title, told.department, told.yours) == ("refused", "3 records of dft", "dft", True)
    world.publisher(department_state(2, time=3))
    world.publisher(department_state(3, time=1, hours=-5))
    assert world.told("daily") is None
    world.publisher(department_state(4))
    over = world.told("daily")
    assert (over.kind if over else None, [one.ended for one in each(over)]) == ("ended", ["resolved"])
    assert world.told("daily") is None


def test_what_is_refused_after_it_was_told_is_told_again() -> None:
    """Though fewer wait than then: one that nobody mends must not hide the next."""
    world = listener("dft")
    world.publisher(department_state(1, time=3))
    world.told("daily")
    world.publisher(department_state(2, time=1))
    assert world.told("daily") is None
    world.publisher(department_state(3, time=2, hours=1))
    [told] = each(world.told("daily"))
    assert told.reason.startswith("2 records of dft")


def test_what_is_mended_before_the_digest_is_told_to_nobody() -> None:
    """Neither that it was, nor that it is over."""
    world = listener("dft")
    world.publisher(department_state(1, time=3))
    world.publisher(department_state(2))
    assert world.told("daily") is None


@pytest.mark.parametrize("departments", [("dfe",), ("dluhc", "dfe"), ()])
def test_who_does_not_speak_for_the_department_never_hears_of_it(departments: tuple[str, ...]) -> None:
    """Though it subscribes to all of its milestones, or leads a plan that it is in: not even a summary says so."""
    world = World(departments=departments or ("x",), scope=Scope("department", "dft"))
    world.publisher(department_state(1, time=3))
    assert world.told("weekly") is None
    assert world.summary() is None


def test_it_is_found_by_the_department_s_own_scope_only() -> None:
    """No plan, place or mission leads to it."""
    world = listener("dft")
    world.publisher(department_state(1, time=1))
    assert found_under(fired(world)) == ("department:dft",)


def test_what_waited_at_the_first_start_is_told_to_nobody_until_more_comes() -> None:
    """Nor what held already under a rule that is new."""
    world = listener("dft")
    world.publisher(department_state(1, time=3), known=True)
    assert world.told("daily") is None
    world.publisher(department_state(2, time=4, hours=1))
    assert len(each(world.told("daily"))) == 1
    newer = listener("dft")
    newer.publisher(department_state(1, time=3), loosened={"refused"})
    assert newer.told("daily") is None


def test_a_subscriber_may_ask_for_another_rhythm_or_rule() -> None:
    """At once, or not at all."""
    eager = World(departments=("dft",), scope=Scope("department", "dft"))
    eager.publisher(department_state(1, time=1))
    assert len(each(eager.told())) == 1
    other = listener("dft", rules=("slipped",))
    other.publisher(department_state(1, time=1))
    assert other.told("weekly") is None


def composed() -> NotificationData:
    """What dft is told of three."""
    world = listener("dft")
    world.publisher(department_state(1, time=3))
    data = world.told("daily")
    assert data is not None
    return data


def test_its_letter_says_what_is_at_fault_and_where_to_mend_it() -> None:
    """It is of no plan: it names none, offers no answer to an alert, and asks nobody else."""
    data = composed()
    assert data.links == {"rejections": LINK}
    [section] = data.causes
    assert (section.cause.plan, section.cause.department, section.moved[0].plan) == ("", "dft", "")
    made = letter(data, {}, [("Acknowledge or silence it", "http://alerts.example/alerts/answer/x")])
    assert made.subject == "Refused: 3 records of dft"
    assert made.opening == "Your digest of the day. This needs somebody's attention: 1 matter."
    assert made.links == (("Mend what was refused, and send it again", LINK),)
    text = made.text()
    assert "What dft sends" in text
    assert "At fault: time (3)." in text
    assert "Whom to ask" not in text
    assert PLAN not in text


def test_in_an_alertmanager_it_is_of_the_department_and_of_no_plan() -> None:
    """With the page on which it is mended."""
    world = listener("dft")
    world.publisher(department_state(1, time=3))
    wire = of_alert(fired(world), world.view.reason(fired(world)), URL, NOW).wire()
    assert wire["labels"] == {"alertname": "refused", "kind": "delivery", "department": "dft"}
    assert wire["generatorURL"] == LINK
