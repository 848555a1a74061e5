"""The load on an ingest, a process of its own: prepared requests over kept connections, and as little else as can be.

`python -m tests.bench.load PORT PATH CONTENT_TYPE KEY CONCURRENCY BODIES`: posts each line of the file BODIES; prints
the time from the first request to the last answer. Any answer but 202 ends it with an error.
"""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.local.ports import HOST
from tests.bench.measure import Spent, tell


class NotAccepted(Exception):
    """An answer that was not 202."""


def request(path: str, content_type: str, key: str, body: bytes) -> bytes:
    """A request of HTTP/1.1 that keeps the connection."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def post(port: int, requests: list[bytes], concurrency: int) -> Spent:
    """Sends all requests, `concurrency` at a time; answers with what that took."""
    streams = [await asyncio.open_connection(HOST, port) for _ in range(concurrency)]
    waiting, begin = iter(requests), Spent.so_far()
    await asyncio.gather(*(_connection(*stream, waiting) for stream in streams))
    spent = Spent.so_far().since(begin)
    for _, writer in streams:
        writer.close()
    return spent


async def _connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waiting: Iterator[bytes]) -> None:
    for one in waiting:
        writer.write(one)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        if not head.startswith(b"HTTP/1.1 202"):
            raise NotAccepted(f"{head.partition(b' ')[2][:40]!r}: {body[:500]!r}")


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def main(port: str, path: str, content_type: str, key: str, concurrency: str, bodies: str) -> None:
    """The whole process."""
    requests = [request(path, content_type, key, body) for body in Path(bodies).read_bytes().splitlines()]
    tell(asyncio.run(post(int(port), requests, int(concurrency))))


if __name__ == "__main__":
    main(*sys.argv[1:])
