"""The lines that give each service its rights on Kafka; that they are enough is shown on a real one in flow/."""

import shlex
import subprocess
import sys

from deploy.acls import grants
from deploy.local.process import REPOSITORY
from schemas import topics


def printed(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What the command prints."""
    command = [
        sys.executable,
        "-m",
        "deploy.acls",
        "--bootstrap-server",
        "k:9093",
        "--command-config",
        "a b",
        *arguments,
    ]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)


def test_it_prints_one_command_for_each_right() -> None:
    """For a shell: whatever is strange in an argument is quoted."""
    lines = printed("--inbox", "dft=CN=p6 client").stdout.splitlines()
    assert len(lines) == len(list(grants("milepost", {"dft": "CN=p6 client"})))
    words = shlex.split(lines[-1])
    assert words[:5] == ["kafka-acls.sh", "--bootstrap-server", "k:9093", "--command-config", "a b"]
    assert words[words.index("--allow-principal") + 1] == "User:CN=p6 client"
    assert words[words.index("--topic") + 1] == "milepost.inbox.dft"


def test_each_topic_has_few_writers_and_an_inbox_its_department_alone() -> None:
    """States and alerts have one writer each; metrics writes nothing."""
    writers: dict[str, set[str]] = {}
    for grant in grants("milepost", {"dft": "dft-client"}):
        if grant.kind == "topic" and "Write" in grant.operations:
            assert not grant.prefixed
            writers.setdefault(grant.name, set()).add(grant.user)
    assert writers == {
        topics.events().name: {"plan_tracking", "ingest"},
        topics.milestones().name: {"plan_tracking"},
        topics.plans().name: {"plan_tracking"},
        topics.alerts().name: {"alerting"},
        topics.departments().name: {"ingest"},
        topics.rejected().name: {"plan_tracking", "ingest", "alerting"},
        topics.inbox("dft").name: {"dft-client"},
    }


def test_a_half_named_inbox_is_refused() -> None:
    """With the form that is wanted."""
    done = printed("--inbox", "dft=")
    assert done.returncode == 2
    assert "write DEPARTMENT=USER" in done.stderr
