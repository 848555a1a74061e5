"""Structured logs: JSON lines, coloured on a terminal; the request's correlation id on every line."""

import logging
import sys
import time
from typing import Any

import structlog
import structlog.tracebacks

_NOISY = ("aiokafka", "pymongo", "httpx", "httpcore", "uvicorn")
_ERRORS_ONLY = "faststream"
_REPEAT_AFTER = 10.0

_TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
"""Without local variables: they hold keys and people's words."""


class RateLimit(logging.Filter):
    """Lets each distinct message of a library through once in `seconds`: a lost broker is worth one line."""

    def __init__(self, seconds: float = _REPEAT_AFTER) -> None:
        super().__init__()
        self.seconds = seconds
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this record is to be written."""
        now, key = time.monotonic(), f"{record.name}:{record.msg}"
        if now - self._last.get(key, -self.seconds) < self.seconds:
            return False
        self._last[key] = now
        return True


def configure(service: str, level: str = "INFO") -> None:
    """Sends structlog's and the standard library's records to stderr in one format."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    terminal = sys.stderr.isatty()
    tail: list[Any] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if terminal
        else [_TRACEBACKS, structlog.processors.JSONRenderer()]
    )
    structlog.configure(  # not by the standard library's records, which take three times as long
        processors=[*shared, *tail],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name], processors=[remove_meta, *tail]
        )
    )
    limit = RateLimit()
    handler.addFilter(lambda record: limit.filter(record) if record.name.startswith(_NOISY) else True)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.getLogger(_ERRORS_ONLY).setLevel(logging.ERROR)
    structlog.contextvars.bind_contextvars(service=service)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger that speaks in events and fields."""
    return structlog.stdlib.get_logger(name)
