"""The topics of the contract on a real Kafka."""

import secrets

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError

from schemas.topics import events, inbox, plans, topics
from services.kit.serve import wait_for
from services.kit.topics import TopicsUnfit, ensure_topics, require_topics
from tests.servers import Servers


async def partitions(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, int]:
    """The number of partitions of each topic."""
    return {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics(names)}


async def configured(admin: AIOKafkaAdminClient, name: str, setting: str) -> str:
    """A topic's configuration as the broker has it."""
    resource = ConfigResource(ConfigResourceType.TOPIC, name, {setting: None})
    [answer] = await admin.describe_configs([resource])
    [(*_, entries)] = answer.resources
    return str(entries[0][1])


async def test_every_topic_is_as_the_contract_says_and_a_second_call_changes_nothing(
    servers: Servers, namespace: str
) -> None:
    """Partitions and retention are the contract's."""
    await ensure_topics(servers.kafka, namespace)
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    try:
        wanted = {topic.name: topic.partitions for topic in topics(namespace)}
        assert await partitions(admin, list(wanted)) == wanted
        assert await configured(admin, plans(namespace).name, "cleanup.policy") == "compact"
        assert await configured(admin, events(namespace).name, "retention.ms") == str(90 * 86_400_000)
    finally:
        await admin.close()


async def test_inboxes_are_made_where_they_are_wanted_and_stamp_and_bound_what_strangers_write(
    servers: Servers, namespace: str
) -> None:
    """One whose safety has been altered since is refused, with the command that mends it."""
    inboxes, topic = ("dft",), inbox("dft", namespace)
    await ensure_topics(servers.kafka, namespace, inboxes=inboxes)
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    try:
        await require_topics(servers.kafka, namespace, inboxes=inboxes)
        assert await configured(admin, topic.name, "message.timestamp.type") == "LogAppendTime"
        altered = topic.config | {"compression.type": "producer"}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, altered)])
        with pytest.raises(TopicsUnfit, match=r"compression.type=producer.*kafka-configs.sh --alter"):
            await require_topics(servers.kafka, namespace, inboxes=inboxes)
        await require_topics(servers.kafka, namespace)
        with pytest.raises(LookupError, match=r"inbox\.dwp"):
            await require_topics(servers.kafka, namespace, inboxes=("dft", "dwp"))
    finally:
        await admin.delete_topics([topic.name])
        await admin.close()


async def test_a_compressed_bomb_does_not_get_into_an_inbox(servers: Servers, namespace: str) -> None:
    """The broker unpacks what it is sent, and judges that by its size."""
    topic = inbox("dft", namespace).name
    await ensure_topics(servers.kafka, namespace, inboxes=("dft",))
    writer = AIOKafkaProducer(bootstrap_servers=servers.kafka, compression_type="gzip", max_request_size=50_000_000)
    await writer.start()
    await writer.send_and_wait(topic, b" " * 1_000_000)
    with pytest.raises(MessageSizeTooLargeError):
        await writer.send_and_wait(topic, b" " * 20_000_000)
    await writer.stop()
    await delete(servers, topic)


async def delete(servers: Servers, name: str) -> None:
    """Deletes a topic."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    await admin.delete_topics([name])
    await admin.close()


async def test_a_topic_with_another_number_of_partitions_is_refused(servers: Servers) -> None:
    """Growing it would send a plan's next records to another partition: a human must decide."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic("t-narrow.events", 3, 1)])
        with pytest.raises(TopicsUnfit, match=r"t-narrow\.events has 3 partitions, but the contract says 24"):
            await ensure_topics(servers.kafka, "t-narrow")
    finally:
        await admin.delete_topics([topic.name for topic in topics("t-narrow")])
        await admin.close()


async def test_a_name_that_kafka_refuses_is_reported(servers: Servers) -> None:
    """The broker's own words reach the reader."""
    with pytest.raises(TopicsUnfit, match=r"Topic not a name\.\w+ could not be created: Topic name is invalid"):
        await ensure_topics(servers.kafka, "not a name")


async def test_services_wait_for_missing_topics_and_refuse_changed_ones(servers: Servers) -> None:
    """A partition count is for life: with another one every plan would be in a wrong partition."""
    namespace = f"t-{secrets.token_hex(3)}"
    with pytest.raises(LookupError, match="not known"):
        await require_topics(servers.kafka, namespace)
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    wanted = topics(namespace)
    await admin.create_topics([NewTopic(topic.name, 5, 1) for topic in wanted])
    try:
        with pytest.raises(TopicsUnfit, match="5 partitions, but the contract says 24 for its life"):
            await until_known(servers, namespace)
    finally:
        await admin.delete_topics([topic.name for topic in wanted])
        await admin.close()


async def until_known(servers: Servers, namespace: str) -> None:
    """Requires the topics, as soon as the broker knows them."""
    await wait_for("the topics", lambda: require_topics(servers.kafka, namespace))


async def test_topics_on_fewer_brokers_than_asked_for_are_refused(servers: Servers, namespace: str) -> None:
    """One broker holds nothing twice: said at start, and when the topics are made."""
    await require_topics(servers.kafka, namespace)
    with pytest.raises(TopicsUnfit, match=r"on fewer brokers than the 3 of MILEPOST_REPLICATION.*reassign"):
        await require_topics(servers.kafka, namespace, replicas=3)
    with pytest.raises(TopicsUnfit, match=r"could not be created.*replication factor"):
        await ensure_topics(servers.kafka, f"t-{secrets.token_hex(3)}", replicas=3)
