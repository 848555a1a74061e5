"""The topics as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0)."""

from typing import Any

from pydantic import TypeAdapter

from schemas import topics
from schemas.alerts import AlertChanged
from schemas.departments import DEPARTMENT_CONCLUDED
from schemas.envelope import STRUCTURED
from schemas.events import EVENT, LOG_RECORD
from schemas.states import MilestoneConcluded, PlanConcluded

_BY_PLAN = "Key: {}. Partitioned by murmur2(plan)."

_CARRIED: dict[str, tuple[topics.Topic, TypeAdapter[Any], str]] = {
    "events": (topics.events(), LOG_RECORD, _BY_PLAN.format("the plan")),
    "milestones": (topics.milestones(), TypeAdapter(MilestoneConcluded), _BY_PLAN.format("plan|milestone")),
    "plans": (topics.plans(), TypeAdapter(PlanConcluded), _BY_PLAN.format("the plan")),
    "alerts": (topics.alerts(), TypeAdapter(AlertChanged), _BY_PLAN.format("plan|milestone|symptom")),
    "departments": (
        topics.departments(),
        DEPARTMENT_CONCLUDED,
        "Key: the department. Partitioned by murmur2(department).",
    ),
    "inbox": (
        topics.inbox("{department}"),
        EVENT,
        "What a department says, structured or binary, under any key and in any partition. It is judged as over HTTP.",
    ),
}
_SENT = "inbox"


def document() -> dict[str, Any]:
    """The document: a channel and an operation for each topic; departments send to inboxes, services receive."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Milepost's topics",
            "version": "1.0.0",
            "description": "CloudEvents 1.0, structured. Topics are for services; departments publish over HTTP, or to "
            "their inbox where there is one.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": STRUCTURED,
        "channels": {name: _channel(name, topic, said) for name, (topic, _, said) in _CARRIED.items()},
        "operations": {f"{_action(name)}-{name}": _operation(name) for name in _CARRIED},
        "components": {"messages": {name: _message(name, adapter) for name, (_, adapter, _) in _CARRIED.items()}},
    }


def _channel(name: str, topic: topics.Topic, description: str) -> dict[str, Any]:
    parameters = {"parameters": {"department": {"description": "the slug of the department"}}}
    return {
        "address": topic.name,
        **(parameters if name == _SENT else {}),
        "description": description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {"kafka": {"partitions": topic.partitions, "topicConfiguration": _configuration(topic)}},
    }


def _configuration(topic: topics.Topic) -> dict[str, Any]:
    said: dict[str, Any] = dict(topic.config)
    if "cleanup.policy" in said:
        said["cleanup.policy"] = said["cleanup.policy"].split(",")
    return {name: int(value) if isinstance(value, str) and value.isdigit() else value for name, value in said.items()}


def _action(name: str) -> str:
    return "send" if name == _SENT else "receive"


def _operation(name: str) -> dict[str, Any]:
    return {
        "action": _action(name),
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
    }


def _message(name: str, adapter: TypeAdapter[Any]) -> dict[str, Any]:
    pointer = f"#/components/messages/{name}/payload/$defs/{{model}}"
    return {
        "name": name,
        "contentType": STRUCTURED,
        "payload": adapter.json_schema(ref_template=pointer),
    }
