"""Notices an id that is used again for something else, as far as one replica can remember."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from schemas.events import EVENT
from services.ingest.domain.acceptance import OURS, Admitted

MOST_BYTES = 16_000_000
"""How much is remembered: some 20,000 events of usual size."""

_BESIDE = 600
"""Bytes that an event takes beside its JSON."""


class Recent:
    """What was accepted lately, by source and id.

    It knows what came by `POST /events` to this replica since it started, the latest of each id, and of that as much
    as fits: no warning is no proof that an id is new. `GET /events` shows every outcome of a source and id.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._size = most_bytes, 0
        self._said: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def reused(self, source: str, identifier: str, raw: bytes) -> bool:
        """Remembers an accepted event; answers whether its id stood for something else when it was last accepted."""
        before = self._said.pop((source, identifier), None)
        self._said[source, identifier] = raw
        self._size += len(raw) + _BESIDE
        if before is not None:
            self._size -= len(before) + _BESIDE
        while self._size > self._most:
            self._size -= len(self._said.popitem(last=False)[1]) + _BESIDE
        return _differ(before, raw)

    def would_be_reused(self, admitted: Iterable[Admitted]) -> list[bool]:
        """What `reused` would answer to these, one after another; nothing is remembered."""
        among, answers = dict[tuple[str, str], bytes](), list[bool]()
        for one in admitted:
            name = (one.event.source, one.event.id)
            answers.append(_differ(among.get(name, self._said.get(name)), one.raw))
            among[name] = one.raw
        return answers


def _differ(before: bytes | None, raw: bytes) -> bool:
    return before is not None and before != raw and _content(before) != _content(raw)


def _content(raw: bytes) -> dict[str, Any]:
    return EVENT.validate_json(raw).model_dump(exclude=set(OURS), exclude_unset=True)
