"""Reads milestones from open contracting data (OCDS releases and records) and data on infrastructure projects (OC4IDS).

Sources: the release schema of OCDS 1.1 and the project schema of OC4IDS 0.9, standard.open-contracting.org.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from schemas.ijson import BadJson, loads
from services.ingest.domain.days import day_or_none
from services.ingest.domain.returns.model import Finding, Meaning
from services.ingest.domain.returns.phrases import several_projects
from services.ingest.domain.schedules.model import Schedule
from services.ingest.readers.contracting_blocks import (
    Json,
    Stated,
    blocks_of_project,
    blocks_of_release,
    merged,
    part,
    parts,
    text,
)
from services.ingest.readers.contracting_milestones import SHEET, read_milestones
from services.ingest.readers.refusal import LIMITS, Limits, UnreadableFile, refuse_large
from services.ingest.readers.remarks import Remarks

MOST_MILESTONES = 20_000

_MEANS: dict[str, Meaning] = {"Due date": "baseline", "First due date": "original_baseline", "Date met": "actual"}
"""The dates that are read unless the sender says otherwise.

`dueDate` is the agreed date: the standard has `dateMet` compared with it to see what was on time, and publishes no
forecast. So it is the baseline; what is open has no forecast until its owner gives one.
"""

_SEND = "send an OCDS release or record package, or an OC4IDS project package"


def is_contracting(head: bytes) -> bool:
    """Whether a file that begins like this can be one: any JSON object may."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def read_contracting(content: bytes, limits: Limits = LIMITS) -> Schedule:
    """The milestones in the file as a schedule without relations; a day is the one that is written, in whatever zone.

    Raises UnreadableFile, whose message names the fix, for anything else and for what exceeds `limits`.
    """
    refuse_large(content, limits)
    try:
        document = loads(content)
    except BadJson as error:
        raise UnreadableFile(f"the file is no valid JSON ({error}): {_SEND}") from error
    if not isinstance(document, dict):
        raise UnreadableFile(f"the file is JSON, but no package: {_SEND}")
    return _schedule(document)


def _schedule(document: Json) -> Schedule:
    releases, projects = _releases(document), _projects(document)
    if not releases and not projects:
        raise UnreadableFile(f"the file is JSON, but has neither releases nor projects: {_SEND}")
    releases.sort(key=_moment)
    blocks = [block for release in releases for block in blocks_of_release(release)]
    blocks += [block for project in projects for block in blocks_of_project(project)]
    stated = merged(blocks)
    if len(stated) > MOST_MILESTONES:
        raise UnreadableFile(f"the file has more than {MOST_MILESTONES:,} milestones: send one file for each project")
    return _made(document, [*releases, *projects], stated)


def _made(document: Json, sources: Sequence[Json], stated: Sequence[Stated]) -> Schedule:
    remarks, named = Remarks(), list(dict.fromkeys(one.project for one in stated))
    tasks = tuple(read_milestones(stated, remarks))
    called = dict.fromkeys(name for task in tasks for name in task.dates)
    return Schedule(
        sheet=SHEET,
        identity="open contracting",
        project=named[0] or None if len(named) == 1 else None,
        as_at=_as_at(document, sources),
        tasks=tasks,
        means={name: _MEANS[name] for name in _MEANS if name in called},
        findings=(*_about_projects(named), *remarks.findings(SHEET)),
    )


def _releases(document: Json) -> list[Json]:
    """The releases in a package of them or of records, or the one that the document is.

    Of a record its releases, where they are there in full and not only as links; else what was compiled of them.
    """
    if not _has_any(document, "releases", "records"):
        return [document] if text(document, "ocid") else []
    found = parts(document, "releases")
    for record in parts(document, "records"):
        full = [release for release in parts(record, "releases") if text(release, "ocid")]
        found += full or [part(record, "compiledRelease")]
    return [release for release in found if release]


def _projects(document: Json) -> list[Json]:
    if _has_any(document, "projects"):
        return parts(document, "projects")
    return [document] if _has_any(document, "contractingProcesses") else []


def _has_any(document: Json, *names: str) -> bool:
    return any(isinstance(document.get(name), list) for name in names)


def _moment(release: Json) -> tuple[str, dt.datetime]:
    """When a release was made; of one that does not say, before all others."""
    try:
        said = dt.datetime.fromisoformat(text(release, "date"))
    except ValueError:
        said = dt.datetime.min
    return text(release, "ocid"), said if said.tzinfo else said.replace(tzinfo=dt.UTC)


def _as_at(document: Json, sources: Iterable[Json]) -> dt.date | None:
    """The latest day on which a release or a project was written, else that on which the file was published."""
    days = [day for source in sources for name in ("date", "updated") if (day := day_or_none(text(source, name)))]
    return max(days, default=day_or_none(text(document, "publishedDate")))


def _about_projects(named: Sequence[str]) -> Iterator[Finding]:
    if len(named) > 1:
        yield Finding("noted", several_projects(named), field="project")
