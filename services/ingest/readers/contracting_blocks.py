"""Where open contracting data has milestones, and how later releases change what earlier ones said of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]

_ENDED = {"cancelled", "terminated"}


@dataclass(frozen=True, slots=True)
class Block:
    """The milestones of one part of a contracting process or project, as one release has them.

    `owner` is the id of the process or project, `project` the reference of the project that a process says it is of;
    `kind` is the part ("tender"), and `part` its id where there are several. `ended` says that the part was cancelled
    or terminated.
    """

    owner: str
    project: str
    kind: str
    part: str
    milestones: Sequence[Json]
    ended: bool = False

    @property
    def label(self) -> str:
        """The part in words."""
        return " ".join(filter(None, [self.kind, self.part]))


@dataclass(slots=True)
class Stated:
    """A milestone as all releases together state it: in its last block, with its fields, and the due dates it had.

    `project` is the reference of its project, else the id of the process. `id` is None where it has none of its own in
    its block.
    """

    block: Block
    id: str | None
    project: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    due: list[str] = field(default_factory=list)


def blocks_of_release(release: Json) -> Iterator[Block]:
    """The milestones of an OCDS release, or of the compiled release of a record."""
    owner = text(release, "ocid") or text(release, "id")
    planning, tender = part(release, "planning"), part(release, "tender")
    project = _project(planning)
    yield Block(owner, project, "planning", "", parts(planning, "milestones"))
    yield Block(owner, project, "tender", "", parts(tender, "milestones"), _has_ended(tender))
    for contract in parts(release, "contracts"):
        identifier, ended = text(contract, "id"), _has_ended(contract)
        yield Block(owner, project, "contract", identifier, parts(contract, "milestones"), ended)
        implementation = part(contract, "implementation")
        yield Block(owner, project, "implementation", identifier, parts(implementation, "milestones"), ended)


def blocks_of_project(project: Json) -> Iterator[Block]:
    """The milestones of an OC4IDS project, and of the summaries of its contracting processes."""
    owner = text(project, "id")
    yield Block(owner, owner, "project", "", parts(project, "milestones"), _has_ended(project))
    for process in parts(project, "contractingProcesses"):
        summary = part(process, "summary")
        identifier = text(process, "id") or text(summary, "ocid")
        yield Block(owner, owner, "process", identifier, parts(summary, "milestones"), _has_ended(summary))


def merged(blocks: Iterable[Block]) -> list[Stated]:
    """The milestones of these blocks, in order; what a later block of the same part says of one replaces what was said.

    By the standard's rules of merging: milestones are the same by their id inside a part, each field is as it was last
    said, and null removes it.
    """
    found: dict[tuple[object, ...], Stated] = {}
    projects: dict[str, str] = {}
    for block in blocks:
        projects[block.owner] = block.project or projects.get(block.owner, block.owner)
        often = Counter(text(one, "id") for one in block.milestones)
        for number, one in enumerate(block.milestones):
            identifier = text(one, "id")
            own = identifier if identifier and often[identifier] == 1 else None
            name = (block.owner, block.kind, block.part, own or (identifier, text(one, "title"), number))
            stated = found.setdefault(name, Stated(block, own))
            stated.block = block
            stated.fields |= one
            due = text(stated.fields, "dueDate")
            if due and due not in stated.due[-1:]:
                stated.due.append(due)
    for stated in found.values():
        stated.project = projects[stated.block.owner]
    return list(found.values())


def text(said: Json, name: str) -> str:
    """The text of a field on one line; a number counts as its text, anything else as none."""
    value = said.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    # a lone surrogate, which JSON can escape, is no text that could be sent on
    return " ".join(value.encode(errors="replace").decode().split()) if isinstance(value, str) else ""


def part(said: Json, name: str) -> Json:
    """The object in a field; an empty one where there is none."""
    value = said.get(name)
    return value if isinstance(value, dict) else {}


def parts(said: Json, name: str) -> list[Json]:
    """The objects in a field that is a list."""
    value = said.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _project(planning: Json) -> str:
    """The reference of the project that a contracting process belongs to: an id before a title."""
    project, budget = part(planning, "project"), part(planning, "budget")
    said = (text(project, "id"), text(budget, "projectID"), text(project, "title"), text(budget, "project"))
    return next(filter(None, said), "")


def _has_ended(said: Json) -> bool:
    return text(said, "status") in _ENDED
