"""The milestones that are known before a return is read: of earlier returns, and of today's plan."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from schemas.names import owner, project_of
from schemas.states import MilestoneState
from services.ingest.domain.returns.memory import Binding, Memory


@dataclass(frozen=True, slots=True)
class Sent:
    """What was published of the same return when it was sent before: by slot its milestones, and who needs whom."""

    names: Mapping[str, str] = field(default_factory=dict)
    needs: AbstractSet[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Before:
    """What is known before a return: the milestones of today's plan by name (None: not known now), and the memory."""

    today: Mapping[str, MilestoneState] | None = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    sent: Sent = field(default_factory=Sent)


@dataclass(frozen=True, slots=True)
class Known:
    """A milestone that a row may continue: of an earlier return, of today's plan, or of both.

    `titles` are all that it has there, the plan's first; `returned` says whether the last return had it; `state` is
    today's, where the plan has it.
    """

    name: str
    titles: tuple[str, ...]
    version: str | None = None
    key: str | None = None
    returned: bool = False
    state: MilestoneState | None = None

    @property
    def title(self) -> str:
        """The title that people know it by."""
        return self.titles[0]

    @property
    def project(self) -> str:
        """The project (a slug) that it is named under; "" where there is none."""
        return project_of(self.name) or ""

    @property
    def is_open(self) -> bool:
        """Whether it is neither done nor cancelled, as far as is known."""
        return self.state is None or self.state.lifecycle == "open"


def known_milestones(department: str, before: Before) -> dict[str, Known]:
    """Every milestone that a row of this department may continue, by name."""
    return {one.name: one for one in _known(department, before)}


def _known(department: str, before: Before) -> Iterator[Known]:
    bound, today = {one.name for one in before.memory.bindings}, before.today or {}
    for one in before.memory.bindings:
        yield _bound(one, before.memory, today.get(one.name))
    for name, state in today.items():
        if name not in bound and owner(name) == department:
            yield Known(name, (state.title,), state=state)


def _bound(one: Binding, memory: Memory, state: MilestoneState | None) -> Known:
    titles = dict.fromkeys([*([state.title] if state else []), one.title])
    return Known(one.name, tuple(titles), one.version, one.key, returned=one.receipt == memory.receipt, state=state)
