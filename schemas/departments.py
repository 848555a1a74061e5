"""What ingest concludes of a department, whatever the plans: what was refused of its events and waits for it."""

from typing import Literal

from pydantic import Field, TypeAdapter

from schemas.dates import Instant
from schemas.envelope import Record, Source, Text
from schemas.names import Department


class DepartmentState(Record):
    """One department: `refused` counts its records that were refused and for which nothing has been sent again.

    `since` is when the oldest of them was refused, `newest` when the latest was; `fields` counts them by the field at
    fault. `link` is the page on which its own can read, mend and send them again.
    """

    department: Department
    version: int
    refused: int = Field(0, ge=0)
    since: Instant | None = None
    newest: Instant | None = None
    fields: dict[str, int] = Field(default_factory=dict)
    link: str


class DepartmentConcluded(Record):
    """A department's newest state, on `milepost.departments`: a CloudEvent that is of no plan."""

    specversion: Literal["1.0"] = "1.0"
    id: Text
    source: Source
    type: Literal["org.milepost.department.concluded.v1"] = "org.milepost.department.concluded.v1"
    subject: Department
    time: Instant
    data: DepartmentState


DEPARTMENT_CONCLUDED = TypeAdapter(DepartmentConcluded)
