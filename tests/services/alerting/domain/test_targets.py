"""Targets: which addresses may be asked for."""

import pytest

from services.alerting.domain.addresses import Allowed
from services.alerting.domain.targets import wrong_url

ALLOWED = Allowed(inside=frozenset({"alertmanager:9093"}))


@pytest.mark.parametrize(
    "target",
    [
        "https://example.gov.uk/hook",
        "https://example.gov.uk:443/hook?team=1",
        "https://EXAMPLE.gov.uk./",
        "https://xn--bcher-kva.example/",
        "http://alertmanager:9093",
    ],
)
def test_good(target: str) -> None:
    """https to a name, at its own port; http to a host of ours that is listed."""
    assert wrong_url(target, ALLOWED) is None


@pytest.mark.parametrize(
    "target",
    [
        "",
        "example.gov.uk",
        "http://example.gov.uk/",
        "http://alertmanager:9094",
        "http://localhost/",
        "https://",
        "https:///hook",
        "https://me@example.gov.uk/",
        "https://example.gov.uk@127.0.0.1/",
        "https://example.gov.uk:pass@10.0.0.1/",
        "https://@example.gov.uk/",
        "https://example.gov.uk\\@10.0.0.1/",
        "https://example.gov.uk/#part",
        "https://example.gov.uk:22/",
        "https://example.gov.uk:8443/",
        "https://example.gov.uk:0/",
        "https://example.gov.uk:99999/",
        "https://example.gov.uk:x/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://0x7f.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://\u24db\u24de\u24d2\u24d0\u24db/",
        "https://exa mple.gov.uk/",
        "https://example.gov.uk/\r\nHost: inside",
        "https://example..gov.uk/",
        "http+unix://%2Frun%2Fdocker.sock/",
        "unix:/run/docker.sock",
        "file:///etc/passwd",
        "gopher://example.gov.uk/",
        "//example.gov.uk/",
        "https://example.gov.uk/" + "x" * 2_000,
    ],
)
def test_bad(target: str) -> None:
    """Without TLS, with a user, to an IP address or another port, or no address at all: said with what is wrong."""
    assert wrong_url(target, ALLOWED)
