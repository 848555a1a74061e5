"""Writes the contract as JSON Schemas and AsyncAPI to schemas/published: `python -m schemas.publish`."""

import json
import pathlib
from typing import Any

from pydantic import TypeAdapter

from schemas import asyncapi
from schemas.alerts import AlertChanged, Notification, Trial
from schemas.departments import DEPARTMENT_CONCLUDED
from schemas.events import EVENT
from schemas.states import MilestoneConcluded, PlanConcluded

FOLDER = pathlib.Path(__file__).with_name("published")


def documents() -> dict[str, str]:
    """The published files: name -> content."""
    adapters: dict[str, TypeAdapter[Any]] = {
        "event": EVENT,
        "milestone-state": TypeAdapter(MilestoneConcluded),
        "plan-state": TypeAdapter(PlanConcluded),
        "department-state": DEPARTMENT_CONCLUDED,
        "alert": TypeAdapter(AlertChanged),
        "notification": TypeAdapter(Notification),
        "notification-test": TypeAdapter(Trial),
    }
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schemas = {f"{name}.schema.json": {**dialect, **adapter.json_schema()} for name, adapter in adapters.items()}
    return {name: _text(said) for name, said in {**schemas, "asyncapi.json": asyncapi.document()}.items()}


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
