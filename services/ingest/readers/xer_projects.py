"""The projects of a file that Primavera exported, and which of them are baselines of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.ingest.readers.xer_tables import Line

PROJECT = frozenset(
    {"proj_id", "proj_short_name", "guid", "clndr_id", "last_recalc_date", "sum_base_proj_id", "orig_proj_id"}
)
"""What is wanted of a project."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project; `baselines` are the ids of the projects that are its baselines, by what they are called here.

    The one that is assigned to it is called "Baseline", and so is the only one there is.
    """

    id: str
    name: str
    row: Line
    baselines: Mapping[str, str]


def projects_in(rows: Sequence[Line]) -> list[Project]:
    """The projects in these rows that are no baselines, each with its own."""
    known = {row.get("proj_id", ""): row for row in rows}
    of = {identifier: _baselines(known, identifier) for identifier in known}
    copies = {one for baselines in of.values() for one in baselines.values()}
    mains = [identifier for identifier in known if identifier not in copies] or list(known)
    return [Project(identifier, _name(known[identifier]), known[identifier], of[identifier]) for identifier in mains]


def _name(row: Line) -> str:
    return row.get("proj_short_name") or row.get("proj_id", "")


def _baselines(known: Mapping[str, Line], identifier: str) -> dict[str, str]:
    """The one that the project says is assigned, and those that say that they were copied from it."""
    assigned = known[identifier].get("sum_base_proj_id", "")
    copies = (one for one, row in known.items() if row.get("orig_proj_id") == identifier)
    every = [one for one in dict.fromkeys([assigned, *copies]) if one in known and one != identifier]
    current = every[0] if every and (every[0] == assigned or len(every) == 1) else None
    return {"Baseline" if one == current else f"Baseline {_name(known[one])}": one for one in every}
