"""`keys` on a real store: issued, listed, revoked; and a contact that is not lost while alerting is away."""

import asyncio
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from deploy.local.ports import HOST, free_base
from deploy.local.process import REPOSITORY
from services.ingest.domain.keys import digest
from services.kit.topics import require_topics
from tests.servers import Servers

CONTACT = ("--contact", "team@desnz.example")


@pytest.fixture
def env(servers: Servers, namespace: str) -> dict[str, str]:
    """Settings of the command line; nobody listens where alerting should be."""
    return {
        "MILEPOST_MONGO": servers.mongo,
        "MILEPOST_NAMESPACE": namespace,
        "MILEPOST_ALERTS_URL": f"http://{HOST}:{free_base(1)}",
    }


async def command(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a command of the service prints, and its exit code."""
    words = [sys.executable, "-m", "services.ingest", *arguments]
    return await asyncio.to_thread(
        subprocess.run, words, cwd=REPOSITORY, env={**os.environ, **env}, capture_output=True, text=True
    )


async def keys(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `keys` with these arguments prints, and its exit code."""
    return await command(env, "keys", *arguments)


async def issued(env: dict[str, str], *departments: str) -> str:
    """A fresh key."""
    return str(json.loads((await keys(env, "issue", *departments, *CONTACT)).stdout)["key"])


async def listed(env: dict[str, str]) -> list[dict[str, Any]]:
    """What `keys list` shows."""
    return [json.loads(line) for line in (await keys(env, "list")).stdout.splitlines()]


async def test_a_key_is_issued_though_alerting_is_away_and_nothing_is_to_be_done(env: dict[str, str]) -> None:
    """The key alone is on standard output; the contact is kept for the service to hand over."""
    done = await keys(env, "issue", "desnz", "beis", "desnz", *CONTACT)
    assert done.returncode == 0
    said = json.loads(done.stdout)
    assert said["departments"] == ["desnz", "beis"]
    assert "not with alerting yet (ConnectError" in done.stderr
    assert "nothing is to be done" in done.stderr
    [shown] = await listed(env)
    assert (shown["id"], shown["contact"], shown["handed"]) == (digest(said["key"])[:16], CONTACT[1], False)
    assert (shown["used"], shown["revoked"]) == (None, None)
    assert said["key"] not in json.dumps(shown)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("DfT", *CONTACT), "'DfT' is no slug"),
        (("dft", "milepost", *CONTACT), "milepost is reserved"),
        (("dft", "--contact", "Ada Lovelace"), "'Ada Lovelace' is no mail address"),
        (("dft",), "--contact"),
    ],
)
async def test_no_key_is_issued_for_what_is_no_department_or_has_no_mailbox(
    env: dict[str, str], arguments: tuple[str, ...], words: str
) -> None:
    """A sentence says what is wrong, and nothing is stored."""
    done = await keys(env, "issue", *arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert await listed(env) == []


async def test_a_key_is_revoked_by_itself_or_by_its_id_and_no_other_with_it(env: dict[str, str]) -> None:
    """What names no key revokes none: neither a beginning of an id nor nothing at all."""
    first, second, third = [await issued(env, name) for name in ("dft", "dwp", "dfe")]
    assert (await keys(env, "revoke", first)).returncode == 0
    assert (await keys(env, "revoke", digest(second)[:16])).returncode == 0
    for wrong in ("", digest(third)[:4], "mp_unknown"):
        assert (await keys(env, "revoke", wrong)).returncode == 2
    assert [bool(shown["revoked"]) for shown in await listed(env)] == [True, True, False]


async def test_topics_are_made_by_a_command_and_a_second_run_changes_nothing(
    env: dict[str, str], servers: Servers
) -> None:
    """With the inboxes that are wanted; a Kafka that is not there is a sentence and exit code 1."""
    own = {**env, "MILEPOST_KAFKA": servers.kafka, "MILEPOST_INBOXES": "dft"}
    for _ in range(2):
        done = await command(own, "topics")
        assert (done.returncode, done.stdout) == (0, f"Every topic of {env['MILEPOST_NAMESPACE']} is there.\n")
    await require_topics(servers.kafka, env["MILEPOST_NAMESPACE"], inboxes=("dft",))
    away = await command({**own, "MILEPOST_KAFKA": f"{HOST}:{free_base(1)}"}, "topics")
    assert away.returncode == 1
    assert "Unable to bootstrap" in away.stderr
    assert "Traceback" not in away.stderr
