"""An order of a network in which everything comes after what it needs, rings kept together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

Name = TypeVar("Name", str, int)


def components(needs: Mapping[Name, Sequence[Name]]) -> Iterator[tuple[Name, ...]]:
    """The strongly connected parts, each after every part that it needs (Tarjan 1972, without recursion).

    `needs` maps each name to the names it needs; names that are no key are passed over.
    """
    index: dict[Name, int] = {}
    low: dict[Name, int] = {}
    stack: list[Name] = []
    on_stack: set[Name] = set()
    for root in needs:
        if root in index:
            continue
        walk = [_enter(root, needs, index, low, stack, on_stack)]
        while walk:
            name, successors = walk[-1]
            following = next((s for s in successors if s in needs and (s not in index or s in on_stack)), None)
            if following is None:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[name])
                if low[name] == index[name]:
                    yield _leave(name, stack, on_stack)
            elif following in index:
                low[name] = min(low[name], index[following])
            else:
                walk.append(_enter(following, needs, index, low, stack, on_stack))


def _enter(
    name: Name,
    needs: Mapping[Name, Sequence[Name]],
    index: dict[Name, int],
    low: dict[Name, int],
    stack: list[Name],
    on_stack: set[Name],
) -> tuple[Name, Iterator[Name]]:
    index[name] = low[name] = len(index)
    stack.append(name)
    on_stack.add(name)
    return name, iter(needs[name])


def _leave(name: Name, stack: list[Name], on_stack: set[Name]) -> tuple[Name, ...]:
    at = stack.index(name) if stack[-1] != name else len(stack) - 1
    part = tuple(sorted(stack[at:]))
    del stack[at:]
    on_stack.difference_update(part)
    return part


def rings(parts: Iterable[tuple[Name, ...]]) -> dict[Name, tuple[Name, ...]]:
    """Each name in a ring of two or more -> the ring."""
    return {name: part for part in parts if len(part) > 1 for name in part}
