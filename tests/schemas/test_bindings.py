"""CloudEvents in binary mode: attributes in headers, data in the body."""

import pytest

from schemas.bindings import BadBinding, from_http, from_kafka, is_binary_kafka, media_type

HTTP = [("ce-specversion", "1.0"), ("CE-Type", "org.example.x"), ("ce-id", "1"), ("content-type", "application/json")]


def test_http_headers_become_attributes_in_any_case() -> None:
    """Names lose their prefix; the content type is `datacontenttype`; unknown extensions are kept."""
    event = from_http([*HTTP, ("ce-myextension", "kept"), ("host", "x")], b'{"a": 1}')
    assert event == {
        "specversion": "1.0",
        "type": "org.example.x",
        "id": "1",
        "myextension": "kept",
        "datacontenttype": "application/json",
        "data": {"a": 1},
    }


def test_http_header_values_are_percent_decoded() -> None:
    """The specification's own example: Euro and a smile; a quoted string is unquoted first."""
    event = from_http([("ce-a", "Euro%20%E2%82%AC%20%F0%9F%98%80"), ("ce-b", '"with \\"quotes\\""')], b"")
    assert (event["a"], event["b"]) == ("Euro € 😀", 'with "quotes"')


def test_kafka_headers_become_attributes() -> None:
    """With the prefix `ce_`, as UTF-8."""
    headers = [("ce_specversion", b"1.0"), ("ce_subject", "é".encode()), ("content-type", b"application/json")]
    assert is_binary_kafka(headers)
    event = from_kafka(headers, b"{}")
    assert event == {"specversion": "1.0", "subject": "é", "datacontenttype": "application/json", "data": {}}
    assert not is_binary_kafka([("content-type", b"application/cloudevents+json")])


@pytest.mark.parametrize(
    ("headers", "body", "field"),
    [
        ([("ce-id", "%FF")], b"", "ce-id"),
        ([*HTTP], b"\xff", "data"),
        ([*HTTP], b"{", "data"),
        ([("content-type", "text/plain")], b"hello", "content-type"),
    ],
)
def test_a_bad_message_names_the_header_or_data(headers: list[tuple[str, str]], body: bytes, field: str) -> None:
    """Not UTF-8, not JSON, another kind of data."""
    with pytest.raises(BadBinding) as bad:
        from_http(headers, body)
    assert bad.value.field == field


def test_a_media_type_has_no_parameters_and_no_case() -> None:
    """`Application/CloudEvents+JSON; Charset=UTF-8` is structured mode."""
    assert media_type("Application/CloudEvents+JSON; Charset=UTF-8") == "application/cloudevents+json"
