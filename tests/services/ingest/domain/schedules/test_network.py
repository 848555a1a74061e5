"""The network of a schedule: an order of its points, and relations that run in a circle."""

from services.ingest.domain.schedules.network import network
from tests.services.ingest.domain.schedules.plans import link, milestone, task


def test_each_point_stands_behind_what_it_follows() -> None:
    """Whatever the order of the tasks in the file."""
    net = network([milestone("3"), task("2", 1), milestone("1")], [link("1", "2"), link("2", "3")])
    assert net.finishes["1"] < net.finishes["2"] < net.finishes["3"]
    assert net.rings == ()


def test_relations_in_a_circle_are_left_out_and_named() -> None:
    """Those between the tasks of the circle; what leads into it and out of it stays."""
    tasks = [milestone(number) for number in "1234"]
    net = network(tasks, [link("1", "2"), link("2", "3"), link("3", "2"), link("3", "4")])
    assert [sorted(one.id for one in ring) for ring in net.rings] == [["2", "3"]]
    assert sorted((place, edge.to) for place, edges in enumerate(net.edges) for edge in edges) == sorted(
        (net.finishes[giver], net.finishes[taker]) for giver, taker in (("1", "2"), ("3", "4"))
    )


def test_a_task_that_waits_for_its_own_summary_is_a_circle() -> None:
    """The summary ends with it, and it would begin after that."""
    net = network([task("1", summary=True), task("2", 3, parent="1")], [link("1", "2")])
    assert [{one.id for one in ring} for ring in net.rings] == [{"1", "2"}]


def test_relations_with_strangers_and_with_themselves_are_passed_over() -> None:
    """A task that is not there is followed by nothing."""
    net = network([milestone("1"), task("2", parent="9")], [link("1", "9"), link("9", "2"), link("1", "1")])
    assert not any(net.edges)
