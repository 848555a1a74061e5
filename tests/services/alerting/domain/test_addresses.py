"""Addresses: what is public, and what may be sent to beside it."""

import pytest

from services.alerting.domain.addresses import Allowed, is_public


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "2a00:1450:4009::1"])
def test_public(address: str) -> None:
    """Of one machine in the public network."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.9",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff0e::1",
        "",
        "localhost",
        "0177.0.0.1",
        "2130706433",
    ],
)
def test_not_public(address: str) -> None:
    """Private, shared, local, reserved, of many machines, mapped, translated or tunnelled; and what is no address."""
    assert not is_public(address)


def test_this_machine_only_in_local_mode() -> None:
    """And no other private address even then."""
    for address in ("127.0.0.1", "::1"):
        assert Allowed(local=True).wrong("hook.example", 443, [address]) is None
        assert Allowed().wrong("hook.example", 443, [address])
    assert Allowed(local=True).wrong("hook.example", 443, ["10.0.0.1"])


def test_a_host_of_ours_by_name_and_port() -> None:
    """However its name is written; plain http will do for it."""
    allowed = Allowed(inside=frozenset({"alerts.internal:9093"}))
    assert allowed.wrong("Alerts.internal", 9093, ["10.0.0.1"]) is None
    assert allowed.plain("alerts.internal", 9093)
    assert allowed.wrong("alerts.internal", 9094, ["10.0.0.1"])
    assert not allowed.plain("alerts.internal", 9094)
