"""Every door of ingest as its OpenAPI describes it, under generated requests: never a fault of ours (schemathesis)."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.flow.publisher import issue_key
from tests.servers import Stack

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

EXAMPLES = 40
"""Requests to each operation, good and bad."""


Operation = APIOperation[Any, Any, Any, Any]


def operations(address: str) -> list[Operation]:
    """What the service says that it can do."""
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


@pytest.fixture
def key(stack: Stack) -> str:
    """A key of dft's."""
    return issue_key(stack, "dft")


def test_no_generated_request_is_answered_with_a_server_error(stack: Stack, key: str) -> None:
    """Each operation with values that fit its schema and values that do not; a 503 with Retry-After is fine."""
    found = operations(stack.ingest)
    assert {operation.path for operation in found} >= {"/events", "/returns", "/session", "/rejections", "/template"}
    for operation in found:
        _try(operation, key)
    assert httpx.get(f"{stack.ingest}/healthz").status_code == 200


def _try(operation: Operation, key: str) -> None:
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {key}"}, timeout=30)
        if answer.status_code == 503 and "retry-after" in {name.lower() for name in answer.headers}:
            return
        case.validate_response(answer, checks=CHECKS)

    one()
