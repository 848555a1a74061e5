"""The doors to differences: as JSON, as a workbook, as a page."""

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import openpyxl
import pytest
import pytest_asyncio

from schemas.events import LogRecord
from services.plan_tracking.store import Store
from tests.events import NOON, PLAN
from tests.services.plan_tracking.domain.hostile import HOSTILE
from tests.services.plan_tracking.doors import doors, key, said
from tests.services.plan_tracking.story import FIRST, at, planned, story

COMPARE, PACK = f"/api/plans/{PLAN}/compare", f"/plans/{PLAN}/board-pack"


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over the story."""
    await said(store, story())
    async with doors(store) as client:
        yield client


async def compared(client: httpx.AsyncClient, *departments: str, **query: str) -> list[dict[str, Any]]:
    """What differs."""
    answer = await client.get(COMPARE, params=query, headers=key(*departments) if departments else {})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["moved"])


async def test_two_moments_differ_by_who_moved_how_far_and_why(http: httpx.AsyncClient) -> None:
    """To the present, or to another moment."""
    found = await compared(http, "dluhc", **{"from": "2026-11-23"})
    assert [(one["milestone"], one["days"], one["slip"]) for one in found] == [
        ("dft/a", 30, 30),
        ("dwp/b", 21, 21),
        ("dluhc/c", 10, 10),
    ]
    assert found[0]["reason"] == "Part of the possession is back"
    assert found[1]["cause"]["milestone"] == "dft/a"
    between = await compared(http, "dluhc", **{"from": "2026-11-23", "to": "2026-11-24"})
    assert [one["days"] for one in between] == [45, 36, 25]
    assert await compared(http, **{"from": "2026-11-25"}) == []


async def test_a_caller_is_not_shown_what_it_may_not_know(http: httpx.AsyncClient) -> None:
    """Neither as moved nor as a cause."""
    answer = await http.get(COMPARE, params={"from": "2026-11-23"})
    assert "dwp" not in answer.text
    assert [one["milestone"] for one in answer.json()["moved"]] == ["dft/a", "dluhc/c"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "from"),
        ({"from": "x"}, "from"),
        ({"from": "2026-11-25", "to": "2026-11-24"}, "from"),
        ({"from": "2026-11-23", "to": "2027-01-01"}, "to"),
    ],
)
async def test_moments_that_make_no_sense_are_refused(
    http: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    """With the field; on every door."""
    for door in (COMPARE, PACK, f"{PACK}.xlsx"):
        answer = await http.get(door, params=query)
        assert answer.status_code == 422
        assert field in answer.json()["detail"]


async def test_the_board_pack_is_a_workbook(http: httpx.AsyncClient) -> None:
    """A sheet for each table; dates are dates, days are numbers."""
    answer = await http.get(f"{PACK}.xlsx", params={"from": "2026-11-23"})
    assert answer.status_code == 200
    assert 'filename="dluhc-towns-fund-2026-11-25.xlsx"' in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Where it ends", "What changed", "What stands out", "Departments"]
    first = [cell.value for cell in book["What changed"][5]]
    assert (first[0], first[5]) == ("Possession", 30)
    assert first[3].isoformat() == "2027-03-01T00:00:00"
    assert book["What changed"]["A1"].value == "Towns Fund"


async def test_the_board_pack_is_a_page(http: httpx.AsyncClient) -> None:
    """Every table with headers for its columns and rows."""
    answer = await http.get(PACK, params={"from": "2026-11-23"})
    assert answer.status_code == 200
    assert '<th scope="row">Possession</th>' in answer.text
    assert "1 March 2027" in answer.text
    assert answer.text.count("<table") == 4


def hostile() -> list[LogRecord]:
    """A plan whose every text is hostile, as far as the contract lets it in."""
    texts = [text for text in HOSTILE if text.strip()]
    said = [at("plan.published", PLAN, {"title": texts[0]}, FIRST)]
    for number, text in enumerate(texts):
        said += planned(f"dluhc/m{number}", text, "2027-03-01")
        moved = {"forecast": "2027-05-01", "reason": text}
        said.append(at("milestone.forecast", f"dluhc/m{number}", moved, NOON))
    return said


async def test_hostile_titles_are_text_in_the_workbook_and_in_the_page(store: Store) -> None:
    """No cell is a formula, no markup comes of them."""
    await said(store, hostile())
    async with doors(store) as client:
        book = openpyxl.load_workbook(
            io.BytesIO((await client.get(f"{PACK}.xlsx", params={"from": "2026-11-23"})).content)
        )
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
        page = (await client.get(PACK, params={"from": "2026-11-23"})).text
        assert "<script>" not in page
        assert "\u202e" not in page
