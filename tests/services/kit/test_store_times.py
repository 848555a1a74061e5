"""Time in the store by query, as the driver sees it."""

from prometheus_client import CollectorRegistry

from services.kit.mongo import connect
from services.kit.store_times import StoreTimes
from tests.servers import Servers


async def test_each_command_is_timed_by_what_it_is_and_about(servers: Servers, namespace: str) -> None:
    """Names of collections and commands only: a thousand documents are no more series than one."""
    registry = CollectorRegistry()
    client = connect(servers.mongo, watched_by=[StoreTimes(registry)])
    things = client[f"{namespace}_test"]["things"]
    for number in range(20):
        await things.insert_one({"_id": number})
    await things.find({"_id": {"$gte": 0}}).batch_size(5).to_list(None)
    client.close()

    def count(command: str) -> float | None:
        labels = {"command": command, "collection": "things"}
        return registry.get_sample_value("milepost_store_duration_seconds_count", labels)

    assert (count("insert"), count("find")) == (20, 1)
    assert (count("getMore") or 0) >= 1
    assert count("ping") is None
