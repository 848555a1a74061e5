"""Text cut to a column."""

from hypothesis import given
from hypothesis import strategies as st

from services.plan_tracking.domain.charts.text import fit


def test_text_that_fits_is_left_alone() -> None:
    """Nothing is cut without need."""
    assert fit("Site mobilised", 268, 13) == "Site mobilised"


def test_long_text_ends_in_an_ellipsis() -> None:
    """What is cut says so."""
    cut = fit("Track possession agreed with the infrastructure manager of the railway", 268, 13)
    assert cut.startswith("Track possession agreed")
    assert cut.endswith("…")


@given(text=st.text(max_size=300))
def test_no_text_is_wider_than_its_column(text: str) -> None:
    """Whatever the letters, what is left has a bounded length and begins as the text does."""
    cut = fit(text, 268, 13)
    assert cut == text or text.startswith(cut.removesuffix("…"))
    assert len([c for c in cut if c.isalnum()]) <= 268 / 13 / 0.3
