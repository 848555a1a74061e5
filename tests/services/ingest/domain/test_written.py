"""What goes on the log is what was judged: ours written behind what was said reads as if all were written anew."""

import datetime as dt
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LOG_RECORD
from schemas.ijson import loads
from services.ingest.domain.acceptance import OURS, Admitted, Refusal, admit, stamped, written
from services.plan_tracking.domain.registers import stamp
from tests.events import NOON, body, records

ALL = ("dft", "dwp", "dluhc")
ALIKE = st.sampled_from(
    [
        "0",
        "-0",
        "-0.0",
        "1.10",
        "1e0",
        "1E+2",
        "0.1",
        "1e-7",
        "123456789012.12345678",
        "1e11",
        '"1.10"',
        "null",
    ]
)
"""Numbers in forms that a careless reader or writer would change."""


@st.composite
def extensions(draw: st.DrawFn) -> dict[str, Any]:
    """Attributes that Milepost does not know, and now and then those that it sets."""
    text = st.text(st.characters(exclude_categories=["C"]), max_size=9)
    simple = st.none() | st.booleans() | st.integers(-(2**31), 2**31 - 1) | text
    more = draw(st.dictionaries(st.from_regex("[a-z][a-z0-9]{5,9}", fullmatch=True), simple, max_size=3))
    ours = st.fixed_dictionaries({}, optional={"acceptedtime": st.none(), "correlationid": st.none() | text})
    return {**more, **draw(ours)}


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """An event as somebody's program may write it: any order, spaces, escapes, forms of numbers."""
    record = draw(records()).model_dump(mode="json", exclude_unset=True)
    said = {name: value for name, value in record.items() if name not in OURS} | draw(extensions())
    if draw(st.booleans()):
        observed = {"period": "2026", "value": None, "provisional": draw(st.booleans())}
        said |= body("outcome.observed", "dft/outcome", observed, source="/dft/x")
    text = _object(draw, said).replace('"value":null', f'"value":{draw(ALIKE)}')
    return (draw(SPACE) + text + draw(SPACE)).encode()


SPACE = st.sampled_from(["", " ", "\n\t ", "\r\n"])


def _object(draw: st.DrawFn, said: dict[str, Any]) -> str:
    between = draw(SPACE)
    rows = [f"{_text(draw, name)}:{_value(draw, value)}" for name, value in draw(st.permutations(list(said.items())))]
    return "{" + between + f"{between},{between}".join(rows) + between + "}"


def _value(draw: st.DrawFn, value: Any) -> str:
    if isinstance(value, dict):
        return _object(draw, value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(draw, one) for one in value) + "]"
    return _text(draw, value) if isinstance(value, str) else json.dumps(value)


def _text(draw: st.DrawFn, text: str) -> str:
    style = draw(st.integers(0, 3))
    if style == 0 and text.isascii() and text.isalnum():
        return '"' + "".join(f"\\u{ord(letter):04x}" for letter in text) + '"'
    return json.dumps(text, ensure_ascii=style == 1).replace("/", "\\/" if style == 2 else "/")


@given(texts(), st.sampled_from(["c-1", 'say "hello" \\ 😀']))
def test_what_is_written_reads_as_the_event_that_was_judged(raw: bytes, correlation: str) -> None:
    """The same record, register by register, stamp by stamp; each name once; nothing said is lost."""
    one = admit(raw, ALL, NOON)
    assert not isinstance(one, Refusal), one
    [record] = written([one], NOON, correlation)
    [event] = stamped([one.event], NOON, correlation)
    read, anew = (LOG_RECORD.validate_json(text) for text in (record, event.model_dump_json(exclude_unset=True)))
    assert read == anew
    assert read.model_fields_set == anew.model_fields_set
    assert stamp(read) == stamp(anew)
    said, kept = loads(raw), loads(record)
    assert all(kept[name] == said[name] for name in said if name not in (*OURS, "time", "data"))
    assert kept["correlationid"] == (said.get("correlationid") or correlation)


def test_what_is_written_is_accepted_one_after_another() -> None:
    """Strictly increasing, so that the order of a request is kept."""
    one = admit(json.dumps(body("milestone.started", "dft/x", {"started": "2026-01-01"})).encode(), ALL, NOON)
    assert isinstance(one, Admitted)
    times = [LOG_RECORD.validate_json(record).acceptedtime for record in written([one, one], NOON, "c-1")]
    assert times == [NOON, NOON + dt.timedelta(microseconds=1)]
