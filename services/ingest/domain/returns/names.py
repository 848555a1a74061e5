"""Names for a return's milestones: project, slug of the title, version; equal names are flagged, and never merged."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.names import LONGEST_SLUG, slugify
from services.ingest.domain.returns.model import LONGEST_TITLE, Finding, Row

_LONGEST_VERSION = 20


@dataclass(frozen=True, slots=True)
class Named:
    """A row's name, where it has one, and what stands in the way of publishing under it."""

    name: str | None
    obstacles: tuple[Finding, ...] = ()


def milestone_name(department: str, project: str, title: str, version: str | None = None) -> str:
    """The name of a milestone of a return: `dft/are-0024/obc-approval-1`.

    Raises ValueError when the project, title or version has no letter or digit that a name can be made of.
    """
    ending = f"-{slugify(version)[:_LONGEST_VERSION].rstrip('-')}" if version else ""
    slug = slugify(title)[: LONGEST_SLUG - len(ending)].rstrip("-") + ending
    return f"{department}/{slugify(project)}/{slug}"


def slug_of(project: str | None) -> str | None:
    """The slug of a project reference; None where there is none."""
    try:
        return slugify(project or "")
    except ValueError:
        return None


def name_rows(rows: Sequence[Row], department: str, project: str | None, left_out: Collection[str]) -> list[Named]:
    """The name of each row; there are none without a usable project.

    A row whose slot is in `left_out` is named too, and is in nobody's way.
    """
    usable = slug_of(project)
    named = [_name(row, department, usable) if usable else Named(None) for row in rows]
    by_name, by_slot = defaultdict(list), defaultdict(list)
    for row, of_row in zip(rows, named, strict=True):
        if row.slot not in left_out:
            by_slot[row.slot].append(row)
            if of_row.name:
                by_name[of_row.name].append(row)
    return [
        Named(of_row.name, (*of_row.obstacles, *_same_name(row, of_row.name, by_name), *_same_slot(row, by_slot)))
        for row, of_row in zip(rows, named, strict=True)
    ]


def _name(row: Row, department: str, project: str) -> Named:
    if len(row.title) > LONGEST_TITLE:
        return _unnameable(row, f"the title has {len(row.title)} letters: shorten it to {LONGEST_TITLE}")
    try:
        return Named(milestone_name(department, project, row.title, row.version))
    except ValueError as error:
        return _unnameable(row, f"{error}: give the milestone another title")


def _unnameable(row: Row, why: str) -> Named:
    return Named(None, (row.finding("refused", "title", f"{row.slot}: {why}"),))


def _same_name(row: Row, name: str | None, rows: Mapping[str, Sequence[Row]]) -> Iterator[Finding]:
    same = rows.get(name or "", ())
    if row in same and len(same) > 1:
        titles = " and ".join(f"{other.slot} ({other.title})" for other in same)
        message = (
            f"{titles} would all be the milestone {name}: give all but one another title or version, or leave them "
            "out. None of them is published until then"
        )
        yield row.finding("duplicate", "title", message)


def _same_slot(row: Row, rows: Mapping[str, Sequence[Row]]) -> Iterator[Finding]:
    same = rows.get(row.slot, ())
    if row in same and len(same) > 1:
        places = " and ".join(f"{other.row} of {other.sheet}" for other in same)
        message = f"rows {places} have the number {row.slot}: number them apart. None of them is published until then"
        yield row.finding("duplicate", "slot", message)
