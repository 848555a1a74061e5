"""Names: slugs, owners, and who may speak for whom."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.names import Department, MilestoneName, PlanName, may_speak, owner, project_of, slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Full Business Case (FBC)", "full-business-case-fbc"),
        ("  ARE_0024_1516-Q4 ", "are-0024-1516-q4"),
        ("Café – opening", "cafe-opening"),
        ("A" * 200, "a" * 80),
    ],
)
def test_a_title_becomes_a_slug(text: str, slug: str) -> None:
    """ASCII, lowercase, words joined by a dash, at most 80 letters."""
    assert slugify(text) == slug


@given(st.text())
def test_every_slug_is_a_department_and_stays_itself(text: str) -> None:
    """Whatever the text: a slug, or a clear error when there is nothing to make one of."""
    if not any(letter.isascii() and letter.isalnum() for letter in unicodedata.normalize("NFKD", text)):
        with pytest.raises(ValueError, match="no letter or digit"):
            slugify(text)
        return
    slug = slugify(text)
    assert TypeAdapter(Department).validate_python(slug) == slug == slugify(slug)


def test_a_name_says_who_may_speak() -> None:
    """A key speaks for whole departments, never for one whose name merely begins alike."""
    assert may_speak(["dft"], "dft/rail-2")
    assert may_speak(["dft"], "/dft/p6-export")
    assert may_speak(["beis", "desnz"], "beis/grid")
    assert not may_speak(["dft"], "dfte/rail-2")
    assert not may_speak(["dft"], "/dfte")


def test_the_owner_and_the_project_are_read_from_the_name() -> None:
    """Three parts have a project, two have none."""
    assert owner("dft/are-0024/obc-approval") == "dft"
    assert project_of("dft/are-0024/obc-approval") == "are-0024"
    assert project_of("dft/rail-2") is None


@pytest.mark.parametrize(
    "name", ["dft", "dft/", "DfT/x", "dft/a/b/c", "dft/a--b", "dft/-a", "dft/a b", "dft/a\n", "dft/é"]
)
def test_other_names_are_refused(name: str) -> None:
    """The grammar is strict: a name is an identity for life."""
    with pytest.raises(ValidationError):
        TypeAdapter(MilestoneName).validate_python(name)
    with pytest.raises(ValidationError):
        TypeAdapter(PlanName).validate_python(name)
