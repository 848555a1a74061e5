"""The pages, served by a real application over a reader of made-up plans."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx
import pytest

from schemas.states import Blocked, Confidence
from tests.services.plan_tracking import examples
from tests.services.plan_tracking.examples import PLAN, Shelf, Spec, plan_state, states
from tests.services.plan_tracking.paging import app

POSSESSION = "dft/riverside-halt/possession"


@pytest.fixture
def shelf() -> Shelf:
    """The made-up plans."""
    return examples.shelf()


@pytest.fixture
async def client(shelf: Shelf) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the pages."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app(shelf)), base_url="http://pages") as client:
        yield client


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keeps the text."""
        self.read.append(data)


def _text(html: str) -> str:
    """What a reader reads: no markup, single spaces."""
    reader = _Reader()
    reader.feed(html)
    return (
        " ".join(" ".join(reader.read).split())
        .replace(" .", ".")
        .replace(" ,", ",")
        .replace(" ;", ";")
        .replace(" :", ":")
    )


def _row(html: str, name: str) -> str:
    """The line of the table about a milestone."""
    return _text(html.split(f'<tr role="row" id="{name}"')[1].partition(">")[2].split("</tr>")[0])


async def test_home_lists_public_plans_with_their_counts(client: httpx.AsyncClient) -> None:
    """Title, mission, how many milestones of each status, target; nothing that is not public."""
    text = _text((await client.get("/")).text)
    assert "Northgate renewal A town centre that people choose" in text
    assert "11 done 9 on track 3 slipping 11 late 1 no date 1 cancelled 36 milestones." in text
    assert "Target 31 March 2028" in text
    assert "Kept back" not in text
    assert "Not yet published" not in text


async def test_home_without_plans_says_so(client: httpx.AsyncClient, shelf: Shelf) -> None:
    """An empty service has a whole page."""
    shelf.plans.clear()
    assert "No plan is public yet." in (await client.get("/")).text


async def test_a_plan_says_who_what_and_where_it_stands(client: httpx.AsyncClient) -> None:
    """Mission, lead, contributors, target, what is expected last, and a summary."""
    text = _text((await client.get(f"/plans/{PLAN}")).text)
    assert "A town centre that people choose, within reach of work and learning" in text
    assert "Lead Department for Levelling Up, Housing and Communities" in text
    assert "Contributors Department for Transport, Department for Education, Northgate Borough Council" in text
    assert "Target 31 March 2028" in text
    assert "The last milestone, Programme closed (Department" in text
    assert "36 milestones: 11 done, 9 on track, 3 slipping, 11 late" in text


async def test_a_plan_says_what_drives_its_end(client: httpx.AsyncClient, shelf: Shelf) -> None:
    """Where the last milestone waits for another department, the first lines of the page say so."""
    moved = states(
        [
            Spec("dft/a", "Possession", "2027-01-01", "2027-02-01", reason="Moved."),
            Spec("dluhc/b", "Programme closed", "2027-01-10", needs=[("dft/a", 0)]),
        ]
    )
    shelf.put(plan_state(moved, target="2027-01-10"), moved)
    text = _text((await client.get(f"/plans/{PLAN}")).text)
    assert "is expected on 1 February 2027, 22 days after the target." in text
    assert "Waits for Possession (Department for Transport), which is 31 days later than agreed: Moved." in text


async def test_the_table_says_in_words_what_the_chart_shows(client: httpx.AsyncClient) -> None:
    """Status, agreed and expected dates, slip, cause with its path, and needs."""
    html = (await client.get(f"/plans/{PLAN}")).text
    assert _row(html, "dft/riverside-halt/contract") == (
        "Main works contract awarded Late 12 March 2027 9 April 2027 owner says 12 March 2027 "
        "28 days later than agreed Waits for Track possession agreed with the infrastructure manager "
        "(Department for Transport), which is 49 days later than agreed: Possession moved by the infrastructure "
        "manager after the December blockade was withdrawn. Through Full business case approved. "
        "Needs Full business case approved (comes 28 days too late for the owner's date)."
    )
    assert "first 6 November 2026" in _row(html, POSSESSION)
    assert "September 2027" in _row(html, "dfe/skills-centre/tutors")
    assert "quarter to 30 June 2027" in _row(html, "dluhc/renewal-fund/evaluation")
    assert "Late, overdue" in _row(html, "northgate/town-centre/land")
    assert "Needs Bursary scheme (adds no date: it was cancelled)." in _row(html, "dfe/skills-centre/mentoring")


async def test_every_milestone_is_in_the_chart_and_in_the_table(client: httpx.AsyncClient, shelf: Shelf) -> None:
    """With an anchor in each, and a link to its own page."""
    html = (await client.get(f"/plans/{PLAN}")).text
    for state in shelf.milestones[PLAN]:
        assert html.count(f'id="{state.milestone}"') == 1
        assert html.count(f'id="chart-{state.milestone}"') == 1
        assert f'href="/plans/{PLAN}/milestones/{state.milestone}"' in html


async def test_ids_on_a_page_are_unique(client: httpx.AsyncClient) -> None:
    """So that links and lines lead to one place."""
    for path in (f"/plans/{PLAN}", f"/plans/{PLAN}/milestones/{POSSESSION}"):
        ids = re.findall(r'\bid="([^"]+)"', (await client.get(path)).text)
        assert len(ids) == len(set(ids))


async def test_a_need_without_a_line_is_explained_under_the_chart(client: httpx.AsyncClient) -> None:
    """The sign in the chart is answered by a sentence."""
    text = _text((await client.get(f"/plans/{PLAN}")).text)
    assert "* 1 need is not drawn as a line Mentoring scheme needs Bursary scheme: it was cancelled." in text


async def test_a_milestone_shows_four_dates_and_both_slips(client: httpx.AsyncClient) -> None:
    """First agreed, agreed now, forecast, done; against the agreed and the first agreed date."""
    text = _text((await client.get(f"/plans/{PLAN}/milestones/{POSSESSION}")).text)
    assert "First agreed 6 November 2026 Agreed now 11 December 2026 Owner’s forecast 29 January 2027" in text
    assert "Done not yet" in text
    assert "Against the agreed date 49 days later than agreed" in text
    assert "Against the first agreed date 84 days later" in text
    assert "Reason given on 20 November 2026 for 29 January 2027." in text
    assert "Last heard: 20 November 2026 at 09:15." in text


async def test_a_calculated_date_is_labelled_so_beside_the_owners(client: httpx.AsyncClient) -> None:
    """Milepost's date is never passed off as the owner's."""
    text = _text((await client.get(f"/plans/{PLAN}/milestones/dft/riverside-halt/fbc")).text)
    assert "Owner’s forecast 20 January 2027" in text
    assert "Calculated by Milepost 26 February 2027" in text


async def test_a_milestone_shows_the_path_what_it_waits_for_and_what_waits_for_it(client: httpx.AsyncClient) -> None:
    """The chain of causes in order, needs with their room, and dependents."""
    text = _text((await client.get(f"/plans/{PLAN}/milestones/dft/riverside-halt/contract")).text)
    path, needs, dependents = (text.index(part) for part in ("Why ", "What it waits for", "What waits for it"))
    assert text.index("Full business case approved Department for Transport expected 26 February 2027") > path
    assert "Full business case approved Department for Transport at least 42 days before this" in text[needs:dependents]
    assert "It sets the date" in text[needs:dependents]
    assert "Site mobilised Department for Transport expected 28 May 2027" in text[dependents:]


async def test_a_milestones_history_is_a_story(client: httpx.AsyncClient) -> None:
    """Newest first, with reasons, and what changed nothing."""
    text = _text((await client.get(f"/plans/{PLAN}/milestones/{POSSESSION}")).text)
    assert (
        "20 November 2026 at 09:15 Department for Transport gave a new forecast 29 January 2027 "
        "(42 days later than before). Possession moved by the infrastructure manager."
    ) in text
    assert "Received on 24 November 2026; changed nothing: something later had been said already." in text


async def test_a_replaced_milestone_leads_to_its_successor(client: httpx.AsyncClient, shelf: Shelf) -> None:
    """A cancelled milestone says why, and what stands in its place."""
    bursary = "dfe/skills-centre/bursary"
    shelf.milestones[PLAN] = [
        state.model_copy(update={"replaced_by": "dfe/skills-centre/mentoring"}) if state.milestone == bursary else state
        for state in shelf.milestones[PLAN]
    ]
    text = _text((await client.get(f"/plans/{PLAN}/milestones/{bursary}")).text)
    assert "Merged with a national scheme." in text
    assert "In its place: Mentoring scheme." in text


@pytest.mark.parametrize(
    "path",
    [
        "/plans/dluhc/secret",
        "/plans/dluhc/draft",
        "/plans/dluhc/nothing",
        f"/plans/dluhc/secret/milestones/{POSSESSION}",
        f"/plans/{PLAN}/milestones/dft/nothing",
        "/plans/dluhc",
    ],
)
async def test_what_is_not_public_is_as_if_it_were_not_there(client: httpx.AsyncClient, path: str) -> None:
    """Not published, not public, not existing: the same page with 404, which names nothing."""
    answer = await client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "There is no such" in answer.text
    assert "Kept back" not in answer.text


async def test_an_unlisted_milestone_is_counted_and_not_shown(client: httpx.AsyncClient, shelf: Shelf) -> None:
    """No row, no page, no name anywhere; only that there is one."""
    concluded = states(examples.RENEWAL)
    hidden = next(i for i, s in enumerate(concluded) if s.milestone == POSSESSION)
    concluded[hidden] = concluded[hidden].model_copy(update={"listed": False})
    shelf.put(plan_state(concluded, waiting=1), concluded)
    html = (await client.get(f"/plans/{PLAN}")).text
    assert "Track possession" not in html
    assert POSSESSION not in html
    assert "blockade" not in html
    assert "1 more milestone is not shown" in html
    assert (await client.get(f"/plans/{PLAN}/milestones/{POSSESSION}")).status_code == 404
    downstream = (await client.get(f"/plans/{PLAN}/milestones/dft/riverside-halt/contract")).text
    assert "Track possession" not in downstream
    assert POSSESSION not in downstream


HOSTILE = ["<img src=x onerror=alert(1)>", "\u202eturned", "{{7*7}}", "two\nlines", "W" * 300, "🚆 opening", "\u202e"]


async def test_hostile_names_are_harmless_on_every_page(client: httpx.AsyncClient, shelf: Shelf) -> None:
    """Markup, marks of direction, templates, newlines, length and emoji, in titles, reasons and departments."""
    specs = [
        Spec(f"dft/m-{i}", title, "2027-01-01", "2027-03-01", reason=title, needs=[("dft/m-0", 0)] if i else [])
        for i, title in enumerate(HOSTILE)
    ]
    concluded = states(specs)
    contributors = [{"department": "dft", "title": HOSTILE[0]}]
    shelf.put(plan_state(concluded, title=HOSTILE[0] + HOSTILE[1], contributors=contributors), concluded)
    shelf.entries[PLAN, "dft/m-0"] = [examples.entry("milestone.planned", {"title": HOSTILE[0]}, "2026-11-01T09:00")]
    for path in ("/", f"/plans/{PLAN}", *(f"/plans/{PLAN}/milestones/{spec.name}" for spec in specs)):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "<img src=x" not in answer.text
        assert "\u202e" not in answer.text
        assert ">49<" not in answer.text


async def test_pages_say_nothing_inline(client: httpx.AsyncClient) -> None:
    """No style attribute, style element or script but our own file, so that the strict policy breaks nothing."""
    for path in ("/", f"/plans/{PLAN}", f"/plans/{PLAN}/milestones/{POSSESSION}"):
        html = re.sub(r'<script src="/static/live\.js\?v=\w+" defer></script>', "", (await client.get(path)).text)
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", html)


async def test_a_large_plan_travels_small(client: httpx.AsyncClient) -> None:
    """Three hundred milestones with all their lines and words: under 60 kB on the way."""
    async with client.stream("GET", "/plans/dluhc/three-hundred", headers={"accept-encoding": "gzip"}) as answer:
        size = len(b"".join([chunk async for chunk in answer.aiter_raw()]))
    assert answer.headers["content-encoding"] == "gzip"
    assert size < 60_000


async def test_pages_answer_head(client: httpx.AsyncClient) -> None:
    """A link checker asks for the head only."""
    assert (await client.head(f"/plans/{PLAN}")).status_code == 200


async def test_a_need_in_another_plan_is_not_named(client: httpx.AsyncClient, shelf: Shelf) -> None:
    """Whether the other plan is public is not known here."""
    concluded = states([Spec("dft/a", "A", "2027-01-01")])
    need = {"plan": "dft/other", "milestone": "dft/secret-thing", "lag": 0, "unit": "calendar", "waiting": "other-plan"}
    concluded[0] = type(concluded[0]).model_validate({**concluded[0].model_dump(), "needs": [need]})
    shelf.put(plan_state(concluded), concluded)
    for path in (f"/plans/{PLAN}", f"/plans/{PLAN}/milestones/dft/a"):
        html = (await client.get(path)).text
        assert "secret-thing" not in html
        assert "a milestone in another plan" in html


async def test_what_the_lead_has_taken_back_stays_visible_and_is_marked(
    client: httpx.AsyncClient, shelf: Shelf
) -> None:
    """A withdrawn plan, an unlisted department, a plan that is stuck: each with its date, in words."""
    day = dt.date(2026, 11, 26)
    [state] = states([Spec("dft/a", "Possession", "2027-01-01", "2027-03-01", reason="Moved.")])
    marked = state.model_copy(
        update={
            "unlisted": day,
            "blocked": Blocked(reason="No consent", since=dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)),
            "baseline_approved": False,
            "confidence": Confidence(scale="RAG", value="green", assessor="Projects office", assessed=day),
        }
    )
    contributor = {"department": "dft", "title": "Transport", "unlisted": day}
    shelf.put(plan_state([marked], withdrawn=day, stuck=True, contributors=[contributor]), [marked])
    plan = _text((await client.get(f"/plans/{PLAN}")).text)
    assert "Withdrawn by the lead on 26 November 2026." in plan
    assert "Newer records of this plan could not be worked on." in plan
    assert "Transport (unlisted on 26 November 2026" in plan
    page = _text((await client.get(f"/plans/{PLAN}/milestones/dft/a")).text)
    assert "Transport was unlisted by the lead on 26 November 2026" in page
    assert "No consent" in page
    assert "without an approval" in page
    assert "Declared green, 59 days late (RAG), by Projects office on 26 November 2026." in page


async def test_home_says_what_moved_this_week_and_whom_it_reaches(client: httpx.AsyncClient) -> None:
    """By how many days the owner moved its date, to when, why, and who waits for it."""
    text = _text((await client.get("/")).text)
    assert (
        "49 days later Track possession agreed with the infrastructure manager Department for Transport, in "
        "Northgate renewal. Now 29 January 2027, 49 days later than agreed."
    ) in text
    assert "Holds up 10 milestones of Department for Education, Department for Transport and Northgate" in text


async def test_home_shows_many_plans_on_pages(client: httpx.AsyncClient, shelf: Shelf) -> None:
    """Each plan is on one of them; a page that is not there is the nearest that is."""
    for number in range(60):
        shelf.put(plan_state([], plan=f"dluhc/p-{number}", title=f"Programme {number:02}"), [])
    link = re.compile(r'<h3><a href="/plans/([^"/]+/[^"/]+)"')
    seen = [link.findall((await client.get(f"/?page={number}")).text) for number in (1, 2, 3)]
    assert len({*seen[0], *seen[1], *seen[2]}) == 62
    assert (await client.get("/?page=99")).text == (await client.get("/?page=3")).text
    assert (await client.get("/?page=nonsense")).status_code == 200


async def test_search_finds_plans_milestones_departments_and_places(client: httpx.AsyncClient) -> None:
    """By part of a title, whatever its case; nothing that the reader may not see; nothing inside is a pattern."""
    assert "Track possession agreed" in _text((await client.get("/?q=TRACK poss")).text)
    text = _text((await client.get("/?q=northgate")).text)
    assert "Northgate renewal" in text
    assert "Northgate Borough Council In 1 plan" in text or "Northgate Borough Council In 2 plans" in text
    assert "Nothing is called “Kept back”" in (await client.get("/?q=Kept back")).text
    assert "Nothing is called “.*”" in (await client.get("/?q=.*")).text
    assert "<img" not in (await client.get("/?q=<img src=x>")).text.split("<main")[1]


async def test_a_plan_is_arranged_as_its_address_says(client: httpx.AsyncClient) -> None:
    """Groups, filters and order, in chart and table alike; what is named wrongly is as if it were not named."""
    html = (await client.get(f"/plans/{PLAN}?status=late&department=dft")).text
    rows = re.findall(r'<tr role="row" id="(\w+)/[^"]+" class="([a-z -]+)"', html)
    assert set(rows) == {("dft", "is-late")}
    assert f"{len(rows)} of 36 milestones shown" in html
    assert html.count('class="c-row') == len(rows)
    by_state = _text((await client.get(f"/plans/{PLAN}?group=state")).text)
    assert by_state.index("Done 11 milestones") < by_state.index("Late 11 milestones")
    ordered = (await client.get(f"/plans/{PLAN}?sort=-slip")).text
    assert 'aria-sort="descending"' in ordered
    assert re.findall(r'<tr role="row" id="([^"]+)"', ordered)[0] == POSSESSION
    assert (await client.get(f"/plans/{PLAN}?sort=nonsense&range=7&group=<b>")).status_code == 200


async def test_a_range_leaves_out_what_lies_outside_it(client: httpx.AsyncClient) -> None:
    """A quarter shows what is expected or was agreed within it; today stays on the axis."""
    text = (await client.get(f"/plans/{PLAN}?range=quarter")).text
    assert f'id="{POSSESSION}"' in text
    assert "Programme closed</a></th>" not in text
    assert "Today, 25 Nov 2026" in text


async def test_a_page_that_the_reader_has_is_not_sent_again(client: httpx.AsyncClient, shelf: Shelf) -> None:
    """304 while the plan stands still; anew once it has moved."""
    first = await client.get(f"/plans/{PLAN}")
    has = {"if-none-match": first.headers["etag"]}
    assert (await client.get(f"/plans/{PLAN}", headers=has)).status_code == 304
    shelf.plans[PLAN] = shelf.plans[PLAN].model_copy(update={"version": 8, "title": "Renamed"})
    again = await client.get(f"/plans/{PLAN}", headers=has)
    assert again.status_code == 200
    assert "Renamed" in again.text


async def test_a_need_in_a_plan_that_the_reader_may_see_is_a_port_and_is_named(
    client: httpx.AsyncClient, shelf: Shelf
) -> None:
    """On the chart at the edge of the plot, in the table as a link; and so the other way round."""
    other = states([Spec("hmt/gate", "Settlement", "2026-12-01", "2027-02-15")], plan="hmt/money")
    shelf.put(plan_state(other, plan="hmt/money", title="Money", lead="hmt", contributors=()), other)
    [mine] = states([Spec("dft/a", "Possession", "2027-01-01")])
    need = {"plan": "hmt/money", "milestone": "hmt/gate", "lag": 0, "unit": "calendar", "projected": "2027-02-15"}
    mine = type(mine).model_validate({**mine.model_dump(), "needs": [need]})
    shelf.put(plan_state([mine]), [mine])
    html = (await client.get(f"/plans/{PLAN}")).text
    assert 'aria-label="Needs Settlement in plan hmt/money"' in html
    assert '<a href="/plans/hmt/money/milestones/hmt/gate">Settlement</a>' in html
    assert 'aria-label="Is needed by Possession' in (await client.get("/plans/hmt/money")).text
    waits = _text((await client.get("/plans/hmt/money/milestones/hmt/gate")).text)
    assert "Possession" in waits.split("What waits for it")[1]


async def test_a_cause_is_said_with_the_day_on_which_it_moved(client: httpx.AsyncClient) -> None:
    """Whose it is, by how many days it moved, when, and why."""
    text = _text((await client.get(f"/plans/{PLAN}/milestones/dft/riverside-halt/contract")).text)
    assert (
        "Waits for Track possession agreed with the infrastructure manager (Department for Transport), which moved "
        "49 days later on 20 November 2026: Possession moved by the infrastructure manager"
    ) in text


async def test_the_owners_record_of_moves_is_on_the_page(client: httpx.AsyncClient) -> None:
    """How often its date has moved, and how far on average."""
    text = _text((await client.get(f"/plans/{PLAN}/milestones/{POSSESSION}")).text)
    assert "Its owner’s date has moved 3 times, on average 28 days later; this week by 49 days." in text
