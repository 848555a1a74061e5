"""A mapping with changes on top, so that a batch can be worked out without touching what others still read."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar, overload

V = TypeVar("V")
D = TypeVar("D")
_MISSING = object()


class Layered(Mapping[str, V], Generic[V]):
    """What `base` says, except where `changes` says otherwise; nothing is ever taken away."""

    __slots__ = ("base", "changes")

    def __init__(self, base: Mapping[str, V], changes: dict[str, V] | None = None) -> None:
        self.base: Mapping[str, V] = base
        self.changes: dict[str, V] = {} if changes is None else changes

    def __getitem__(self, key: str) -> V:
        """The value; raises KeyError without one."""
        found = self.changes.get(key, _MISSING)
        return self.base[key] if found is _MISSING else found  # type: ignore[return-value]

    @overload
    def get(self, key: str, default: None = None, /) -> V | None: ...
    @overload
    def get(self, key: str, default: V | D, /) -> V | D: ...
    def get(self, key: str, default: object = None, /) -> object:
        """The value, or the default."""
        found = self.changes.get(key, _MISSING)
        return self.base.get(key, default) if found is _MISSING else found

    def __contains__(self, key: object) -> bool:
        return key in self.changes or key in self.base

    def __iter__(self) -> Iterator[str]:
        yield from self.base
        yield from (key for key in self.changes if key not in self.base)

    def __len__(self) -> int:
        return len(self.base) + sum(key not in self.base for key in self.changes)


def changed(mapping: Mapping[str, V]) -> Mapping[str, V]:
    """What differs from the base."""
    return mapping.changes if isinstance(mapping, Layered) else mapping


def base(mapping: Mapping[str, V]) -> Mapping[str, V]:
    """What was there before the changes: nothing, where there are no layers."""
    return mapping.base if isinstance(mapping, Layered) else {}


def settled(mapping: Mapping[str, V]) -> Mapping[str, V]:
    """The base with the changes in it: for whoever owns the base, once the changes are written."""
    if not isinstance(mapping, Layered):
        return mapping
    base = mapping.base
    assert isinstance(base, dict)  # noqa: S101 - a layer stands on the owner's dictionary, never on another layer
    base.update(mapping.changes)
    return base
