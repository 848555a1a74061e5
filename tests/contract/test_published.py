"""The published contract is the one in force."""

import json

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
