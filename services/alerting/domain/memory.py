"""Memory: what was said to one subscriber, in chunks that stay small enough to be one document each."""

from collections.abc import Mapping, Sequence

from services.alerting.domain.model import Said

LARGEST_CHUNK = 500

Chunk = dict[str, Said]
"""What was said, by alert key."""


def merged(chunks: Sequence[Chunk]) -> Chunk:
    """Everything that was said."""
    return {key: said for chunk in chunks for key, said in chunk.items()}


def remember(chunks: Sequence[Chunk], news: Mapping[str, Said | None]) -> dict[int, Chunk]:
    """The chunks that change, by number, when `news` is said; None forgets."""
    after = [dict(chunk) for chunk in chunks]
    for key, said in news.items():
        holder = next((chunk for chunk in after if key in chunk), None)
        if holder is not None and said is None:
            del holder[key]
        elif said is not None:
            (_with_room(after) if holder is None else holder)[key] = said
    return {n: chunk for n, chunk in enumerate(after) if n >= len(chunks) or chunk != chunks[n]}


def _with_room(chunks: list[Chunk]) -> Chunk:
    for chunk in chunks:
        if len(chunk) < LARGEST_CHUNK:
            return chunk
    chunks.append({})
    return chunks[-1]
