"""The data dictionary: what every column and field of the open data means, from the code that makes them."""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from schemas import payloads, states
from services.plan_tracking.domain.exports.rows import COLUMNS

FORMATS = {
    ".csv": "One row for each milestone, for spreadsheets.",
    ".json": "The states of the plan and its milestones.",
    ".ics": "The dates as a calendar feed (iCalendar).",
    ".oc4ids.json": "The milestones in the Open Contracting for Infrastructure Data Standard, as far as it fits.",
    "/history.jsonl": "Everything that was said, one CloudEvent on each line, in the order of acceptance.",
}
"""What stands after the address of a plan's page."""

_MODELS = (
    states.PlanState,
    states.MilestoneState,
    states.Node,
    states.Need,
    states.MoneyAtRisk,
    states.FundAtRisk,
    states.OffPath,
    states.Cause,
    states.Explained,
    states.Approval,
    states.Blocked,
    states.Progress,
    states.Confidence,
    states.Contributor,
    states.DepartmentCounts,
    states.Agreement,
    payloads.PlacedIn,
    payloads.Reporting,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A field: its name and what may stand in it."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Described:
    """A part of the JSON: its name, its meaning in plain English, and its fields."""

    name: str
    meaning: str
    fields: tuple[Entry, ...]


def described() -> list[Described]:
    """Every part of the JSON states."""
    return [Described(m.__name__, inspect.getdoc(m) or "", tuple(_fields(m))) for m in _MODELS]


def _fields(model: type[BaseModel]) -> Iterator[Entry]:
    schema = model.model_json_schema(mode="serialization")
    for name, field in schema["properties"].items():
        yield Entry(name, " or ".join(dict.fromkeys(_types(field))))


def _types(schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    elif "anyOf" in schema:
        for one in schema["anyOf"]:
            yield from _types(one)
    elif "enum" in schema:
        yield ", ".join(f"`{value}`" for value in schema["enum"])
    elif schema.get("type") == "array":
        yield f"list of {' or '.join(_items(schema))}"
    elif "additionalProperties" in schema and schema["additionalProperties"] is not True:
        yield f"{' or '.join(_types(schema['additionalProperties']))}, by name"
    else:
        yield schema.get("format") or schema.get("const") or schema["type"]


def _items(schema: dict[str, Any]) -> Iterable[str]:
    return dict.fromkeys(_types(schema["items"])) if "items" in schema else ["names"]


def markdown() -> str:
    """The dictionary as a page of the documentation."""
    formats = "\n".join(f"| `/plans/LEAD/PLAN{ending}` | {what} |" for ending, what in FORMATS.items())
    columns = "\n".join(f"| `{column.name}` | {column.meaning.replace('|', chr(92) + '|')} |" for column in COLUMNS)
    return _PAGE.format(formats=formats, columns=columns, parts="\n".join(map(_part, described())))


def _part(part: Described) -> str:
    rows = "\n".join(f"| `{field.name}` | {field.type} |" for field in part.fields)
    return f"### {part.name}\n\n{part.meaning}\n\n| field | type |\n|---|---|\n{rows}\n"


_PAGE = """# Data dictionary

Written from the code by `make schemas`; what it describes is served as JSON at `/data`.

Every plan can be taken away as data, at the address of its page:

| address | what |
|---|---|
{formats}

Each answer but the history has a strong `ETag`: sent back as `If-None-Match`, it spares the transfer while nothing has
changed. The header `Link` with `rel="license"` names the licence.

Dates are plain dates (`2027-03-01`). A PreciseDate is one too, or `{{"date": ..., "precision": ...}}` where a month, a
quarter or a financial year was meant: the date is its last day. Instants are UTC. Null is what is not known.

A milestone that a reader may not know of has empty names; days stay. What a publisher wrote is in JSON as it was said;
in CSV and calendars it is one line each, and never a formula.

## CSV

UTF-8 with a byte order mark, lines ended by CRLF, one row for each milestone. New columns come last.

| column | meaning |
|---|---|
{columns}

## JSON

`/api/plans/LEAD/PLAN` and `.json`: a PlanState with

- `milestones`, each a MilestoneState with `overdue` (open, and its owner's own date has passed) and `total_float` (the
  days by which it may still move before something is later than the plan's target);
- `outlook`: the milestone that is expected last, how many days after the target, and the path that drives it;
- `last_heard`: when each department last spoke of a milestone.

{parts}"""
