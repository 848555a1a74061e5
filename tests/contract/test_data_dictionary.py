"""The data dictionary is the one in force."""

import pathlib

from schemas.states import MilestoneState, PlanState
from services.plan_tracking.domain.exports.dictionary import described, markdown

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_page_is_up_to_date() -> None:
    """`make schemas` has been run since the data last changed."""
    assert PAGE.read_text(encoding="utf-8") == markdown()


def test_every_field_and_every_part_that_it_refers_to_is_described() -> None:
    """A reader finds each name on the page."""
    parts = {part.name: part for part in described()}
    for model in (PlanState, MilestoneState):
        assert [field.name for field in parts[model.__name__].fields] == list(model.model_fields)
    assert all(part.meaning for part in parts.values())
    named = {
        word for part in parts.values() for field in part.fields for word in field.type.split() if word[0].isupper()
    }
    assert {word.rstrip(",") for word in named} <= parts.keys() | {"PreciseDate"}
