"""CloudEvents 1.0 in binary mode: attributes in the headers of an HTTP message or a Kafka record, data in its body.

https://github.com/cloudevents/spec, v1.0.2: bindings/http-protocol-binding.md and bindings/kafka-protocol-binding.md.
"""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

Attributes = dict[str, Any]


class BadBinding(ValueError):
    """A message that is no event; `field` names the header or `data`."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field, self.detail = field, detail


def media_type(content_type: str) -> str:
    """The media type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def from_http(headers: Iterable[tuple[str, str]], body: bytes) -> Attributes:
    """The event of an HTTP message in binary mode, as JSON values; header values are percent-decoded."""
    event: Attributes = {}
    for name, value in headers:
        lowered = name.lower()
        if lowered.startswith("ce-"):
            event[lowered.removeprefix("ce-")] = _decoded(name, value)
        elif lowered == "content-type":
            event["datacontenttype"] = value
    return _with_data(event, body)


def is_binary_kafka(headers: Iterable[tuple[str, bytes]]) -> bool:
    """Whether a record's headers carry an event's attributes."""
    return any(name.lower() == "ce_specversion" for name, _ in headers)


def from_kafka(headers: Iterable[tuple[str, bytes]], value: bytes) -> Attributes:
    """The event of a Kafka record in binary mode, as JSON values; header values are UTF-8."""
    event: Attributes = {}
    for name, raw in headers:
        lowered = name.lower()
        if lowered.startswith("ce_"):
            event[lowered.removeprefix("ce_")] = _utf8(name, raw)
        elif lowered == "content-type":
            event["datacontenttype"] = _utf8(name, raw)
    return _with_data(event, value)


def _decoded(name: str, value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':  # a quoted string of HTTP
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError as error:
        raise BadBinding(name, "percent-encoded, but not UTF-8") from error


def _utf8(name: str, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadBinding(name, "the header's value is not UTF-8") from error


def _with_data(event: Attributes, body: bytes) -> Attributes:
    kind = media_type(event.get("datacontenttype") or "application/json")
    if not body:
        return event
    if kind != "application/json" and not kind.endswith("+json"):
        raise BadBinding("content-type", f"data is {kind}: send application/json")
    try:
        return {**event, "data": json.loads(body)}
    except ValueError as error:  # JSON or UTF-8
        raise BadBinding("data", "not JSON in UTF-8") from error
