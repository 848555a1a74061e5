"""Ports: a clash is found before anything starts, and said in one sentence."""

import socket
from dataclasses import astuple

import pytest

from deploy.local.ports import HOST, Ports, free_base, require_free
from deploy.local.process import StackError


def listening(port: int) -> socket.socket:
    """A socket that holds the port."""
    held = socket.socket()
    held.bind((HOST, port))
    held.listen()
    return held


def test_a_port_in_use_is_named_together_with_who_needs_it() -> None:
    """The reader knows which program to stop, and what else to do."""
    port = free_base(1)
    with (
        listening(port),
        pytest.raises(StackError, match=f"^Port {port}, which ingest needs, is in use: .*--port-base"),
    ):
        require_free(port, "ingest")
    require_free(port, "ingest")


@pytest.mark.parametrize("offset", range(9))
def test_every_port_of_the_stack_is_looked_at(offset: int) -> None:
    """Kafka's controller, on the port after Kafka's own, too."""
    base = free_base()
    ports = Ports.from_base(base)
    ports.require_free()
    with listening(base + offset), pytest.raises(StackError, match=f"^Port {base + offset}, "):
        ports.require_free()


def test_the_usual_ports_are_those_that_the_documents_name() -> None:
    """Settings have defaults that work on the local stack, so these must not move."""
    assert astuple(Ports()) == (9092, 27017, 8000, 8001, 8002, 8003, 8025, 1025)
