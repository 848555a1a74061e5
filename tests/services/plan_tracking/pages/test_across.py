"""The pages of departments, places and missions, and the notices: what they say, and to whom."""

import datetime as dt
import html
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from services.plan_tracking.store import Store
from tests.events import NOON, event
from tests.services.plan_tracking import towns
from tests.services.plan_tracking.doors import doors, key
from tests.services.plan_tracking.towns import ALDERMOOR, JOBS, MOORSHIRE, OLD_ALDERMOOR, RENEWAL, SLUG

PAGES = [
    "/departments",
    "/departments/dft",
    "/places",
    f"/places/{ALDERMOOR}",
    "/missions",
    f"/missions/{SLUG}",
    "/accessibility",
    "/privacy",
]


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over two plans of two leads, with the register."""
    await towns.founded(store)
    async with doors(store, places=towns.places()) as client:
        yield client


def text(page: str) -> str:
    """What a reader reads of a page, in single spaces."""
    return (
        re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)))
        .replace(" .", ".")
        .replace(" ,", ",")
        .replace(" :", ":")
    )


async def read(http: httpx.AsyncClient, path: str, *departments: str) -> str:
    """The words of a page, to whoever speaks for these departments."""
    got = await http.get(path, headers=key(*departments) if departments else {})
    assert got.status_code == 200, got.text
    return text(got.text)


async def test_a_department_says_what_it_owes_waits_for_and_how_its_dates_have_held(http: httpx.AsyncClient) -> None:
    """Over all plans: two others wait for the station, one of its own waits for the job centre."""
    said = await read(http, "/departments/dft")
    for sentence in (
        "Last heard 25 November 2026 at 12:00.",
        "Of 2 milestones still open, 2 are expected after the date first agreed, 42 days later on average.",
        "Market square waits for Station link",
        "Jobcentre waits for Station link",
        "needed at least 5 days before",
        "Jobcentre is awaited by Bus route",
        "Comes 33 days too late. It sets the date",
        "Bus route Jobs",
        "Waits for Jobcentre ( dwp ), which is as agreed.",
    ):
        assert sentence in said, sentence


async def test_a_department_says_when_its_returns_are_due(store: Store) -> None:
    """Where the plan has a reporting calendar, with the way to the board."""
    reporting = {"every": "quarter", "due_days": 30}
    await towns.founded(store, renewal_plan=towns.renewal(reporting=reporting))
    async with doors(store) as client:
        page = (await client.get("/departments/dft")).text
    assert "for Q3 2026/27, due by 30 January 2027" in text(page)
    assert f"/publish/returns?plan={RENEWAL}" in page


async def test_dates_that_held_are_counted_beside_those_that_did_not(store: Store) -> None:
    """By the date first agreed, whatever was agreed later."""
    done = event("milestone.completed", "dft/station", {"actual": "2026-11-20"}, plan=RENEWAL)
    await towns.founded(store, renewal_plan=[*towns.renewal(), done])
    async with doors(store) as client:
        said = await read(client, "/departments/dft")
    assert "Of 1 milestone done, 1 came by the date first agreed." in said


async def test_a_place_shows_milestones_money_outcomes_and_experience(http: httpx.AsyncClient) -> None:
    """Money at risk with its milestone; small counts withheld; the county apart."""
    said = await read(http, f"/places/{ALDERMOOR}")
    here, wider = said.split("In Moorshire as a whole")
    for sentence in (
        "Capital £25,000,000",
        "£24,000,000 of Towns fund (2026/27, capital), by what dluhc says",
        "Market square comes 14 days after 1 March 2027, by which the money is to be spent",
        "dluhc said £25,000,000 before",
        "400 visits a day to go to the target of 1,500",
        "Brackwater 1,450 and Aldermoor 1,100 are 350 visits a day apart",
        "The gap is closing.",
        "Waiting times 2026 Q3 about 40",
        "Buses 2026 Q3 fewer than 5",
        "It answers for Old Aldermoor (E07000001) too.",
    ):
        assert sentence in here, sentence
    assert "County hub" in wider
    assert "£7,000,000" in wider
    assert "County hub" not in here
    assert "You asked for E07000001, which this place has replaced." in await read(http, f"/places/{OLD_ALDERMOOR}")
    assert "Within it: Aldermoor, Brackwater." in await read(http, f"/places/{MOORSHIRE}")


async def test_provisional_values_are_marked_in_chart_and_words(store: Store) -> None:
    """Hollow and said so."""
    last = towns.observed(RENEWAL, "2026 Q3", "1200", provisional=True)
    await towns.founded(store, renewal_plan=[*towns.renewal(), last])
    async with doors(store, places=towns.places()) as client:
        page = (await client.get(f"/places/{ALDERMOOR}")).text
    assert page.count("o-point is-provisional") == 2  # the key, and the value
    assert "1,200 in 2026 Q3 (provisional)" in text(page)


async def test_a_mission_has_its_outcomes_first_and_never_a_milestone_among_them(http: httpx.AsyncClient) -> None:
    """A panel for each place; plans and their counts under them."""
    page = (await http.get(f"/missions/{SLUG}")).text
    outcomes, plans = page.split("Plans towards it")
    assert outcomes.count('role="img"') == 4
    assert "milestone" not in text(outcomes.partition("<h1>")[2])
    assert [plan in plans for plan in (RENEWAL, JOBS)] == [True, True]
    assert "3 milestones" in text(plans)


async def test_lists_lead_to_every_department_place_and_mission(http: httpx.AsyncClient) -> None:
    """Each with the number of its plans."""
    assert "DFT In 2 plans." in await read(http, "/departments")
    assert "Aldermoor 1 plan; in Moorshire" in await read(http, "/places")
    assert f"{towns.MISSION} 2 plans" in await read(http, "/missions")
    for path in ("/departments", "/places", "/missions"):
        links = re.findall(rf'href="({path}/[^"]+)"', (await http.get(path)).text)
        assert links
        assert [(await http.get(link)).status_code for link in links] == [200] * len(links)


async def test_lists_without_anything_say_so(store: Store) -> None:
    """An empty service has whole pages."""
    async with doors(store) as client:
        for path in ("/departments", "/places", "/missions"):
            assert "yet." in await read(client, path)


async def test_what_is_not_listed_or_not_public_is_on_no_page(http: httpx.AsyncClient) -> None:
    """A milestone and money of dfe: shown to it and to the lead."""
    for path in PAGES[:6]:
        for departments in ((), ("dft",)):
            page = await read(http, path, *departments)
            assert "Campus" not in page
            assert "Skills fund" not in page
    assert "Campus" in await read(http, f"/places/{ALDERMOOR}", "dfe")
    assert "£3,000,000" in await read(http, f"/places/{ALDERMOOR}", "dluhc")


@pytest.mark.parametrize("path", ["/places/E99999999", "/departments/defra", "/missions/another"])
async def test_what_nobody_speaks_of_is_not_found(http: httpx.AsyncClient, path: str) -> None:
    """With a page that says so."""
    got = await http.get(path)
    assert got.status_code == 404
    assert "There is no such" in got.text


async def test_pages_say_nothing_inline_and_have_unique_ids(http: httpx.AsyncClient) -> None:
    """So that the strict policy breaks nothing, and labels belong to one thing."""
    for path in PAGES:
        page = (await http.get(path, headers=key("dluhc"))).text
        assert not re.search(r"<script(?! src)|<style|\sstyle=|\son[a-z]+=", page)
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), path


async def test_every_page_leads_to_the_notices(http: httpx.AsyncClient) -> None:
    """From its footer."""
    for path in PAGES:
        footer = (await http.get(path)).text.partition("<footer")[2]
        assert "/accessibility" in footer
        assert "/privacy" in footer


async def test_pages_answer_head(http: httpx.AsyncClient) -> None:
    """A link checker asks for the head only."""
    assert {(await http.head(path)).status_code for path in PAGES} == {200}


async def test_on_hold_the_page_of_a_place_says_as_known_when(store: Store) -> None:
    """So that nobody takes it for the present."""
    town = {"places": [{"code": ALDERMOOR, "name": "Aldermoor town"}], "mission": towns.MISSION}
    said, at = {"title": "Renewal", **town, "hold": NOON.date().isoformat()}, (NOON + dt.timedelta(days=2)).isoformat()
    hold = event("plan.published", RENEWAL, said, plan=RENEWAL, time=at, acceptedtime=at, id="later")
    await towns.founded(store, renewal_plan=[*towns.renewal(), hold])
    async with doors(store, NOON + dt.timedelta(days=3), towns.places()) as client:
        assert "as known on 25 November 2026: publication is on hold" in await read(client, f"/places/{ALDERMOOR}")
