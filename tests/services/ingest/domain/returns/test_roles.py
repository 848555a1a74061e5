"""Which column of a table means what."""

import datetime as dt

import pytest

from services.ingest.domain.returns.model import Choices, Meaning, on
from tests.services.ingest.domain.returns.lists import (
    means,
    of_kind,
    only,
    read,
)


def test_ratings_under_status_are_no_statuses() -> None:
    """Red, amber and green do not say whether a milestone is met."""
    found = read("Milestone,Forecast,Status\nA,2026-04-03,Green\nB,2026-05-03,Amber/Red\n")
    assert [(row.state, row.others) for row in found.rows] == [
        ("open", {"Status": "Green"}),
        ("open", {"Status": "Amber/Red"}),
    ]
    assert any("rates confidence" in finding.message for finding in of_kind(found, "noted"))


def test_two_columns_that_could_each_be_the_forecast_are_asked_about() -> None:
    """Neither is read until the sender says what they mean; where they say the same dates there is nothing to ask."""
    content = "Milestone,Due date,Deadline,Status\nA,2026-04-03,2026-05-03,Open\n"
    found = read(content)
    assert [row.due for row in found.rows] == [None]
    assert "columns B (Due date) and C (Deadline) could each be the forecast" in only(found, "question")
    answered = read(content, Choices(columns={"Due date": "baseline", "Deadline": "forecast"}))
    assert [(row.baseline, row.due) for row in answered.rows] == [(on(dt.date(2026, 4, 3)), on(dt.date(2026, 5, 3)))]
    bare = read("Milestone,Due date,Deadline\nA,2026-04-03,2026-05-03\n,,\nB,,2026-05-03\n")
    assert [(row.title, row.due) for row in bare.rows] == [("A", None), ("B", None)]
    assert "could each be the forecast" in only(bare, "question")
    same = read(content.replace("2026-05-03", "2026-04-03"))
    assert [row.due for row in same.rows] == [on(dt.date(2026, 4, 3))]
    assert of_kind(same, "question") == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Due date,Actual date", ["forecast", "actual"]),
        ("Target date,Forecast", ["baseline", "forecast"]),
        ("Planned,Actual", ["forecast", "actual"]),
        ("Original date,Revised date", ["original_baseline", "forecast"]),
        ("Baseline,Target date", ["baseline", "forecast"]),
        ("Baseline,Date", ["baseline", "forecast_or_actual"]),
        ("Finish,Actual finish", ["forecast", "actual"]),
        ("Forecast,Due date", ["forecast", None]),
        ("Start date,End date", [None, "forecast_or_actual"]),
        ("Agreed date,Expected date", ["baseline", "forecast"]),
    ],
)
def test_what_a_date_is_depends_on_what_stands_beside_it(headers: str, expected: list[Meaning | None]) -> None:
    """As people who write such tables mean it."""
    found = read(f"Milestone,{headers}\nA,2026-04-03,2026-05-03\n")
    assert [column.means for column in found.columns[1:]] == expected


def test_a_date_of_what_is_done_is_its_actual_date_where_the_table_has_one_date_only() -> None:
    """A due date is a promise, and never becomes the day on which it was kept."""
    assert [row.due for row in read("Milestone,Date,Status\nA,2026-04-03,Done\n").rows] == [on(dt.date(2026, 4, 3))]
    assert [row.due for row in read("Milestone,Due,Status\nA,2026-04-03,Done\n").rows] == [None]


def test_columns_are_shown_as_they_were_understood() -> None:
    """With a few of their values; what was chosen for a header holds."""
    found = read(
        "Milestone,Comment,Due,Owner\nA,x,2026-04-03,Jo\nB,y,2026-05-03,Jo\n", Choices(columns={"Comment": None})
    )
    assert means(found) == {"Milestone": "title", "Comment": None, "Due": "forecast", "Owner": None}
    assert [(column.letters, column.samples) for column in found.columns] == [
        ("A", ("A", "B")),
        ("B", ("x", "y")),
        ("C", ("2026-04-03", "2026-05-03")),
        ("D", ()),
    ]
    assert [row.reason for row in found.rows] == [None, None]


def test_comments_that_say_who_wrote_them_are_no_reason() -> None:
    """A reason with semicolons is one all the same."""
    found = read('Milestone,Due,Comment\nA,2026-04-03,"12/Mar/26 10:11 AM;jsmith;Late"\n')
    assert [row.reason for row in found.rows] == [None]
    assert any("says who wrote its comments" in finding.message for finding in found.findings)
    reason = "Held up by the flood in March; agreed with the board; new date"
    assert [row.reason for row in read(f'Milestone,Due,Comment\nA,2026-04-03,"{reason}"\n').rows] == [reason]
