"""What OpenAPI says of the doors that FastAPI does not run: bodies, worked examples, and every answer.

The examples of answers are made by the code that answers.
"""

import datetime as dt
import json
from typing import Any

from fastapi import FastAPI

from schemas.envelope import BATCH, STRUCTURED
from schemas.events import EVENT
from services.ingest.answers import problem, receipt, reused, tried
from services.ingest.asked import DRY_RUN
from services.ingest.domain.acceptance import Refusal, accept
from services.ingest.senders.log import not_yet
from services.kit.http import PROBLEM, Problem
from services.kit.identity import unknown

Json = dict[str, Any]
Responses = dict[int | str, Json]

_FORECAST: Json = {
    "specversion": "1.0",
    "id": "6c0e-1",
    "source": "/dft/p6-export",
    "type": "org.milepost.milestone.forecast.v1",
    "subject": "dft/rail-2",
    "plan": "dluhc/towns-fund",
    "time": "2025-11-25T09:00:00Z",
    "data": {"forecast": "2027-03-01", "reason": "Possession moved by Network Rail"},
}
_MET: Json = {
    **_FORECAST,
    "id": "6c0e-2",
    "type": "org.milepost.milestone.completed.v1",
    "subject": "dft/rail-1",
    "data": {"actual": "2025-11-24"},
}
_WITHOUT_REASON: Json = {**_FORECAST, "id": "6c0e-3", "data": {"forecast": "2027-03-01"}}
_BINARY = "application/json"
_NOW = dt.datetime(2025, 11, 25, 9, tzinfo=dt.UTC)


def _refused(said: bytes, department: str = "dft") -> Problem:
    refusal = accept(said, [department], _NOW)
    if not isinstance(refusal, Refusal):
        raise TypeError("what is to be refused was accepted")
    return problem(refusal)


_INVALID = _refused(json.dumps(_WITHOUT_REASON).encode())
_REFUSALS = {
    400: ("No JSON, or no CloudEvent", _refused(b"{forecast: tomorrow}")),
    401: ("No key, or none that is known", unknown()),
    403: ("The key speaks for others", _refused(json.dumps(_FORECAST).encode(), "dwp")),
    404: ("There is none, or the caller may not see it", Problem(404, "No such plan", "dluhc/towns: there is none")),
    413: ("Too large", Problem(413, "Too large", "The body is over 1000000 bytes: send it in parts", limit=1_000_000)),
    415: (
        "In no mode of CloudEvents",
        Problem(415, "Not a CloudEvent", f"Content-Type is text/plain: send {STRUCTURED} or {BATCH}, or binary mode"),
    ),
    422: ("A field is wrong: each is named, with its fix", _INVALID),
    429: (
        "Too many requests",
        Problem(429, "Too many requests", "The limit is 600 per 1 minute for one key: wait 12 s"),
    ),
    503: ("Not known to be kept: send it again, it does no harm", not_yet()),
}
_RETRY = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}


def refusals(*statuses: int) -> Responses:
    """The answers of these statuses, each a problem (RFC 9457) with an example."""
    return {status: _refusal(*_REFUSALS[status]) for status in statuses}


def _refusal(description: str, example: Problem) -> Json:
    content = {PROBLEM: {"schema": _ref("Problem"), "example": example.body}}
    headers = {"headers": _RETRY} if example.status in (429, 503) else {}
    return {"description": description, "content": content, **headers}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _answered(description: str, **examples: Json) -> Json:
    shown = {name: {"value": said} for name, said in examples.items()}
    return {
        "description": description,
        "content": {"application/json": {"schema": _ref("Accepted"), "examples": shown}},
    }


def _receipts() -> tuple[Json, Json]:
    first, second = (EVENT.validate_python(one) for one in (_FORECAST, _MET))
    return receipt(first, "https://milepost.example"), receipt(second, "https://milepost.example")


_KEPT, _KEPT_TOO = _receipts()
_FAULT = {"index": 1, "id": _WITHOUT_REASON["id"], "problem": _INVALID.body}
_NONE = {"accepted": [], "rejected": [{**_FAULT, "index": 0}]}


def _invalid() -> Json:
    """Of one event it is a problem, of a batch it names the problem of each."""
    one = _refusal(*_REFUSALS[422])
    batch = {"schema": _ref("Accepted"), "examples": {"batch": {"value": _NONE}}}
    return {**one, "content": {**one["content"], "application/json": batch}}


EVENT_RESPONSES: Responses = {
    200: _answered(
        "A dry run: all of it would be accepted, and nothing was written",
        event={DRY_RUN: True, "accepted": [tried(EVENT.validate_python(_FORECAST))]},
    ),
    202: _answered(
        "All of it is on the log, for certain",
        event={"accepted": [_KEPT]},
        reused={"accepted": [reused(_KEPT)]},
        batch={"accepted": [_KEPT, _KEPT_TOO], "rejected": []},
    ),
    207: _answered(
        "Of a batch: some are on the log, and why each other is not",
        batch={"accepted": [_KEPT], "rejected": [_FAULT]},
    ),
    **refusals(400, 401, 403, 413, 415),
    422: _invalid(),
    **refusals(429, 503),
}
"""What `POST /events` answers."""

SEND_RESPONSES: Responses = {
    202: _answered("It is on the log, and the rejection is answered", event={"accepted": [_KEPT]}),
    **refusals(400, 401, 403, 404, 413, 415, 422, 429, 503),
}
"""What `POST /rejections/{identifier}/send` answers."""


def _headers() -> list[Json]:
    """The attributes of an event in binary mode; in the other modes none of them is sent."""
    return [
        {
            "name": f"ce-{name}",
            "in": "header",
            "description": "In binary mode only",
            "schema": {"type": "string"},
            "examples": {"binary": {"value": value}},
        }
        for name, value in _FORECAST.items()
        if name != "data"
    ]


_DRY_RUN: Json = {
    "name": DRY_RUN,
    "in": "query",
    "description": "Judge all of it, and write nothing",
    "schema": {"type": "boolean", "default": False},
}
_STRUCTURED: Json = {"schema": _ref("Event"), "examples": {"event": {"value": _FORECAST}}}
_BATCHED: Json = {
    "schema": {"type": "array", "items": _ref("Event"), "maxItems": 10_000},
    "examples": {"batch": {"value": [_FORECAST, _MET]}},
}
_DATA: Json = {
    "schema": {"type": "object", "description": "The event's `data`; all else is in the `ce-` headers"},
    "examples": {"binary": {"value": _FORECAST["data"]}},
}

DRY_RUN_PARAMETER: Json = {"parameters": [_DRY_RUN]}
"""`?dry_run=true` of an operation."""

EVENT_REQUEST: Json = {
    "parameters": [_DRY_RUN, *_headers()],
    "requestBody": {"required": True, "content": {STRUCTURED: _STRUCTURED, BATCH: _BATCHED, _BINARY: _DATA}},
}
"""What `POST /events` takes."""

SEND_REQUEST: Json = {"requestBody": {"required": True, "content": {STRUCTURED: _STRUCTURED}}}
"""What `POST /rejections/{identifier}/send` takes."""

_TEXT: Json = {"type": "string"}
_ACCEPTED: Json = {
    "type": "object",
    "description": "What is on the log (in a dry run: what would be), and, of a batch, why each other event is not.",
    "required": ["accepted"],
    "properties": {
        DRY_RUN: {"const": True},
        "accepted": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["source", "id", "receipt"],
                "properties": {
                    "source": _TEXT,
                    "id": _TEXT,
                    "receipt": {
                        "type": ["string", "null"],
                        "description": "The address that tells what came of it; null in a dry run",
                    },
                    "warning": {"type": "string", "description": "The id has stood for something else before"},
                },
            },
        },
        "rejected": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "id", "problem"],
                "properties": {
                    "index": {"type": "integer", "description": "Its place in the batch, from 0"},
                    "id": {"type": ["string", "null"]},
                    "problem": _ref("Problem"),
                },
            },
        },
    },
}
_PROBLEM: Json = {
    "type": "object",
    "description": "What is wrong, and how to mend it (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": _TEXT, "detail": _TEXT},
            },
        },
    },
}


def describe(app: FastAPI) -> None:
    """Adds the contract's schemas to the application's OpenAPI, so that its operations can refer to them."""
    plain = app.openapi

    def described() -> Json:
        document = plain()
        components = document.setdefault("components", {})
        components.setdefault("schemas", {}).update(_schemas())
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"key": []}, {}]  # without a key, what is public
        return document

    app.openapi = described  # type: ignore[method-assign]  # as FastAPI's documentation has it


def _schemas() -> Json:
    event = EVENT.json_schema(ref_template="#/components/schemas/{model}")
    parts = event.pop("$defs")
    return {**parts, "Event": event, "Accepted": _ACCEPTED, "Problem": _PROBLEM}
