"""Text in files that spreadsheets open."""

import pytest

from services.kit.cells import marked


@pytest.mark.parametrize("text", ["=1+1", "+44", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''-2"])
def test_what_could_be_a_formula_stands_behind_an_apostrophe(text: str) -> None:
    """Its first letters are kept, so that nothing of it is lost."""
    assert marked(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Bridge", "5 - 3", "'tis done", "a=b", "—", "(1)"])
def test_every_other_text_is_left_alone(text: str) -> None:
    """A sign inside a text makes no formula of it."""
    assert marked(text) == text
