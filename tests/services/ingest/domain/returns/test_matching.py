"""Which milestone a row is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.returns.answers import Answers
from services.ingest.domain.returns.known import Known
from services.ingest.domain.returns.matching import MOST_PAIRS, Matched, Matching, uncompared
from services.ingest.domain.returns.model import Row
from tests.services.ingest.domain.returns.known import PLAN, known, row, state


def matched(rows: list[Row], *milestones: Known, **answers: Any) -> list[Matched]:
    """What dft's rows are, where these milestones are known."""
    matching = Matching(Answers(PLAN, "dft", **answers), {one.name: one for one in milestones}, {"dwp/p/jobs"})
    return matching.rows(rows)


def one(of: Row, *milestones: Known, **answers: Any) -> Matched:
    """What one row is."""
    [only] = matched([of], *milestones, **answers)
    return only


def kinds(of: Matched) -> list[tuple[str, str | None]]:
    """The kinds and fields of what stands in its way."""
    return [(finding.kind, finding.field) for finding in of.obstacles]


def test_a_new_row_is_named_by_project_title_and_version() -> None:
    """Nothing known is like it."""
    new = one(row("1", "OBC approval", version="2"), known("Station opens"))
    assert (new.name, new.known, new.obstacles) == ("dft/p/obc-approval-2", None, ())


def test_a_known_key_continues_its_milestone_whatever_the_title() -> None:
    """The name stays, and the new title is noted."""
    before = known("OBC approval", key="T-1")
    renamed = one(row("1", "Treasury sign-off", key="T-1"), before)
    assert (renamed.name, renamed.known, renamed.obstacles) == (before.name, before, ())
    assert [finding.field for finding in renamed.notes] == ["title"]
    assert "OBC approval, and becomes Treasury sign-off" in renamed.notes[0].message


def test_an_id_that_is_a_milestones_name_is_that_milestone() -> None:
    """As in a template of ours, also where the milestone is of another project, or nowhere known."""
    other = known("OBC", "dft/other/obc")
    assert one(row("1", "OBC renamed", key="dft/other/obc"), other).known == other
    assert one(row("1", "OBC", key="dft/rail-2"), other).name == "dft/rail-2"


def test_an_id_that_is_another_departments_milestone_is_refused() -> None:
    """Only its owner may speak for it."""
    refused = one(row("1", "Jobs", key="dwp/p/jobs"))
    assert (refused.name, kinds(refused)) == (None, [("refused", "id")])


def test_the_key_of_one_milestone_with_the_title_of_another_is_a_question() -> None:
    """As when rows were numbered anew; it is published under neither until answered."""
    obc, fbc = known("OBC", key="1"), known("FBC", key="2")
    [asked, other] = matched([row("1", "FBC", key="1"), row("2", "OBC", key="2")], obc, fbc)
    assert (asked.name, kinds(asked), {m.name for m in asked.maybe}) == (
        None,
        [("question", "id")],
        {obc.name, fbc.name},
    )
    assert kinds(other) == [("question", "id")]
    answered = one(row("1", "FBC", key="1"), obc, fbc, same={"1": fbc.name})
    assert (answered.name, answered.obstacles) == (fbc.name, ())


@pytest.mark.parametrize("title", ["Hand over", "HANDOVER", "hand-over", "Händover", "Hand – over"])
def test_case_dash_space_and_accent_make_no_other_milestone(title: str) -> None:
    """It is the known one, under a title that is slightly another."""
    before = known("Handover")
    assert (one(row("1", title), before).known, one(row("1", title), before).obstacles) == (before, ())


def test_what_was_renamed_is_known_by_its_title_and_by_its_name() -> None:
    """A file may still have the title that the name was made of; the present title goes first."""
    before = known("Treasury sign-off", "dft/p/obc-approval")
    assert one(row("1", "OBC approval"), before).known == before
    both = matched([row("1", "OBC approval"), row("2", "Treasury sign-off")], before)
    assert [m.known for m in both] == [None, before]
    assert kinds(both[0]) == [("duplicate", "title")]


def test_a_version_is_another_milestone() -> None:
    """Where its file states versions; a file that does not is asked which it means."""
    first, second = (known("OBC", f"dft/p/obc-{v}", version=v) for v in "12")
    rows = [row(str(v), "OBC", version=str(v)) for v in (1, 2, 3)]
    assert [m.name for m in matched(rows, first, second)] == ["dft/p/obc-1", "dft/p/obc-2", "dft/p/obc-3"]
    assert kinds(one(row("1", "OBC"), first, second)) == [("question", "title")]
    assert one(row("1", "OBC"), first).known == first


def test_a_title_like_one_that_is_absent_is_a_question() -> None:
    """Held back until answered: the same milestone renamed, or a new one."""
    before, title = known("Outline business case approved"), "Outline business case approval"
    asked = one(row("6.01.1", title), before)
    assert (asked.name, asked.maybe, kinds(asked)) == (None, (before,), [("question", "title")])
    assert f"same=6.01.1={before.name}" in asked.obstacles[0].message
    same = one(row("6.01.1", title), before, same={"6.01.1": before.name})
    assert (same.name, same.known, same.obstacles) == (before.name, before, ())
    new = one(row("6.01.1", title), before, new={"6.01.1"})
    assert (new.name, new.known) == ("dft/p/outline-business-case-approval", None)


def test_a_title_like_one_that_is_still_there_is_new() -> None:
    """So it is where the known one has another id, is over, or is of another project."""
    before, like = known("Outline business case approved"), row("2", "Outline business case approval", key="T-2")
    assert matched([row("1", "Outline business case approved"), like], before)[1].obstacles == ()
    for other in ({"key": "T-1"}, {"name": "dft/other/o"}, {"state": state("dft/p/o", lifecycle="done")}):
        assert one(like, known("Outline business case approved", **other)).obstacles == ()


def test_where_too_many_are_new_and_absent_they_are_not_compared_and_that_is_said() -> None:
    """A bound on the work; with one row less they are."""
    many = [known(f"Old title {n}", f"dft/p/{n}") for n in range(100)]
    for rows, said in (
        ([row(str(n), f"New {n}") for n in range(MOST_PAIRS // 100 + extra)], extra) for extra in (0, 1)
    ):
        result = matched(rows, *many)
        assert len([*uncompared(rows, result, many)]) == said
        assert not any(m.obstacles for m in result)


def test_an_answer_that_names_no_milestone_keeps_the_question_open() -> None:
    """A slip of the pen publishes nothing."""
    asked = one(row("1", "OBC"), known("OBC"), same={"1": "dft/p/abc"})
    assert (asked.name, kinds(asked)) == (None, [("question", "same")])


@pytest.mark.parametrize("titles", [("OBC approval", "OBC approval"), ("Hand over", "Handôver"), ("A–B", "A-B")])
def test_rows_with_one_name_are_flagged_and_never_merged(titles: tuple[str, str]) -> None:
    """Also where the names differ in a dash alone; each says which two they are, and the rest goes on."""
    first, second, other = matched([row("1", titles[0]), row("2", titles[1]), row("3", "FBC approval")])
    for flagged in (first, second):
        assert kinds(flagged) == [("duplicate", "title")]
        assert titles[0] in flagged.obstacles[0].message
        assert titles[1] in flagged.obstacles[0].message
    assert other.obstacles == ()


def test_rows_of_one_title_are_told_apart_by_their_ids_when_asked() -> None:
    """Tasks of a schedule often have one title; without ids another title is needed."""
    rows = [row("1", "Approval", key="T-1"), row("2", "Approval", key="T-2")]
    assert [kinds(m) for m in matched(rows)] == [[("duplicate", "title")]] * 2
    assert [m.name for m in matched(rows, new={"1", "2"})] == ["dft/p/approval-t-1", "dft/p/approval-t-2"]
    assert not any(m.obstacles for m in matched(rows, new={"1", "2"}))
    bare = [row("1", "Approval"), row("2", "Approval")]
    assert [kinds(m) for m in matched(bare, new={"1", "2"})] == [[("duplicate", "title")]] * 2


def test_a_row_left_out_is_named_and_stands_in_nobodys_way() -> None:
    """With one of two equal names left out the other is free."""
    rows = matched([row("1", "OBC"), row("2", "OBC")], leave_out={"1"})
    assert [(m.name, m.obstacles) for m in rows] == [("dft/p/obc", ())] * 2


def test_one_number_on_two_rows_is_flagged_on_both() -> None:
    """Answers name rows by their number, so two with the same one cannot be answered for."""
    assert [kinds(m) for m in matched([row("1", "OBC"), row("1", "FBC")])] == [[("duplicate", "slot")]] * 2


def test_a_title_without_letters_or_too_long_is_refused() -> None:
    """The others have names."""
    dashes, long, good = matched([row("1", "—"), row("2", "x" * 301), row("3", "OBC")])
    assert [kinds(m) for m in (dashes, long)] == [[("refused", "title")]] * 2
    assert good.name == "dft/p/obc"


def test_without_a_project_only_what_is_known_has_a_name() -> None:
    """By its id, by an answer, or by the title of a milestone that has no project either."""
    before, bare = known("OBC", key="T-1"), known("Rail 2", "dft/rail-2")
    rows = [
        row("1", "FBC", project=None),
        row("2", "OBC", key="T-1", project=None),
        row("3", "Treasury", project="—"),
        row("4", "Rail 2", project=None),
    ]
    names = [m.name for m in matched(rows, before, bare, known("X"), same={"3": "dft/p/x"})]
    assert names == [None, before.name, "dft/p/x", bare.name]


def test_each_row_is_of_its_own_project() -> None:
    """Two projects may have milestones of one title."""
    rows = [row("1", "OBC"), row("2", "OBC", project="Q 2"), row("3", "OBC", project="new")]
    assert [m.name for m in matched(rows, known("OBC"), known("OBC", "dft/q-2/first-case"))] == [
        "dft/p/obc",
        "dft/q-2/first-case",
        "dft/new/obc",
    ]


TITLES = st.sampled_from(["OBC", "obc", "Ö-B C", "OBC approval", "OBC approved", "FBC", "Phase 1.1", "Phase 11", "—"])
KEYS = st.sampled_from([None, None, "T-1", "T-2", "dft/p/obc", "dwp/p/jobs"])
SLOTS = st.sampled_from("12345")
ROWS = st.lists(st.builds(row, SLOTS, TITLES, key=KEYS, version=st.sampled_from([None, "1"])), max_size=6)
KNOWN = st.lists(st.builds(known, TITLES, st.sampled_from(["dft/p/obc", "dft/p/x", "dft/p/y"]), key=KEYS), max_size=3)


@given(
    ROWS, KNOWN, st.dictionaries(SLOTS, st.sampled_from(["dft/p/x", "dft/q"]), max_size=2), st.sets(SLOTS, max_size=2)
)
def test_no_two_rows_are_ever_one_milestone(
    rows: list[Row], milestones: list[Known], same: dict[str, str], new: set[str]
) -> None:
    """Whatever the titles, ids and answers: each row has a name, or says why not; what is clear has its name alone."""
    result = matched(rows, *milestones, same=same, new=frozenset(new))
    clear = [m.name for m in result if not m.obstacles]
    assert len(clear) == len(set(clear))
    assert all(name and name.startswith("dft/") for name in clear)


@given(st.lists(st.builds(row, st.uuids().map(str), TITLES, key=KEYS), max_size=6), KNOWN)
def test_the_order_of_rows_decides_nothing(rows: list[Row], milestones: list[Known]) -> None:
    """Sorted otherwise, each row is the same milestone."""
    forth = {r.slot: (m.name, kinds(m)) for r, m in zip(rows, matched(rows, *milestones), strict=True)}
    back = rows[::-1]
    assert {r.slot: (m.name, kinds(m)) for r, m in zip(back, matched(back, *milestones), strict=True)} == forth
