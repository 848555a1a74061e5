"""An order in which everything comes after what it needs."""

from hypothesis import given
from hypothesis import strategies as st

from services.kit.order import components, rings

NAMES = "abcdef"

graphs = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4))


@given(graphs)
def test_components_partition_the_names_and_follow_what_they_need(graph: dict[str, list[str]]) -> None:
    """Every name once; what a part needs is in it or in an earlier one."""
    seen: set[str] = set()
    for part in components(graph):
        assert not seen & set(part)
        seen |= set(part)
        assert all(needed in seen for name in part for needed in graph[name] if needed in graph)
    assert seen == set(graph)


def test_names_that_need_each_other_are_one_part_and_a_ring() -> None:
    """Numbers as well as texts; a part of one name is no ring."""
    parts = list(components({1: [2], 2: [3], 3: [1, 4], 4: [9]}))
    assert parts == [(4,), (1, 2, 3)]
    assert rings(parts) == {1: (1, 2, 3), 2: (1, 2, 3), 3: (1, 2, 3)}
