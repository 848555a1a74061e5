"""Fixtures for every test: one Kafka and one store for the whole run, a namespace per test, and the four services."""

import secrets
from collections.abc import AsyncIterator

import hypothesis
import pytest
import pytest_asyncio

from tests.servers import Servers, Stack, namespace_on, need_programs

# a deadline would make every property a timed test, which fails on a slow machine
hypothesis.settings.register_profile("milepost", deadline=None)
hypothesis.settings.load_profile("milepost")


@pytest_asyncio.fixture(scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    """A real Kafka and a store, on free ports."""
    need_programs()
    from deploy.local import stack
    from deploy.local.ports import HOST, Ports, free_base

    ports, directory = Ports.from_base(free_base()), tmp_path_factory.mktemp("servers")
    async with stack.running(stack.servers(directory, ports)):
        yield Servers(f"{HOST}:{ports.kafka}", f"mongodb://{HOST}:{ports.store}")


@pytest_asyncio.fixture
async def namespace(servers: Servers) -> AsyncIterator[str]:
    """A namespace of the test's own, with its topics."""
    async with namespace_on(servers, f"t-{secrets.token_hex(3)}") as name:
        yield name


@pytest_asyncio.fixture(scope="session")
async def stack(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The four services and the demo receiver, on free ports and in a namespace of their own."""
    from deploy.local import stack as local
    from deploy.local.ports import HOST, Ports, free_base

    ports, directory = Ports.from_base(free_base()), tmp_path_factory.mktemp("stack")
    env = local.environment(ports, secrets.token_urlsafe(32), f"t-{secrets.token_hex(3)}")
    env |= {"MILEPOST_KAFKA": servers.kafka, "MILEPOST_MONGO": servers.mongo}
    env |= {"MILEPOST_REQUESTS_A_MINUTE": "1000000"}  # tests post as fast as they can
    async with (
        namespace_on(servers, env["MILEPOST_NAMESPACE"]) as name,
        local.running(local.applications(directory, ports, env)),
    ):
        yield Stack(
            namespace=name,
            plans=env["MILEPOST_PLANS_URL"],
            ingest=env["MILEPOST_INGEST_URL"],
            alerts=env["MILEPOST_ALERTS_URL"],
            metrics=env["MILEPOST_METRICS_URL"],
            webhook=f"http://{HOST}:{ports.receiver}/webhook",
            mail=f"http://{HOST}:{ports.receiver}/mail",
            env=env,
        )
