"""What every test of the pages looks at: one world for all, said once."""

import pytest_asyncio

from tests.browser.world import World, founded
from tests.servers import Stack


@pytest_asyncio.fixture(scope="session")
async def world(stack: Stack) -> World:
    """The services with everything in them."""
    return await founded(stack)
