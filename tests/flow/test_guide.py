"""The publisher's guide: every command in it is run, in the order of the page, on the running stack."""

import asyncio
import datetime as dt
import json
import os
import pathlib
import re
import sys

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.flow.publisher import Publisher, until
from tests.kafka import committed
from tests.servers import Stack

GUIDE = pathlib.Path(__file__).parents[2] / "docs" / "publishing.md"
BLOCKS = re.findall(r"^```(bash|python)\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
PLAN = "dluhc/guide"
INBOX = "INBOX"
"""A block that writes to an inbox, which the stack of the tests does not read, says so by this name."""


async def run(language: str, block: str, env: dict[str, str], directory: pathlib.Path) -> str:
    """What a block prints; fails with its error."""
    command = ["bash", "-euo", "pipefail", "-c", block] if language == "bash" else [sys.executable, "-c", block]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=env, cwd=directory, stdout=pipe, stderr=pipe)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, f"{block}\n{out.decode()}\n{err.decode()}"
    return out.decode()


async def test_every_command_of_the_guide_works(stack: Stack, tmp_path: pathlib.Path) -> None:
    """With the addresses and a key in the environment; what it says has happened has happened."""
    publisher = Publisher(stack, "dluhc", "dft")
    await publisher.say("plan.published", PLAN, {"title": "Guide"}, PLAN)
    await publisher.say("contributor.listed", PLAN, {"department": "dft"}, PLAN)
    now = dt.datetime.now(dt.UTC)
    env = {
        **os.environ,
        "INGEST": stack.ingest,
        "PLANS": stack.plans,
        "KEY": publisher.key,
        "NOW": now.isoformat(),
        "TODAY": now.date().isoformat(),
    }
    printed = [await run(language, block, env, tmp_path) for language, block in BLOCKS if INBOX not in block]
    assert "5 accepted" in "".join(printed)
    plan = await until(
        lambda: publisher.plan(PLAN),
        lambda found: (found["milestones"].get("dft/guide/obc-approval") or {}).get("forecast") == "2027-05-01",
    )
    assert len(plan["milestones"]) == 6  # the dry run's is none of them
    assert '"dry_run":true' in "".join(printed)
    assert plan["milestones"]["dft/guide/obc-approval"]["reason"]["text"] == "Board moved to May"


@pytest.mark.parametrize("block", [block for _, block in BLOCKS if INBOX in block])
async def test_the_kafka_client_of_the_guide_writes_to_the_topic(
    stack: Stack, tmp_path: pathlib.Path, block: str
) -> None:
    """Whatever the topic is called."""
    kafka, topic = stack.env["MILEPOST_KAFKA"], f"{stack.namespace}.inbox.guide"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await run("python", block, {**os.environ, "KAFKA": kafka, "INBOX": topic}, tmp_path)
    assert [json.loads(row.value)["id"] for row in await committed(kafka, topic)] == ["guide-inbox-1"]
    await admin.delete_topics([topic])
    await admin.close()
