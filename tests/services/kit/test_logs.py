"""Logs: one JSON object a line, with the request's correlation id; a library's flood is held back."""

import json
import logging

import pytest
import structlog

from services.kit.logs import RateLimit, configure, logger


@pytest.fixture(autouse=True)
def _as_before() -> object:
    """Leaves logging as it was."""
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    yield
    logging.basicConfig(handlers=handlers, level=level, force=True)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_line_is_json_with_service_and_correlation(capsys: pytest.CaptureFixture[str]) -> None:
    """Events of our own carry their fields."""
    configure("ingest")
    with structlog.contextvars.bound_contextvars(correlation_id="c-1"):
        logger("test").info("accepted", id="7")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["service"], line["correlation_id"], line["id"]) == ("accepted", "ingest", "c-1", "7")


def test_the_same_message_of_a_library_comes_once_in_a_while() -> None:
    """1,400 lines about a lost broker become one."""
    limit = RateLimit(60)
    record = logging.LogRecord("aiokafka", logging.WARNING, "", 0, "Unable to connect to %s", ("a",), None)
    other = logging.LogRecord("aiokafka", logging.WARNING, "", 0, "Something else", (), None)
    assert [limit.filter(record), limit.filter(record), limit.filter(other)] == [True, False, True]
