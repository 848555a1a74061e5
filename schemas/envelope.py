"""CloudEvents 1.0: the envelope that every event wears (https://github.com/cloudevents/spec, v1.0.2)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from schemas.dates import Instant
from schemas.names import PlanName

FORMATS = "application/cloudevents"
"""How the media type of every message in structured or batch mode begins."""
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"

Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Source = Annotated[str, StringConstraints(pattern=r"^/[a-z0-9]+(?:-[a-z0-9]+)*(?:/[!-~]*)?$", max_length=256)]
"""`/dft`, or an address that begins `/dft/`: its first part is the department that speaks."""


class Record(BaseModel):
    """Anything of the contract: frozen, and tolerant of fields that a later version adds."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Envelope(Record):
    """The attributes of a CloudEvent as Milepost uses them.

    `plan` is the Kafka key; `time` is when it was so; `acceptedtime` is set by Milepost alone, once, at acceptance;
    `correlationid` follows one request from the publisher to the sent mail. Unknown extensions are kept.
    """

    specversion: Literal["1.0"]
    id: Text
    source: Source
    type: str
    subject: str
    plan: PlanName
    time: Instant
    acceptedtime: Instant | None = None
    correlationid: str | None = None
    datacontenttype: str | None = None
    data: Any
