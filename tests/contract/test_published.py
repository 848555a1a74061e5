"""The published contract is the one in force."""

import json
from collections.abc import Iterator
from typing import Any

from schemas.publish import FOLDER, documents


def test_the_published_schemas_are_up_to_date() -> None:
    """`make schemas` has been run since the contract last changed."""
    published = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert published == documents()


def test_every_schema_names_the_fields_that_a_publisher_sends() -> None:
    """The event schema lists each type once, under its own name."""
    mapping = json.loads(documents()["event.schema.json"])["discriminator"]["mapping"]
    assert len(mapping) == len(set(mapping.values())) >= 9
    assert all(name.startswith("org.milepost.") and name.endswith(".v1") for name in mapping)


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    """Channels, messages and the parts of their payloads."""
    document = json.loads(documents()["asyncapi.json"])
    references = list(pointers(document))
    assert len(references) > 20
    for reference in references:
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
    addresses = [channel["address"] for channel in document["channels"].values()]
    assert addresses == [
        "milepost.events",
        "milepost.milestones",
        "milepost.plans",
        "milepost.alerts",
        "milepost.departments",
        "milepost.inbox.{department}",
    ]


def pointers(node: Any) -> Iterator[str]:
    """Every `$ref` below a node."""
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == "$ref")
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from pointers(one)
