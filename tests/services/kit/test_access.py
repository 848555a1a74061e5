"""How Kafka is reached, in the words of the two libraries that reach it."""

import ssl
from pathlib import Path

import pytest
import trustme
from faststream.kafka.security import parse_security

from services.kit.access import Access, Mechanism, Protocol, access


def test_a_bare_address_is_reached_in_the_open() -> None:
    """As on the local stack."""
    options = access("a:1,b:2").options()
    assert options == {"bootstrap_servers": ["a:1", "b:2"], "security_protocol": "PLAINTEXT", "ssl_context": None}


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"])
@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"])
def test_both_libraries_are_told_the_same(protocol: Protocol, mechanism: Mechanism) -> None:
    """Protocol, mechanism, user and password; and a context wherever there is TLS."""
    given = Access("a:1", protocol, mechanism, "ingest", "pw")
    ours, theirs = given.options(), parse_security(given.security())
    del ours["bootstrap_servers"]
    assert bool(ours.pop("ssl_context")) == bool(theirs.pop("ssl_context")) == protocol.endswith("SSL")
    assert ours == theirs
    assert ours["security_protocol"] == protocol
    assert ("sasl_plain_password" in ours) == protocol.startswith("SASL")


def test_the_broker_must_show_a_certificate_of_the_named_authority(tmp_path: Path) -> None:
    """And its name must be in it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = Access("a:1", "SSL", ca=tmp_path / "ca.pem").options()["ssl_context"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert len(context.get_ca_certs()) == 1
