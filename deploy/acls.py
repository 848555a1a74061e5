"""`python3 -m deploy.acls`: what each service may do on Kafka, and no more, as `kafka-acls.sh` commands.

    python3 -m deploy.acls --bootstrap-server kafka:9093 --command-config admin.properties --inbox dft=dft-client | sh

The users are named as the services are (`plan_tracking`, `ingest`, `alerting`, `metrics`). `--inbox DEPARTMENT=USER`
lets a department's user write to its inbox: whoever may write there speaks for the department.
"""

import argparse
import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from schemas import topics

Kind = Literal["topic", "group", "transactional-id"]

_TOPICS = {
    "plan_tracking": (("events", "plans", "alerts"), ("events", "milestones", "plans", "rejected")),
    "ingest": (("rejected",), ("events", "departments", "rejected")),
    "alerting": (("milestones", "plans", "departments"), ("alerts", "rejected")),
    "metrics": (("plans", "alerts"), ()),
}
"""What each service's user reads, and what it writes."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A user may do these operations on a resource, or on all whose names begin with `name`."""

    user: str
    kind: Kind
    name: str
    operations: tuple[str, ...]
    prefixed: bool = False

    def command(self, options: str) -> str:
        """The line that gives it; given again it changes nothing."""
        pattern = "prefixed" if self.prefixed else "literal"
        operations = " ".join(f"--operation {one}" for one in self.operations)
        return (
            f"kafka-acls.sh {options} --add --allow-principal {shlex.quote(f'User:{self.user}')} {operations} "
            f"--{self.kind} {shlex.quote(self.name)} --resource-pattern-type {pattern}"
        )


def grants(namespace: str, inboxes: Mapping[str, str]) -> Iterator[Grant]:
    """Everything that the services need, and what the departments' users, by department, need for their inboxes."""
    for user, (reads, writes) in _TOPICS.items():
        yield Grant(user, "topic", f"{namespace}.", ("Describe", "DescribeConfigs"), prefixed=True)
        yield from (Grant(user, "topic", f"{namespace}.{name}", ("Read",)) for name in reads)
        yield from (Grant(user, "topic", f"{namespace}.{name}", ("Write",)) for name in writes)
    for user, group in (("plan_tracking", "plan-tracking"), ("ingest", "ingest"), ("alerting", "alerting")):
        yield Grant(user, "group", f"{namespace}.{group}", ("Read",))
    for user, producers in (("plan_tracking", "plan-tracking."), ("alerting", "alerting.")):
        yield Grant(user, "transactional-id", f"{namespace}.{producers}", ("Describe", "Write"), prefixed=True)
    if inboxes:
        yield Grant("ingest", "group", f"{namespace}.ingest.inboxes", ("Read",))
    for department, user in inboxes.items():
        name = topics.inbox(department, namespace).name
        yield Grant("ingest", "topic", name, ("Read",))
        yield Grant(user, "topic", name, ("Describe", "Write"))


def main(arguments: list[str]) -> None:
    """Prints one command a line."""
    parser = argparse.ArgumentParser(prog="python3 -m deploy.acls", description=__doc__.partition("\n")[0])
    parser.add_argument("--bootstrap-server", required=True, metavar="HOST:PORT")
    parser.add_argument("--command-config", required=True, metavar="FILE", help="how an administrator reaches Kafka")
    parser.add_argument("--namespace", default="milepost")
    parser.add_argument("--inbox", action="append", default=[], metavar="DEPARTMENT=USER")
    asked = parser.parse_args(arguments)
    if wrong := [one for one in asked.inbox if not all(one.partition("="))]:
        parser.error(f"--inbox {wrong[0]}: write DEPARTMENT=USER")
    options = (
        f"--bootstrap-server {shlex.quote(asked.bootstrap_server)} --command-config {shlex.quote(asked.command_config)}"
    )
    for grant in grants(asked.namespace, dict(one.split("=", 1) for one in asked.inbox)):
        print(grant.command(options))


if __name__ == "__main__":
    main(sys.argv[1:])
