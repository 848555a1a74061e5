"""Requests that nobody in their right mind would send, as strategies: from almost good ones to noise."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.events import body

STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"

Header = tuple[bytes, bytes]

GOOD = [
    body("milestone.forecast", "dft/rail-2", {"forecast": "2027-03-01", "reason": "Possession moved"}),
    body("milestone.planned", "dft/a/b", {"title": "B", "places": ["E06000001"], "baseline": {"date": "2027-03-31"}}),
    body("outcome.observed", "dft/outcome", {"period": "2026", "value": 1.5}),
    body("plan.published", "dft/plan", {"title": "Plan"}, plan="dft/plan"),
    body("milestone.unblocked", "dwp/not-ours", {}),
]
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ODD = st.sampled_from(
    [
        *("NaN", "-Infinity", "1e999", "-1E-999", "-0", "01", "null", "true", "{}", "[]", "{,}", "\ufdd0"),
        *("9" * 5_000, "0.1" + "0" * 5_000 + "1", '"' + "x" * 5_000 + '"'),
        *("[" * 300 + "]" * 300, "[" * 5_000 + "]" * 5_000, '{"a":' * 5_000),
        *('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\t"', '"\\x"'),
        *('"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"', '"2026-02-30"', '"10000-01-01"'),
        '{"date":"9999-12-31","precision":"financial-year"}',
    ]
)
"""Values that some readers take, or choke on."""
NAMES = st.sampled_from(
    [*GOOD[0], "data_base64", "acceptedtime", "correlationid", "datacontenttype", "EXT", "e_x", "", "é", "ext"]
)
NOISE = st.binary(max_size=40)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A request: its headers, beside the key, and its body in the pieces in which it comes."""

    headers: Sequence[Header]
    chunks: Sequence[bytes]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """The JSON of an event with some of its members changed, added, doubled or taken out."""
    said = {**draw(st.sampled_from(GOOD)), "id": draw(st.text(max_size=3)), "time": "2025-01-01T00:00:00Z"}
    rows = [(name, json.dumps(value)) for name, value in said.items()]
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(rows) - 1))
        name, value = rows[at]
        rows[at] = draw(
            st.sampled_from([(draw(NAMES), value), (name, draw(ODD)), (name, draw(ODD))])
            | st.tuples(st.just(name), JSON.map(json.dumps))
        )
        if not draw(st.integers(0, 3)):
            rows.insert(at, (draw(NAMES), draw(ODD)))
        if not draw(st.integers(0, 3)):
            rows.pop(at)
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in rows) + "}"


@st.composite
def bodies(draw: st.DrawFn, said: st.SearchStrategy[str]) -> bytes:
    """What was said as bytes, now and then in another encoding, cut, or with noise in it."""
    text = draw(said)
    how = draw(st.integers(0, 9))
    if how == 0:
        return text.encode(draw(st.sampled_from(["utf-16", "utf-8-sig", "utf-32-le"])), "surrogatepass")
    raw = text.encode("utf-8", "surrogatepass")
    if how == 1:
        at = draw(st.integers(0, len(raw)))
        return raw[:at] + draw(NOISE) + raw[at + draw(st.integers(0, 5)) :]
    return raw


def _batch(elements: list[str]) -> str:
    return "[" + ",".join(elements) + "]"


BATCHES = st.lists(texts() | ODD | JSON.map(json.dumps), max_size=6).map(_batch)
TYPES = st.sampled_from(
    [
        *(STRUCTURED, BATCH, f"{STRUCTURED.upper()}; charset=UTF-8", f"{BATCH};", f"{STRUCTURED}; charset=utf-7"),
        *("application/json", "text/xml", "", ";", "*/*", "multipart/form-data"),
        *("application/cloudevents", "application/cloudevents+avro"),
    ]
)


def _headers(event: dict[str, Any], more: Sequence[Header]) -> list[Header]:
    return [*((f"ce-{name}".encode(), str(said).encode()) for name, said in event.items() if name != "data"), *more]


_ODD_HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *(b"ce-id", b"CE-ext", b"ce-data", b"ce-", b"ce-a_b", b"ce-time", b"Content-Type", b"Content-Length"),
                *(b"X-Correlation-ID", b"Authorization", b"Cookie", b"Transfer-Encoding", b"Content-Encoding"),
            ]
        ),
        NOISE
        | st.sampled_from(
            [b"%C0%A0", b"%", b'"a\\"', b"%00", b"Bearer x", b"milepost_session=a.b.c", b"10", b"99999999"]
        ),
    ),
    max_size=3,
)
MORE: st.SearchStrategy[list[Header]] = st.booleans().flatmap(lambda odd: _ODD_HEADERS if odd else st.just([]))
BINARY = st.builds(
    lambda event, more, data: Hostile(_headers({**event, "time": "2025-01-01T00:00:00Z"}, more), [data]),
    st.sampled_from(GOOD),
    MORE,
    st.sampled_from(GOOD).map(lambda event: json.dumps(event["data"]).encode()) | bodies(ODD),
)


LARGE = st.builds(
    lambda piece, size: (piece * size)[:size],
    st.sampled_from([b" ", b"[", b'{"a":', b'"', b"[0,", b"\x00", b"\xff"]),
    st.integers(900_000, 1_100_000),
)


def _request(content_type: str | bytes, more: Sequence[Header], raw: bytes, pieces: int) -> Hostile:
    size = max(1, len(raw) // pieces)
    kind = content_type.encode() if isinstance(content_type, str) else content_type
    return Hostile([(b"Content-Type", kind), *more], [raw[at : at + size] for at in range(0, len(raw), size)])


def _sent(content_type: st.SearchStrategy[Any], raw: st.SearchStrategy[bytes]) -> st.SearchStrategy[Hostile]:
    return st.builds(_request, content_type, MORE, raw, st.integers(1, 4))


KINDS = (
    (40, _sent(st.just(STRUCTURED), bodies(texts()))),
    (30, _sent(st.just(BATCH), bodies(BATCHES))),
    (15, BINARY),
    (14, _sent(TYPES | NOISE, bodies(texts() | BATCHES | ODD) | NOISE)),
    (1, _sent(TYPES, LARGE)),
)
"""Of a hundred requests so many are events, batches, in binary mode, anything, around the limit of size."""


def requests() -> st.SearchStrategy[Hostile]:
    """Any of them."""
    of_a_hundred = [kind for count, kind in KINDS for _ in range(count)]
    return st.integers(0, 99).flatmap(of_a_hundred.__getitem__)
