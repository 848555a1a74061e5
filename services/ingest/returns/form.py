"""What is sent with a return: the file, and the fields beside it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Json, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.types import Message

from schemas.dates import PlainDate
from schemas.names import Department, MilestoneName, PlanName
from services.ingest.answers import problem
from services.ingest.domain.acceptance import Fault, Refusal
from services.ingest.domain.returns.answers import Answers
from services.ingest.domain.returns.choices import merged
from services.ingest.domain.returns.model import Choices, Meaning, Order, State, Year
from services.kit.http import Problem, read_body
from services.kit.words import field_path

MOST_FIELDS = 20_000

REPEATED = (
    *("include", "rename", "leave_out", "same", "new"),
    *("columns", "order", "year", "complete", "statuses", "ticked"),
)
"""Fields that may be sent several times."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent; `draft` is where it is kept, if it is."""

    name: str
    content: bytes
    draft: str | None = None


def _by_slot(said: list[str]) -> dict[str, str]:
    pairs = (one.partition("=") for one in said)
    return {slot: answer for slot, _, answer in pairs if answer}


def _by_header(said: list[str]) -> dict[str, str | None]:
    pairs = (one.rpartition("=") for one in said)
    return {header: means or None for header, _, means in pairs}


def _chosen(said: list[str]) -> dict[str, str | None]:
    return {header: means for header, means in _by_header(said).items() if means}


class Form(BaseModel):
    """What is sent beside the file. Fields in REPEATED may be sent several times.

    Answers about rows: `rename` is `SLOT=title`, `same` is `SLOT=milestone`. Choices about the file: `columns` is
    `HEADER=meaning` (without a meaning it is not read), `order`, `year` and `statuses` likewise; `choices` has all of
    them as one JSON object. With `forget` those of earlier files are not used. With `keep` the file is kept for a day,
    and the answer's `draft` may be sent in its place.
    """

    model_config = ConfigDict(extra="forbid")

    plan: PlanName
    department: Department
    project: str | None = None
    as_at: PlainDate | None = None
    include: frozenset[str] = frozenset()
    rename: Annotated[dict[str, str], BeforeValidator(_by_slot)] = {}
    leave_out: frozenset[str] = frozenset()
    same: Annotated[dict[str, MilestoneName], BeforeValidator(_by_slot)] = {}
    new: frozenset[str] = frozenset()
    columns: Annotated[dict[str, Meaning | None], BeforeValidator(_by_header)] = {}
    order: Annotated[dict[str, Order], BeforeValidator(_chosen)] = {}
    year: Annotated[dict[str, Year], BeforeValidator(_chosen)] = {}
    complete: frozenset[str] = frozenset()
    statuses: Annotated[dict[str, State], BeforeValidator(_chosen)] = {}
    ticked: frozenset[str] = frozenset()
    choices: Json[Choices] | None = None
    forget: bool = False
    keep: bool = False
    draft: str | None = None
    shown: str | None = None
    publish: bool = False

    def answers(self) -> Answers:
        """The answers about the return and its rows."""
        names = ("plan", "department", "project", "as_at", "include", "rename", "leave_out", "same", "new")
        return Answers(**{name: getattr(self, name) for name in names})

    def chosen(self) -> Choices:
        """The choices about its columns; a field of its own goes before `choices`."""
        names = ("columns", "order", "year", "complete", "statuses", "ticked")
        own = Choices(**{name: getattr(self, name) for name in names})
        return merged(own, self.choices) if self.choices else own


async def taken(request: Request, limit: int) -> tuple[Upload | None, Form]:
    """The file (None where a draft stands for it) and the form; refused with 413 as soon as it passes `limit` bytes."""
    async with sent_form(request, limit) as form:
        file = form.get("file")
        upload = Upload(file.filename or "", await file.read()) if isinstance(file, UploadFile) else None
        if upload is None and not form.get("draft"):
            raise no_file("send it as multipart/form-data")
        return upload, checked(form)


@contextlib.asynccontextmanager
async def sent_form(request: Request, limit: int) -> AsyncIterator[FormData]:
    """The form of a request, its files open while it is used; refused with 413 as soon as it passes `limit` bytes."""
    body = await read_body(request, limit)

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async with Request(request.scope, replay).form(max_fields=MOST_FIELDS) as form:
        yield form


def no_file(why: str) -> Problem:
    """The answer to a form without a file."""
    return problem(Refusal(422, "No file", (Fault("file", why),)))


def checked(form: FormData) -> Form:
    """The fields beside the file; raises a 422 problem that names each that is wrong."""
    several = {name: [one for one in form.getlist(name) if one != ""] for name in REPEATED if name in form}
    single = {name: value for name, value in form.items() if name not in several and name != "file" and value != ""}
    try:
        return Form.model_validate({**single, **several})
    except ValidationError as error:
        faults = tuple(Fault(field_path(e["loc"]) or "form", e["msg"]) for e in error.errors())
        raise problem(Refusal(422, "The form is not valid", faults)) from error
