"""The cases of CloudEvents' public conformance suite for HTTP and Kafka (github.com/cloudevents/conformance)."""

import json
from typing import Any

import pytest

from schemas.bindings import from_http, from_kafka, is_binary_kafka, media_type, with_decoded_data
from schemas.envelope import STRUCTURED
from schemas.ijson import loads

ATTRIBUTES = {
    "specversion": "1.0",
    "id": "1234-1234-1234",
    "type": "com.example.someevent",
    "source": "/mycontext/subcontext",
    "time": "2018-04-05T03:56:24Z",
}
DATA = {"message": "Hello World!"}
BODY = json.dumps(DATA).encode()
OF_EVENTS = ["application/cloudevents+json", "application/cloudevents+json; charset=utf-8"]


def over_http(request: bytes) -> dict[str, Any]:
    """The event of a request as it stands on the wire, in either mode."""
    head, _, body = request.partition(b"\r\n\r\n")
    headers = [
        (name, said.strip()) for name, _, said in (line.partition(":") for line in head.decode().splitlines()[1:])
    ]
    kind = media_type(next(said for name, said in headers if name.lower() == "content-type"))
    return dict(loads(body)) if kind == STRUCTURED else from_http(headers, body)


def over_kafka(headers: list[tuple[str, bytes]], value: bytes) -> dict[str, Any]:
    """The event of a record, in either mode."""
    return from_kafka(headers, value) if is_binary_kafka(headers) else dict(loads(value))


def request(headers: dict[str, str], body: bytes) -> bytes:
    """A request of HTTP/1.1."""
    lines = ["POST /someresource HTTP/1.1", "Host: example.com", *(f"{name}: {said}" for name, said in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_binary_over_http(content_type: str) -> None:
    """Each header with the prefix is an attribute, the content type is that of the data, the body is the data."""
    headers = {f"ce-{name}": said for name, said in ATTRIBUTES.items()}
    event = over_http(request({**headers, "Content-Type": content_type}, BODY))
    assert event == {**ATTRIBUTES, "datacontenttype": content_type, "data": DATA}


@pytest.mark.parametrize("content_type", OF_EVENTS)
def test_structured_over_http(content_type: str) -> None:
    """The body is the event, with or without a parameter behind the media type."""
    event = {**ATTRIBUTES, "datacontenttype": "application/json", "data": DATA}
    assert over_http(request({"Content-Type": content_type}, json.dumps(event, indent=4).encode())) == event


def test_binary_over_kafka() -> None:
    """Each header with the prefix is an attribute, the content type is that of the data, the value is the data."""
    headers = [(f"ce_{name}", said.encode()) for name, said in ATTRIBUTES.items()]
    event = over_kafka([*headers, ("content-type", b"application/json")], BODY)
    assert event == {**ATTRIBUTES, "datacontenttype": "application/json", "data": DATA}


@pytest.mark.parametrize("content_type", OF_EVENTS)
@pytest.mark.parametrize("copied", [False, True])
def test_structured_over_kafka(content_type: str, copied: bool) -> None:
    """The value is the event, also when its attributes are copied into headers beside it."""
    event = {**ATTRIBUTES, "datacontenttype": "application/json", "data": DATA}
    copies = [(f"ce_{name}", said.encode()) for name, said in ATTRIBUTES.items()] if copied else []
    assert over_kafka([("content-type", content_type.encode()), *copies], json.dumps(event).encode()) == event


def test_data_in_base64_is_the_data() -> None:
    """A program that passes on what it does not read may wrap JSON so (JSON format, 3.1.2)."""
    wrapped = {
        **ATTRIBUTES,
        "datacontenttype": "application/json",
        "data_base64": "eyJtZXNzYWdlIjogIkhlbGxvIFdvcmxkISJ9",
    }
    assert with_decoded_data(wrapped) == {**ATTRIBUTES, "datacontenttype": "application/json", "data": DATA}
