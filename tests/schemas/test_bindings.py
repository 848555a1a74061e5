"""CloudEvents in binary mode: attributes in headers, data in the body."""

import pytest

from schemas.bindings import (
    BadBinding,
    from_http,
    from_kafka,
    is_binary_kafka,
    is_json,
    media_type,
    require_utf8,
    with_decoded_data,
)

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


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        ("%65%75%72%6f", "euro"),
        ("%e2%82%ac", "€"),
        ("100%2525", "100%25"),
        ("50%", "50%"),
        ("a+b", "a+b"),
        ('"with \\"quotes\\" and a \\\\"', 'with "quotes" and a \\'),
        ('"%E2%82%AC"', "€"),
        ('"no end', '"no end'),
        ('"no end\\"', '"no end\\"'),
    ],
)
def test_http_header_values_are_unquoted_and_percent_decoded_once(sent: str, meant: str) -> None:
    """HTTP binding, 3.1.3.2: the specification's own example, what need not be encoded, small letters, old quotes."""
    assert from_http([("ce-a", sent)], b"")["a"] == meant


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
        ([("ce-id", "%C0%A0")], b"", "ce-id"),
        ([("ce-id", "%ED%A0%80")], b"", "ce-id"),
        ([("ce-id", "\xe2\x82\xac")], b"", "ce-id"),
        ([("ce-id", "1"), ("CE-ID", "2")], b"", "CE-ID"),
        ([("content-type", "application/json"), ("content-type", "application/json")], b"", "content-type"),
        ([("ce-data", "{}")], b"", "ce-data"),
        ([("ce-data_base64", "e30=")], b"", "ce-data_base64"),
        ([("ce-datacontenttype", "application/json")], b"", "ce-datacontenttype"),
        ([*HTTP], b'{"a": 1, "a": 2}', "data"),
        ([("content-type", "application/json; charset=utf-16")], b"{}", "content-type"),
        ([*HTTP], b"\xff", "data"),
        ([*HTTP], b"{", "data"),
        ([("content-type", "text/plain")], b"hello", "content-type"),
    ],
)
def test_a_bad_message_names_the_header_or_data(headers: list[tuple[str, str]], body: bytes, field: str) -> None:
    """Not UTF-8, not JSON, another kind of data; an attribute said twice, or in a header that is none of its own."""
    with pytest.raises(BadBinding) as bad:
        from_http(headers, body)
    assert bad.value.field == field


def test_a_media_type_has_no_parameters_and_no_case() -> None:
    """`Application/CloudEvents+JSON; Charset=UTF-8` is structured mode."""
    assert media_type("Application/CloudEvents+JSON; Charset=UTF-8") == "application/cloudevents+json"


def test_json_is_what_the_subtype_says() -> None:
    """`*/json` and `*/*+json`, with parameters and in any case."""
    yes = ["application/json", "text/JSON; charset=utf-8", "application/vnd.gov.uk+json"]
    no = ["application/xml", "json", "", "application/jsonl", "application/json+xml"]
    assert [is_json(kind) for kind in yes + no] == [True] * len(yes) + [False] * len(no)


@pytest.mark.parametrize("charset", ["utf-16", '"ISO-8859-1"', "windows-1252"])
def test_json_in_another_character_set_is_refused(charset: str) -> None:
    """It would be read as something else."""
    with pytest.raises(BadBinding, match="UTF-8"):
        require_utf8(f"application/cloudevents+json; CharSet={charset}")
    for kind in ("application/cloudevents+json", 'application/json; v=1; charset="UTF-8"', "a/json;charset=us-ascii"):
        require_utf8(kind)


def test_a_kafka_header_sent_twice_is_refused_and_a_null_one_is_absent() -> None:
    """Kafka lets through both."""
    with pytest.raises(BadBinding, match="twice"):
        from_kafka([("ce_id", b"1"), ("ce_id", b"1")], b"")
    assert from_kafka([("ce_id", None), ("ce_id", b"1")], b"") == {"id": "1"}


@pytest.mark.parametrize("said", [{"data_base64": "?"}, {"data_base64": 1}, {"data_base64": "e30=", "data": {}}])
def test_data_in_base64_that_is_none_or_not_alone_is_refused(said: dict[str, object]) -> None:
    """Both members exclude each other."""
    with pytest.raises(BadBinding) as bad:
        with_decoded_data(said)
    assert bad.value.field == "data_base64"
