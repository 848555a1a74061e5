"""Several brokers: how they find each other, and that one may be lost."""

from pathlib import Path

from deploy.local.kafka import Cluster, _configure


def properties(cluster: Cluster, node: int, directory: Path) -> dict[str, str]:
    """What a broker is told."""
    lines = _configure(directory, cluster, node, "").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_each_of_several_brokers_knows_all_and_loses_nothing_with_one(tmp_path: Path) -> None:
    """Every record of Kafka's own is on all three, and written when two have it."""
    cluster = Cluster([9092, 9094, 9096])
    told = [properties(cluster, node, tmp_path) for node in (1, 2, 3)]
    assert [one["node.id"] for one in told] == ["1", "2", "3"]
    assert {one["controller.quorum.voters"] for one in told} == {"1@127.0.0.1:9093,2@127.0.0.1:9095,3@127.0.0.1:9097"}
    assert {one["transaction.state.log.replication.factor"] for one in told} == {"3"}
    assert {one["transaction.state.log.min.isr"] for one in told} == {"2"}
    assert cluster.bootstrap == "127.0.0.1:9092,127.0.0.1:9094,127.0.0.1:9096"


def test_one_broker_is_a_quorum_of_its_own(tmp_path: Path) -> None:
    """It is formatted to stand alone, and has every record once."""
    told = properties(Cluster([9092]), 1, tmp_path)
    assert told["controller.quorum.bootstrap.servers"] == "127.0.0.1:9093"
    assert "controller.quorum.voters" not in told
    assert (told["offsets.topic.replication.factor"], told["transaction.state.log.min.isr"]) == ("1", "1")
