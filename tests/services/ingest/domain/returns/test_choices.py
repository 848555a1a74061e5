"""A file read under remembered choices."""

from services.ingest.domain.returns.choices import merged, reading
from services.ingest.domain.returns.model import Candidate, Choices, Column, Return

COLUMNS = (Column("S", "A", "Begin", None), Column("S", "B", "Ready", None))


def read(choices: Choices) -> Return:
    """A file of two columns that says back how it is read, as its project."""
    candidates = (Candidate("7", "Task", None),)
    return Return(str(dict(choices.columns)), None, None, (), (), COLUMNS, "layout", candidates)


def test_choices_of_the_same_layout_are_used_again_and_that_is_said() -> None:
    """About the same column the sender's own hold."""
    before = Choices(columns={"Begin": "baseline", "Ready": "forecast"}, complete=frozenset({"Ready"}))
    found = reading(read, Choices(columns={"Ready": "actual"}), {"layout": before})
    assert found.read.project == str({"Begin": "baseline", "Ready": "actual"})
    assert (found.choices.complete, found.remembered) == (frozenset({"Ready"}), True)
    assert [(finding.kind, finding.field) for finding in found.read.findings] == [("noted", "choices")]


def test_a_file_of_another_layout_is_read_afresh() -> None:
    """So is one for which nothing but the same was chosen."""
    own = Choices(columns={"Ready": "actual"})
    for known in ({"other": Choices(columns={"Begin": "baseline"})}, {"layout": own}):
        found = reading(read, own, known)
        assert (found.choices, found.remembered, found.read.findings) == (own, False, ())


def test_a_choice_about_nothing_that_is_there_is_pointed_out() -> None:
    """A slip of the pen does not pass in silence."""
    own = Choices(columns={"Bgin": "baseline"}, order={"Ready": "day-first"}, ticked=frozenset({"7", "8"}))
    messages = [finding.message for finding in reading(read, own, {}).read.findings]
    assert messages == [
        "columns names 'Bgin', which no column has: correct it",
        "ticked names '8', which no task has: correct it",
    ]


def test_merging_with_nothing_is_nothing() -> None:
    """On either side."""
    some = Choices(
        {"A": None}, {"B": "day-first"}, {"C": "financial"}, frozenset({"D"}), {"E": "open"}, frozenset({"F"})
    )
    assert merged(some, Choices()) == merged(Choices(), some) == merged(some, some) == some
