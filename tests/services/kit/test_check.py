"""What a service would connect to, and whether it can: asked of a real Kafka and store, and of nobody."""

from schemas import topics
from services.kit.check import Found, Needs, door, kafka, mongo, table
from services.kit.settings import Settings
from tests.servers import Servers

CLOSED = "127.0.0.1:1"


def wrong(found: list[Found]) -> dict[str, str]:
    """What cannot be done, and why."""
    return {one.what: one.wrong for one in found if one.wrong}


async def test_what_is_there_can_be_done(servers: Servers, namespace: str) -> None:
    """Each topic is read or written; a transaction is tried and undone."""
    settings = Settings(kafka=servers.kafka, mongo=servers.mongo, namespace=namespace)
    needs = Needs(reads=[topics.events(namespace)], writes=[topics.plans(namespace)])
    found = await kafka(settings, needs)
    assert wrong(found) == {}
    assert {f"read {namespace}.events", f"write {namespace}.plans"} < {one.what for one in found}
    assert wrong(await mongo(settings, "test")) == {}


async def test_topics_that_are_missing_are_named_with_the_way_to_make_them(servers: Servers) -> None:
    """Kafka itself is reached."""
    settings = Settings(kafka=servers.kafka, namespace="nowhere")
    found = wrong(await kafka(settings, Needs(reads=[topics.events("nowhere")])))
    assert "python -m services.ingest topics" in found["read nowhere.events"]
    assert "nowhere.events" in found["topics as the contract says"]
    assert "Kafka" not in found


async def test_more_brokers_than_there_are_is_said(servers: Servers, namespace: str) -> None:
    """The topics are on one, and the setting wants three."""
    settings = Settings(kafka=servers.kafka, namespace=namespace, replication=3)
    found = wrong(await kafka(settings, Needs(reads=[topics.events(namespace)])))
    assert "fewer brokers" in found["topics as the contract says"]


async def test_a_closed_port_is_said_for_each() -> None:
    """In a line, and soon."""
    settings = Settings(kafka=CLOSED, mongo=f"mongodb://user:hidden@{CLOSED}/")
    assert "onnect" in wrong(await kafka(settings, Needs(reads=[topics.events()])))["Kafka"]
    assert "Connection refused" in wrong(await mongo(settings, "test"))["MongoDB"]
    assert "ConnectError" in wrong(await door("ingest", f"http://{CLOSED}"))["ingest"]


async def test_no_secret_is_in_the_table() -> None:
    """Only whether there is one."""
    secret = "hidden" * 6
    settings = Settings(
        mode="production",
        kafka=CLOSED,
        kafka_security="SASL_PLAINTEXT",
        kafka_user="ingest",
        kafka_password=secret,
        mongo=f"mongodb://user:{secret}@{CLOSED}/",
        session_secret=secret,
    )
    said = table(settings, [*await kafka(settings, Needs([])), *await mongo(settings, "test")])
    assert secret not in said
    assert "MILEPOST_SESSION_SECRET      (set)" in said
    assert "user ingest" in said
    assert "MILEPOST_KAFKA_CA\n" in said
