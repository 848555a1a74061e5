"""Projects of Primavera, and their baselines."""

import datetime as dt
from typing import Any

from schemas.dates import PreciseDate
from services.ingest.domain.returns.model import Return
from services.ingest.domain.schedules.milestones import milestones
from services.ingest.readers.xer import read_xer
from tests.services.ingest.readers.project_files import (
    Rows,
    activity,
    primavera,
    project,
    said,
    waits,
)

LATER = "2027-11-25 17:00"
PLANNED = PreciseDate(date=dt.date(2026, 11, 20))


def read(activities: Rows, relations: Rows = (), **tables: Rows) -> Return:
    """The milestones of a file with these activities and relations."""
    return milestones(read_xer(primavera(activities, relations, **tables)))


def test_a_baseline_in_the_file_is_no_project_of_its_own() -> None:
    """It gives the dates of its project's baseline, by activity id."""
    tables: dict[str, Any] = {
        "PROJECT": [project(1, sum_base_proj_id=2), project(2, proj_short_name="BL", orig_proj_id=1)]
    }
    saved = activity(9, proj_id=2, task_code="A0001", target_end_date="2026-11-13 17:00")
    found = read([activity(1), saved, activity(2)], [waits(1, 9)], **tables)
    assert [row.slot for row in found.rows] == ["A0001", "A0002"]
    assert [row.baseline for row in found.rows] == [PreciseDate(date=dt.date(2026, 11, 13)), None]
    assert found.project == "EC0001"


def test_several_baselines_are_kept_apart() -> None:
    """None of two that are not assigned is the current one; the only one there is, is."""
    copies = [project(number, proj_short_name=f"BL{number}", orig_proj_id=1) for number in (2, 3)]
    saved = [activity(number, proj_id=number, task_code="A0001") for number in (2, 3)]
    found = read([activity(1), *saved], PROJECT=[project(), *copies])
    assert found.rows[0].agreed is None
    assert "the baselines Baseline BL2 and Baseline BL3: none of them is the current one" in said(found)
    assert read([activity(1), *saved], PROJECT=[project(), copies[0]]).rows[0].baseline == PLANNED


def test_several_projects_are_kept_apart() -> None:
    """Each row is of its own, on a sheet of its own; a return is about one."""
    tables: dict[str, Any] = {"PROJECT": [project(1), project(2)]}
    found = read([activity(1), activity(2, proj_id=2, task_code="A0001")], [waits(2, 1, proj_id=2)], **tables)
    assert [(row.sheet, row.slot, row.project) for row in found.rows] == [
        ("EC0001", "EC0001 A0001", "EC0001"),
        ("EC0002", "EC0002 A0001", "EC0002"),
    ]
    assert [need.slot for need in found.rows[1].needs] == ["EC0001 A0001"]
    assert found.project is None
    assert "the file is about 2 projects (EC0001 and EC0002)" in said(found)
