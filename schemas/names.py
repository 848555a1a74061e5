"""Names of departments, plans, projects, milestones and places: their grammar, and who may speak for whom."""

import re
import unicodedata
from collections.abc import Container
from typing import Annotated

from pydantic import StringConstraints

RESERVED = "milepost"
"""The department name under which Milepost itself speaks; no key is ever issued for it."""

CANARY = "milepost-canary"
"""The department as which Milepost tries itself out: its plan is nobody else's, and is counted nowhere."""

LONGEST_SLUG = 80
_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"


def _matching(pattern: str, parts: int) -> StringConstraints:
    return StringConstraints(pattern=f"^{pattern}$", max_length=parts * LONGEST_SLUG + parts - 1)


Department = Annotated[str, _matching(_SLUG, 1)]
"""Whoever publishes, a council too: `dft`."""

PlanName = Annotated[str, _matching(f"{_SLUG}/{_SLUG}", 2)]
"""A plan, named under its lead: `dluhc/towns-fund`."""

MilestoneName = Annotated[str, _matching(f"{_SLUG}(?:/{_SLUG}){{1,2}}", 3)]
"""A milestone under its owner, with or without a project: `dft/rail-2`, `dft/are-0024/obc-approval`."""

Place = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{8}$")]
"""A GSS code of the Office for National Statistics: `E06000001`."""

Mailbox = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$", max_length=254
    ),
]
"""A team's mail address: `milestones@dft.gov.uk`."""


def slugify(text: str) -> str:
    """The slug of a title: ASCII, lowercase, words joined by `-`, at most 80 letters.

    Raises ValueError when nothing of the text can stand in a slug.
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:LONGEST_SLUG].rstrip("-")
    if not slug:
        raise ValueError(f"{text!r} has no letter or digit that a name can be made of")
    return slug


def owner(name: str) -> str:
    """The department that a plan's or milestone's name stands under."""
    return name.partition("/")[0]


def project_of(milestone: str) -> str | None:
    """The project in a milestone's name, where it has one."""
    parts = milestone.split("/")
    return parts[1] if len(parts) == 3 else None


def may_speak(departments: Container[str], name: str) -> bool:
    """Whether a key for these departments may say things about `name`: a plan, a milestone or a source (`/dft/p6`)."""
    return owner(name.removeprefix("/")) in departments
