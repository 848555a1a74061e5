"""Accepting: whether a record of the state topics is a state in its place."""

from pydantic import ValidationError

from schemas.departments import DEPARTMENT_CONCLUDED, DepartmentState
from schemas.states import MILESTONE_CONCLUDED, PLAN_CONCLUDED, MilestoneState, PlanState
from schemas.topics import milestone_key


class Unfit(Exception):
    """A record that is no state, or not in its place; the sentence says why."""


def milestone_state(key: bytes | None, value: bytes | None) -> MilestoneState:
    """The milestone's state of a record; raises Unfit."""
    if value is None:
        raise Unfit("value: empty; a state says withdrawn instead")
    try:
        state = MILESTONE_CONCLUDED.validate_json(value).data
    except ValidationError as error:
        raise Unfit(_first(error)) from error
    _keyed(key, milestone_key(state.plan, state.milestone))
    return state


def plan_state(key: bytes | None, value: bytes | None) -> PlanState:
    """The plan's state of a record; raises Unfit."""
    if value is None:
        raise Unfit("value: empty; a state says withdrawn instead")
    try:
        state = PLAN_CONCLUDED.validate_json(value).data
    except ValidationError as error:
        raise Unfit(_first(error)) from error
    _keyed(key, state.plan)
    return state


def department_state(key: bytes | None, value: bytes | None) -> DepartmentState:
    """The department's state of a record; raises Unfit."""
    if value is None:
        raise Unfit("value: empty; a state says that nothing waits instead")
    try:
        state = DEPARTMENT_CONCLUDED.validate_json(value).data
    except ValidationError as error:
        raise Unfit(_first(error)) from error
    _keyed(key, state.department)
    return state


def placed(name: str, partition: int, expected: int) -> None:
    """Raises Unfit when a state is not in the partition of its plan or department."""
    if partition != expected:
        raise Unfit(f"partition: {name} belongs in partition {expected}, not in {partition}")


def _keyed(key: bytes | None, expected: str) -> None:
    if key != expected.encode():
        raise Unfit(f"key: must be {expected}")


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'value'}: {first['msg']}"
