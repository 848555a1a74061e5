"""Milepost's own records on the log: how plans that need each other keep in step, and the network of all of them."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.dates import PlainDate
from schemas.envelope import Envelope, Record
from schemas.names import RESERVED, MilestoneName, PlanName

NETWORK = f"{RESERVED}/network"
"""The plan whose events are the links between plans."""

Key = Annotated[str, Field(pattern=r"^[^|]+\|[^|]+$")]
"""A milestone wherever it is: `plan|milestone`."""


class Versioned(Record):
    """A record of ours: of two that say the same thing, the one of the sender's greater version holds."""

    version: Annotated[int, Field(ge=0)]


class WantedData(Versioned):
    """The plan `by` needs (or no longer needs) a milestone of the plan that the record is about."""

    milestone: MilestoneName
    by: PlanName
    wanted: bool


class PortData(Versioned):
    """Where a milestone of the plan `of` stands, for a plan that needs it.

    `known` is false when nobody has planned it. `path` leads from its cause to it (of a very long one the middle is
    left out); `chain` names every milestone through which a date came from another plan, itself last. `answers` are
    the giver's, by the milestone that needs it.
    """

    of: PlanName
    milestone: MilestoneName
    known: bool
    lifecycle: Literal["open", "done", "cancelled"] = "open"
    projected: PlainDate | None = None
    by_day: bool = False
    withdrawn: bool = False
    path: tuple[Key, ...] = ()
    chain: tuple[Key, ...] = ()
    answers: dict[Key, Literal["accepted", "disputed"]] = Field(default_factory=dict)


class Link(Record):
    """A milestone needs one of another plan, and leads to these, which other plans need."""

    needs: Key
    milestone: MilestoneName
    leads_to: tuple[MilestoneName, ...]


class LinksData(Versioned):
    """The links of the plan `of`: each way on which a date can come in and go out again."""

    of: PlanName
    links: tuple[Link, ...]


class Cut(Record):
    """A dependency across plans that is left out, because it closes a cycle."""

    needs: Key
    milestone: MilestoneName


class JudgedData(Versioned):
    """The dependencies of the plan that are left out."""

    cuts: tuple[Cut, ...]


class PortWanted(Envelope):
    """A plan registers with the one that it needs; it is answered with a PortMoved."""

    type: Literal["org.milepost.port.wanted.v1"] = "org.milepost.port.wanted.v1"
    subject: PlanName
    data: WantedData


class PortMoved(Envelope):
    """A milestone that another plan needs has moved."""

    type: Literal["org.milepost.port.moved.v1"] = "org.milepost.port.moved.v1"
    subject: PlanName
    data: PortData


class LinksReported(Envelope):
    """A plan tells the network plan its links."""

    type: Literal["org.milepost.links.reported.v1"] = "org.milepost.links.reported.v1"
    subject: PlanName
    data: LinksData


class LinksJudged(Envelope):
    """The network plan tells a plan which of its dependencies are left out."""

    type: Literal["org.milepost.links.judged.v1"] = "org.milepost.links.judged.v1"
    subject: PlanName
    data: JudgedData


class RebuildRequested(Envelope):
    """An operator asks for a plan to be folded again from its history."""

    type: Literal["org.milepost.rebuild.requested.v1"] = "org.milepost.rebuild.requested.v1"
    subject: PlanName
    data: Record = Field(default_factory=Record)


NetworkRecord = PortWanted | PortMoved | LinksReported | LinksJudged
"""What Milepost says to itself about dependencies across plans."""
