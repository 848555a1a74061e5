"""What a service and the child process in which a file is read say to each other: an Asked, and an Answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from services.ingest.domain.returns.choices import Reading
from services.ingest.domain.returns.model import Choices

OUT_OF_MEMORY = 3
"""The exit code for a file that needs more memory than it is given."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How to read the file: the sender's own choices, and those known by layout."""

    own: Choices
    known: Mapping[str, Choices] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read, or the sentence that says why nothing was; `unbounded` says why memory could not be limited."""

    reading: Reading | None = None
    refused: str | None = None
    unbounded: str | None = None


ASKED, ANSWER = TypeAdapter(Asked), TypeAdapter(Answer)
