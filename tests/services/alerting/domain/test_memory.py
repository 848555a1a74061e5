"""Memory: what was said, in chunks of at most 500."""

from schemas.states import Node
from services.alerting.domain.memory import LARGEST_CHUNK, merged, remember
from services.alerting.domain.model import Said

SAID = Said(30, None, Node(plan="a/b", milestone="dft/x"))
WORSE = Said(60, None, Node(plan="a/b", milestone="dft/x"))


def test_many_are_spread_over_small_chunks() -> None:
    """1,200 things said are 500, 500 and 200."""
    changed = remember([], {f"k{n}": SAID for n in range(1_200)})
    assert {number: len(chunk) for number, chunk in changed.items()} == {0: 500, 1: 500, 2: 200}


def test_only_what_changes_is_written() -> None:
    """What is said again goes where it was; the other chunks are left alone."""
    chunks = [{f"a{n}": SAID for n in range(LARGEST_CHUNK)}, {"b": SAID}, {"c": SAID}]
    assert remember(chunks, {"b": WORSE}) == {1: {"b": WORSE}}
    assert remember(chunks, {"b": SAID}) == {}


def test_what_is_forgotten_makes_room() -> None:
    """None forgets; what is new takes the first chunk with room; forgetting the unknown is nothing."""
    full = {f"a{n}": SAID for n in range(LARGEST_CHUNK)}
    changed = remember([full, {"b": SAID}], {"a0": None, "unknown": None})
    assert set(changed) == {0}
    assert len(changed[0]) == LARGEST_CHUNK - 1
    assert set(remember([changed[0], {"b": SAID}], {"new": SAID})) == {0}


def test_everything_said_is_found_whatever_the_chunk() -> None:
    """The chunks together are one memory."""
    assert merged([{"a": SAID}, {"b": WORSE}]) == {"a": SAID, "b": WORSE}
