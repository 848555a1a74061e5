"""CloudEvents 1.0 in binary mode: attributes in the headers of an HTTP message or a Kafka record, data in its body.

https://github.com/cloudevents/spec, v1.0.2: bindings/http-protocol-binding.md, bindings/kafka-protocol-binding.md and
formats/json-format.md.
"""

import base64
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from schemas.envelope import FORMATS
from schemas.ijson import BadJson, loads

Attributes = dict[str, Any]

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s;"]+)', re.IGNORECASE)


class BadBinding(ValueError):
    """A message that is no event; `field` names the header or `data`."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field, self.detail = field, detail


def media_type(content_type: str) -> str:
    """The media type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def is_json(content_type: str) -> bool:
    """Whether it declares JSON: its subtype is `json`, or ends with `+json`."""
    kind = media_type(content_type)
    return kind.endswith(("/json", "+json"))


def require_utf8(content_type: str) -> None:
    """Raises BadBinding when the content type declares another character set than JSON's own."""
    found = _CHARSET.search(content_type)
    if found and found[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise BadBinding("content-type", f"charset is {found[1]}: JSON is sent in UTF-8")


def from_http(headers: Iterable[tuple[str, str]], body: bytes) -> Attributes:
    """The event of an HTTP message in binary mode, as JSON values; header values are percent-decoded."""
    event: Attributes = {}
    for name, value in headers:
        if name.lower() == "content-type":
            _put(event, name, "datacontenttype", value)
        elif name.lower().startswith("ce-"):
            _put(event, name, _attribute(name), _decoded(name, value))
    return _with_data(event, body)


def is_binary_kafka(headers: Iterable[tuple[str, bytes | None]]) -> bool:
    """Whether a record's headers carry an event's attributes: those of a structured event are copies."""
    named = {name.lower(): raw for name, raw in headers}
    kind = (named.get("content-type") or b"").decode(errors="replace")
    return "ce_specversion" in named and not media_type(kind).startswith(FORMATS)


def from_kafka(headers: Iterable[tuple[str, bytes | None]], value: bytes) -> Attributes:
    """The event of a Kafka record in binary mode, as JSON values; header values are UTF-8, a null one is absent."""
    event: Attributes = {}
    for name, raw in ((name, raw) for name, raw in headers if raw is not None):
        if name.lower() == "content-type":
            _put(event, name, "datacontenttype", _utf8(name, raw))
        elif name.lower().startswith("ce_"):
            _put(event, name, _attribute(name), _utf8(name, raw))
    return _with_data(event, value)


def with_decoded_data(said: Attributes) -> Attributes:
    """A structured event whose `data_base64` holds its data, with the JSON that it holds as `data`."""
    event = {name: value for name, value in said.items() if name != "data_base64"}
    if "data" in event:
        raise BadBinding("data_base64", "sent beside data: send one of them")
    try:
        body = base64.b64decode(said["data_base64"], validate=True)
    except (TypeError, ValueError) as error:
        raise BadBinding("data_base64", "not Base64") from error
    return _with_data(event, body)


def _attribute(header: str) -> str:
    """The attribute of a header, which has a prefix of three letters."""
    name = header[3:].lower()
    if name in ("data", "data_base64", "datacontenttype"):
        raise BadBinding(header, "no attribute of a header: data is the body, and its type is Content-Type")
    return name


def _put(event: Attributes, header: str, attribute: str, value: str) -> None:
    if attribute in event:
        raise BadBinding(header, "sent twice: send it once")
    event[attribute] = value


def _decoded(name: str, value: str) -> str:
    if not value.isascii():
        raise BadBinding(name, "has letters outside ASCII: percent-encode their UTF-8")
    if quoted := _QUOTED.fullmatch(value):  # as the first versions of the specification sent it
        value = re.sub(r"\\(.)", r"\1", quoted[1])
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
    kind = str(event.get("datacontenttype") or "application/json")
    if not body:
        return event
    if not is_json(kind):
        raise BadBinding("content-type", f"data is {media_type(kind)}: send application/json")
    require_utf8(kind)
    try:
        return {**event, "data": loads(body)}
    except BadJson as bad:
        raise BadBinding("data", f"not JSON in UTF-8: {bad}") from bad
