"""The topics as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0)."""

from typing import Any

from pydantic import TypeAdapter

from schemas import topics
from schemas.alerts import AlertChanged
from schemas.events import LOG_RECORD
from schemas.states import MilestoneConcluded, PlanConcluded

STRUCTURED = "application/cloudevents+json"

_CARRIED: dict[str, tuple[topics.Topic, TypeAdapter[Any], str]] = {
    "events": (topics.events(), LOG_RECORD, "the plan"),
    "milestones": (topics.milestones(), TypeAdapter(MilestoneConcluded), "plan|milestone"),
    "plans": (topics.plans(), TypeAdapter(PlanConcluded), "the plan"),
    "alerts": (topics.alerts(), TypeAdapter(AlertChanged), "plan|milestone|symptom"),
}


def document() -> dict[str, Any]:
    """The document: one channel and one receive operation for each topic of Milepost's own."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Milepost's topics",
            "version": "1.0.0",
            "description": "CloudEvents 1.0, structured. Topics are for services; departments publish over HTTP.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": STRUCTURED,
        "channels": {name: _channel(name, topic, key) for name, (topic, _, key) in _CARRIED.items()},
        "operations": {f"receive-{name}": _operation(name) for name in _CARRIED},
        "components": {"messages": {name: _message(name, adapter) for name, (_, adapter, _) in _CARRIED.items()}},
    }


def _channel(name: str, topic: topics.Topic, key: str) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": f"Key: {key}. Partitioned by murmur2(plan).",
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {"kafka": {"partitions": topic.partitions, "topicConfiguration": _configuration(topic)}},
    }


def _configuration(topic: topics.Topic) -> dict[str, Any]:
    said: dict[str, Any] = dict(topic.config)
    if "cleanup.policy" in said:
        said["cleanup.policy"] = said["cleanup.policy"].split(",")
    return {name: int(value) if isinstance(value, str) and value.isdigit() else value for name, value in said.items()}


def _operation(name: str) -> dict[str, Any]:
    return {
        "action": "receive",
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
