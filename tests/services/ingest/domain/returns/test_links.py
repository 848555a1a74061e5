"""Dependencies that a return declares."""

from services.ingest.domain.returns.known import Before, Sent
from services.ingest.domain.returns.links import Dependency, dependencies, undeclared
from services.ingest.domain.returns.model import Link
from tests.services.ingest.domain.returns.known import PLAN, row, state

NAMED = {"1": "dft/p/a", "2": "dft/p/b"}
A = row("1", "A", needs=(Link("2", 5, "working"), Link("3"), Link("2", 4000)))


def test_needs_between_rows_that_are_published_are_declared() -> None:
    """Between milestones, each once; a need of a row that is not published, or with too long a lag, is not."""
    assert dependencies([A, A], NAMED, Before()) == (Dependency("dft/p/a", "dft/p/b", 5, "working"),)
    assert dependencies([row("1", "A", needs=(Link("1"),))], NAMED, Before()) == ()


def test_what_the_plan_has_already_is_not_declared_again() -> None:
    """Unless its lag or its unit has changed."""
    need = {"plan": PLAN, "milestone": "dft/p/b", "lag": 5, "unit": "working"}
    for changed, declared in (({}, 0), ({"lag": 4}, 1), ({"unit": "calendar"}, 1), ({"plan": "dft/other"}, 1)):
        today = {"dft/p/a": state("dft/p/a", needs=[{**need, **changed}])}
        assert len(dependencies([A], NAMED, Before(today))) == declared
    assert len(dependencies([A], NAMED, Before(None))) == 1


def test_the_same_return_declares_the_same_again() -> None:
    """Though the plan has it by now, so that it can be sent again after a crash."""
    need = {"plan": PLAN, "milestone": "dft/p/b", "lag": 5, "unit": "working"}
    today = {"dft/p/a": state("dft/p/a", needs=[need])}
    sent = Sent({}, frozenset({("dft/p/a", "dft/p/b")}))
    assert len(dependencies([A], NAMED, Before(today, sent=sent))) == 1


def test_why_a_need_is_not_declared_is_said() -> None:
    """Of a row that is published."""
    messages = [finding.message for finding in undeclared(A, NAMED)]
    assert ["needs 3, which is not published" in message for message in messages] == [True, False]
    assert "4,000 days earlier, and 3,650 is the most" in messages[1]
