"""The dependencies that a return declares between its rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.payloads import Unit
from schemas.states import MilestoneState
from services.ingest.domain.returns.known import Before
from services.ingest.domain.returns.model import Finding, Link, Row

_LONGEST_LAG = 3650
"""Days, as the contract has it."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """`milestone` needs `needs`, at least `lag` days earlier."""

    milestone: str
    needs: str
    lag: int
    unit: Unit


def dependencies(rows: Iterable[Row], named: Mapping[str, str], before: Before) -> tuple[Dependency, ...]:
    """What these rows declare; `named` has their milestones by slot.

    What today's plan has already is not declared again, unless it was by the same return.
    """
    declared = [
        Dependency(named[row.slot], named[link.slot], link.lag, link.unit)
        for row in rows
        for link in row.needs
        if link.slot in named and _fits(link) and link.slot != row.slot
    ]
    today, sent = before.today or {}, before.sent.needs
    return tuple(
        one
        for one in dict.fromkeys(declared)
        if (one.milestone, one.needs) in sent or not _planned(one, today.get(one.milestone))
    )


def _planned(one: Dependency, state: MilestoneState | None) -> bool:
    needs = [(need.plan, need.milestone, need.lag, need.unit) for need in (state.needs if state else ())]
    return state is not None and (state.plan, one.needs, one.lag, one.unit) in needs


def _fits(link: Link) -> bool:
    return abs(link.lag) <= _LONGEST_LAG


def undeclared(row: Row, ready: Mapping[str, str]) -> Iterator[Finding]:
    """Why some needs of a row are not published; `ready` has the slots of the rows that are."""
    for link in row.needs:
        if not _fits(link):
            message = f"{row.slot} needs {link.slot} {link.lag:,} days earlier, and {_LONGEST_LAG:,} is the most"
            yield row.finding("noted", "needs", f"{message}: the need is not published")
        elif row.slot in ready and link.slot not in ready:
            message = f"{row.slot} needs {link.slot}, which is not published: so the need is not either"
            yield row.finding("noted", "needs", message)
