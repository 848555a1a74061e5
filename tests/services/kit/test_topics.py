"""The topics of the contract on a real Kafka."""

import secrets

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.topics import events, plans, topics
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
