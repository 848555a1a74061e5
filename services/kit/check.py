"""`python -m services.<name> check`: what a service would connect to, and whether it can. It changes nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import httpx
import typer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from pydantic import SecretStr
from pymongo import uri_parser

from schemas.topics import Topic
from services.kit import logs
from services.kit.access import access
from services.kit.mongo import Database, connect
from services.kit.rights import READ, WRITE, TopicSeen, topics_seen
from services.kit.settings import Settings
from services.kit.topics import require_topics

SECONDS = 8.0
"""For each of the things that are asked, all of which are asked at once."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one question: `wrong` says why not, with the fix where it is known; None when it can."""

    what: str
    where: str
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """What a service needs of Kafka: the topics that it reads and writes, and its inboxes' departments."""

    reads: Sequence[Topic]
    writes: Sequence[Topic] = ()
    inboxes: tuple[str, ...] = ()


Question = Callable[[], Awaitable[list[Found]]]


async def asked(what: str, where: str, question: Question, seconds: float = SECONDS) -> list[Found]:
    """What came of a question; one that fails or takes too long is an answer too."""
    try:
        async with asyncio.timeout(seconds):
            return await question()
    except TimeoutError:
        return [Found(what, where, f"no answer within {seconds:.0f} s")]
    except Exception as error:  # whatever it is, it is what the operator wants to know
        return [Found(what, where, _said(error))]


def _said(error: Exception) -> str:
    """An error in a line, without what the driver adds about itself."""
    kind, said = type(error).__name__, str(error).partition(" (configured")[0].partition(", full error")[0]
    return f"{kind}: {said.removeprefix(f'{kind}: ')[:300]}"


async def kafka(settings: Settings, needs: Needs) -> list[Found]:
    """Whether Kafka is reached with this user, and each topic is as it must be and allows what is needed."""
    where = f"{settings.kafka_access.servers} ({_by_whom(settings)})"

    async def question() -> list[Found]:
        client = AIOKafkaClient(**access(settings.kafka_access).options())
        try:
            await _bootstrap(client)
            seen = await topics_seen(client, {topic.name for topic in (*needs.reads, *needs.writes)})
        finally:
            await client.close()
        rows = [
            Found(
                f"{verb} {topic.name}",
                settings.kafka_access.servers,
                _lacking(seen.get(topic.name), topic, right, verb),
            )
            for verb, right, wanted in (("read", READ, needs.reads), ("write", WRITE, needs.writes))
            for topic in wanted
        ]
        return [Found("Kafka", where), *rows, *await _as_the_contract_says(settings, needs)]

    return await asked("Kafka", where, question)


async def _bootstrap(client: AIOKafkaClient) -> None:
    """Connects; aiokafka raises that it could not, and only logs why: a wrong password, another's certificate."""
    heard = _Heard()
    library = logging.getLogger("aiokafka")
    level, library.propagate = library.level, False
    library.setLevel(logging.ERROR)
    library.addHandler(heard)
    try:
        await client.bootstrap()
    except KafkaError as error:
        raise type(error)("; ".join(dict.fromkeys(heard.said)) or str(error)) from error
    finally:
        library.removeHandler(heard)
        library.setLevel(level)
        library.propagate = True


class _Heard(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one record's message."""
        self.said.append(record.getMessage())


async def _as_the_contract_says(settings: Settings, needs: Needs) -> list[Found]:
    async def question() -> list[Found]:
        kafka, replicas = settings.kafka_access, settings.replication
        await require_topics(kafka, settings.namespace, replicas=replicas, inboxes=needs.inboxes)
        return [Found("topics as the contract says", settings.kafka_access.servers)]

    return await asked("topics as the contract says", settings.kafka_access.servers, question, SECONDS - 1)


def _lacking(seen: TopicSeen | None, topic: Topic, right: int, verb: str) -> str | None:
    if seen is None:
        return "is not there, or this user may not know of it: `python -m services.ingest topics`, `deploy/acls.py`"
    if seen.partitions != topic.partitions:
        return f"has {seen.partitions} partitions, but the contract says {topic.partitions}"
    return None if right in seen.operations else f"this user may not {verb} it: see `deploy/acls.py`"


def _by_whom(settings: Settings) -> str:
    user = f", user {settings.kafka_user}" if settings.kafka_security.startswith("SASL") else ""
    return f"{settings.kafka_security}{user}"


async def mongo(settings: Settings, service: str) -> list[Found]:
    """Whether MongoDB is reached, is a replica set, and lets this user write in a transaction (which is undone)."""
    parsed = uri_parser.parse_uri(settings.mongo, validate=False)
    hosts = ",".join(f"{host}:{port}" for host, port in parsed["nodelist"])
    user = f", user {parsed['username']}" if parsed["username"] else ""
    where = f"{hosts}/{settings.database(service)}{user}"

    async def question() -> list[Found]:
        client = connect(settings.mongo, timeout_ms=int(1000 * (SECONDS - 1)))
        try:
            hello = await client.admin.command("hello")
            many = "setName" in hello or hello.get("msg") == "isdbgrid"
            alone = None if many else "is no replica set: start it with --replSet, for transactions need one"
            database = client[settings.database(service)]
            return [
                Found("MongoDB", where),
                Found("a replica set", where, alone),
                *await asked("write in a transaction", where, lambda: _write(database, where)),
                *await asked("indexes", where, lambda: _indexes(database, where)),
            ]
        finally:
            client.close()

    return await asked("MongoDB", where, question)


async def _write(database: Database, where: str) -> list[Found]:
    async with await database.client.start_session() as session:
        session.start_transaction()
        try:
            await database["cursors"].insert_one({"_id": "check"}, session=session)
        finally:
            await session.abort_transaction()
    return [Found("write in a transaction", where)]


async def _indexes(database: Database, where: str) -> list[Found]:
    names = await database.list_collection_names()
    number = sum([len(await database[name].index_information()) for name in names])
    return [
        Found(f"indexes: {number} on {len(names)} collections" if names else "indexes: made at the first start", where)
    ]


async def door(name: str, url: str) -> list[Found]:
    """Whether another service answers, and says that it is ready."""

    async def question() -> list[Found]:
        async with httpx.AsyncClient(timeout=SECONDS - 1) as http:
            answer = await http.get(f"{url.rstrip('/')}/readyz")
        return [Found(name, url, None if answer.status_code == 200 else f"{answer.status_code} {answer.text[:200]}")]

    return await asked(name, url, question)


def shown(settings: Settings) -> list[tuple[str, str]]:
    """Every setting with its value; of a secret only whether there is one."""
    found = []
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if not field.repr or isinstance(value, SecretStr):
            secret = value.get_secret_value() if isinstance(value, SecretStr) else value
            value = "(default)" if secret == field.get_default() else "(set)" if secret else ""
        found.append((f"MILEPOST_{name.upper()}", str(value) if value is not None else ""))
    return found


def table(settings: Settings, found: Iterable[Found]) -> str:
    """The settings, and what came of each question, a line each."""
    rows = [("what", "can", "where")] + [(one.what, "no" if one.wrong else "yes", one.where) for one in found]
    lines = [f"{name:<28} {value}".rstrip() for name, value in shown(settings)]
    wide = max(len(what) for what, _, _ in rows)
    lines += ["", *(f"{what:<{wide}}  {can:<3}  {where}" for what, can, where in rows), ""]
    return "\n".join([*lines, *(f"{one.what}: {one.wrong}" for one in found if one.wrong)]).rstrip()


def tell(settings: Settings, questions: Iterable[Awaitable[list[Found]]]) -> NoReturn:
    """Asks everything at once, prints the table, and exits with 0 when all can be done, else with 1."""
    logs.configure("check", "CRITICAL")

    async def everything() -> list[Found]:
        return [one for found in await asyncio.gather(*questions) for one in found]

    found = asyncio.run(everything())
    typer.echo(table(settings, found))
    raise typer.Exit(int(any(one.wrong for one in found)))
