"""What is remembered of returns."""

import datetime as dt

from services.ingest.domain.returns.known import Before, known_milestones
from services.ingest.domain.returns.memory import MOST_BINDINGS, Binding, Memory
from tests.services.ingest.domain.returns.known import state

JUNE, SEPTEMBER = dt.date(2026, 6, 30), dt.date(2026, 9, 30)


def bound(name: str, title: str = "OBC", key: str | None = None, receipt: str = "r2") -> Binding:
    """A milestone of the return with this receipt."""
    return Binding(f"dft/p/{name}", title, None, key, receipt)


def test_the_last_return_stands_and_what_it_lacks_is_still_known() -> None:
    """So that a milestone that is absent once is the same one afterwards."""
    before = Memory(JUNE, JUNE, "r1", (bound("a", receipt="r1"), bound("b", receipt="r1")))
    after = before.after([bound("b", "New title"), bound("c")], "r2", SEPTEMBER)
    assert (after.first, after.last, after.receipt) == (JUNE, SEPTEMBER, "r2")
    assert after.bindings == (bound("a", receipt="r1"), bound("b", "New title"), bound("c"))


def test_the_same_return_again_changes_nothing() -> None:
    """So it can be repeated after a crash."""
    once = Memory().after([bound("a"), bound("b")], "r2", JUNE)
    assert once.after([bound("a"), bound("b")], "r2", JUNE) == once


def test_an_older_return_adds_only_what_is_missing() -> None:
    """The last one is the one of the latest as-at date."""
    last = Memory().after([bound("a", "New title")], "r2", SEPTEMBER)
    after = last.after([bound("a", "Old title", receipt="r0"), bound("z", receipt="r0")], "r0", JUNE)
    assert (after.first, after.last, after.receipt) == (JUNE, SEPTEMBER, "r2")
    assert set(after.bindings) == {bound("a", "New title"), bound("z", receipt="r0")}


def test_a_key_is_one_milestones_only() -> None:
    """The last one that had it."""
    before = Memory().after([bound("a", key="T-1")], "r1", JUNE)
    assert before.after([bound("b", key="T-1")], "r2", SEPTEMBER).bindings == (bound("a"), bound("b", key="T-1"))


def test_what_was_absent_longest_is_forgotten_first() -> None:
    """A memory has bounds."""
    before = Memory().after([bound(str(n)) for n in range(MOST_BINDINGS)], "r1", JUNE)
    after = before.after([bound("new")], "r2", SEPTEMBER)
    assert len(after.bindings) == MOST_BINDINGS
    assert {bound("new"), bound("1")} < set(after.bindings)
    assert bound("0") not in after.bindings


def test_a_milestone_is_known_from_returns_and_from_todays_plan() -> None:
    """By both titles where they differ, the plan's first; other departments' are not for its rows."""
    memory = Memory().after([bound("a", "Returned", "T-1", "r1"), bound("gone", receipt="r1")], "r1", JUNE)
    memory = memory.after([bound("a", "Returned", "T-1")], "r2", SEPTEMBER)
    planned = (state("dft/p/a", "Planned"), state("dft/p/b", "B"), state("dwp/p/c", "C"))
    known = known_milestones("dft", Before({one.milestone: one for one in planned}, memory))
    assert {name: (one.titles, one.key, one.returned) for name, one in known.items()} == {
        "dft/p/gone": (("OBC",), None, False),
        "dft/p/a": (("Planned", "Returned"), "T-1", True),
        "dft/p/b": (("B",), None, False),
    }
    assert known_milestones("dft", Before(None, memory)).keys() == {"dft/p/gone", "dft/p/a"}
