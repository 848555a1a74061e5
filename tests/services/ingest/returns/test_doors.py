"""The doors for returns of an ingest whose neighbours do not answer: what it knows by itself, and what it keeps."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from schemas import topics
from services.ingest.store.drafts import Draft, DraftStore
from services.ingest.store.returns import ReturnStore
from tests.servers import Servers
from tests.services.ingest.readers.books import AS_AT, quarterly_return, saved
from tests.services.ingest.running import Running, ingest, read, settings_for

PLAN = "dluhc/returned"
NOBODY = "http://127.0.0.1:9"
"""Where nothing listens."""

HEADER = "Ref,Item,Agreed,Ready,Where it is\n"
LINES = "A-1,OBC approval,2027-05-01,2027-06-01,open\nA-2,FBC approval,2028-05-01,2028-06-01,open\n"
COLUMNS = ["Ref=id", "Item=title", "Agreed=baseline", "Ready=forecast", "Where it is=status"]
CHOSEN: dict[str, Any] = {"columns": COLUMNS}
CONFIRMED: dict[str, Any] = {"project": "p", "as_at": "2026-11-25", "publish": "true"}


@dataclass
class Desk:
    """A running ingest, with keys of dft and of dwp."""

    ingest: Running
    dft: dict[str, str]
    dwp: dict[str, str]
    kafka: str
    namespace: str

    async def send(
        self, content: bytes | str | None, headers: dict[str, str] | None = None, **form: Any
    ) -> httpx.Response:
        """Sends a file for dft."""
        files = {} if content is None else {"file": ("return.csv", content)}
        data = {"plan": PLAN, "department": "dft", **form}
        return await self.ingest.http.post("/returns", data=data, files=files, headers=headers or self.dft)

    async def shown(self, content: bytes | str | None, **form: Any) -> Any:
        """What is answered to a file that is taken."""
        answer = await self.send(content, **form)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()

    async def get(self, address: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """What is at an address."""
        return await self.ingest.http.get(address, headers=headers or self.dft)


@pytest_asyncio.fixture
async def desk(servers: Servers, namespace: str) -> AsyncIterator[Desk]:
    """Ingest alone."""
    settings = settings_for(servers, namespace, plans_url=NOBODY, alerts_url=NOBODY, most_return_bytes=200_000)
    async with ingest(settings) as running:
        yield Desk(running, await running.key_of("dft"), await running.key_of("dwp"), servers.kafka, namespace)


def table(lines: str = LINES) -> str:
    """A file whose headers nobody knows."""
    return HEADER + lines


async def test_what_only_others_know_is_said_to_be_unknown(desk: Desk) -> None:
    """The preview goes on without it, and so does publication."""
    shown = await desk.shown(saved(quarterly_return(("6.01.1", "OBC", AS_AT, AS_AT, "Live"))))
    assert (shown["published"], shown["plan_known"], shown["reach"]) == (False, False, None)
    [row] = shown["milestones"]
    assert (row["new"], row["changes"], row["ready"]) == (None, [], True)
    published = await desk.shown(table(), **CHOSEN, **CONFIRMED)
    receipt = (await desk.get(published["receipt"])).json()
    assert [one["came"] for one in receipt["rows"]] == ["not known now"] * 2
    assert receipt["counts"] == {"not known now": 2}
    for door in (f"/returns?plan={PLAN}", f"/template?plan={PLAN}&department=dft"):
        answer = await desk.get(door)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_what_is_answered_202_is_on_the_log_and_the_same_again_is_the_same(desk: Desk) -> None:
    """Each row as of the return's date; a second upload has the same ids and the same receipt."""
    first = await desk.shown(table(), **CHOSEN, **CONFIRMED)
    again = await desk.shown(table(), **CHOSEN, **CONFIRMED)
    assert (first["accepted"], first["receipt"]) == (again["accepted"], again["receipt"])
    records = await read(desk.kafka, topics.events(desk.namespace).name, 4)
    assert sorted(record.key.decode() for record in records) == [PLAN] * 4
    receipt = (await desk.get(first["receipt"])).json()
    assert [one["event"] for one in receipt["rows"]] == [one["id"] for one in first["accepted"]]


async def test_a_new_milestone_of_a_return_that_is_sent_again_is_the_same(desk: Desk) -> None:
    """Answered with "new" each time: its own name does not stand in its way."""
    await desk.shown(table(), **CHOSEN, **CONFIRMED)
    like = table("B-1,OBC approved,2027-05-01,2027-06-01,open\n").replace("Ref", "Note")
    form = {"columns": COLUMNS[1:], **CONFIRMED}
    assert (await desk.shown(like, columns=COLUMNS[1:], project="p"))["counts"]["question"] == 1
    first, again = [await desk.shown(like, **form, new="row 2") for _ in range(2)]
    assert [row["milestone"] for row in first["milestones"]] == ["dft/p/obc-approved"]
    assert (first["accepted"], first["receipt"]) == (again["accepted"], again["receipt"])


async def test_how_a_file_was_read_is_remembered_for_its_layout(desk: Desk) -> None:
    """Once it was published; the next says so, may correct it, and may be read afresh."""
    assert (await desk.shown(table()))["counts"]["rows"] == 0
    assert (await desk.shown(table(), **CHOSEN))["counts"]["ready"] == 0  # no project yet
    await desk.shown(table(), **CHOSEN, **CONFIRMED)
    later = await desk.shown(table(LINES.replace("2027-06-01", "2027-07-01")), project="p", as_at="2026-11-25")
    assert [row["data"]["forecast"] for row in later["milestones"]] == ["2027-07-01", "2028-06-01"]
    assert later["choices"]["remembered"]
    assert "choices" in [finding["field"] for finding in later["findings"]]
    corrected = await desk.shown(table(), columns=["Ready=baseline", "Agreed=forecast"])
    assert [row["data"]["baseline"] for row in corrected["milestones"]] == ["2027-06-01", "2028-06-01"]
    assert (await desk.shown(table(), forget="true"))["counts"]["rows"] == 0
    other = await desk.send(table(), desk.dwp, department="dwp")
    assert other.json()["counts"]["rows"] == 0


async def test_a_milestone_goes_on_by_its_id_and_what_is_absent_is_listed(desk: Desk) -> None:
    """Renamed, it keeps its name."""
    await desk.shown(table(), **CHOSEN, **CONFIRMED)
    renamed = await desk.shown(
        table("A-2,Treasury sign-off,2028-05-01,2028-06-01,open\n"), project="p", as_at="2027-02-25"
    )
    [row] = renamed["milestones"]
    assert (row["milestone"], row["data"]["title"]) == ("dft/p/fbc-approval", "Treasury sign-off")
    assert renamed["absent"] == [{"milestone": "dft/p/obc-approval", "title": "OBC approval", "state": None}]


async def test_returns_that_are_published_side_by_side_are_all_remembered(desk: Desk) -> None:
    """None overwrites what another has just noted of the same project."""
    files = [table(f"N-{n},Milestone {n},2027-05-01,2027-06-01,open\n") for n in range(4)]
    await asyncio.gather(*(desk.shown(file, **CHOSEN, **CONFIRMED) for file in files))
    memory, version = await ReturnStore(desk.ingest.database).memory(PLAN, "dft", "p")
    assert {one.key for one in memory.bindings} == {"N-0", "N-1", "N-2", "N-3"}
    assert version == 4


async def test_a_receipt_whose_return_was_cut_short_says_what_to_do(desk: Desk) -> None:
    """Sent again, it is finished; and it is its own department's only."""
    published = await desk.shown(table(), **CHOSEN, **CONFIRMED)
    identifier = published["receipt"].rpartition("/")[2]
    await desk.ingest.database["returns"].update_one({"_id": identifier}, {"$set": {"published": None}})
    cut = (await desk.get(f"/returns/{identifier}")).json()
    assert cut["state"] == "unfinished: send the same file again, it does no harm"
    await desk.shown(table(), **CHOSEN, **CONFIRMED)
    assert (await desk.get(f"/returns/{identifier}")).json()["state"] == "published"
    assert (await desk.get(f"/returns/{identifier}", desk.dwp)).status_code == 403
    assert (await desk.get("/returns/another")).status_code == 404


async def test_a_file_that_was_kept_need_not_be_sent_again(desk: Desk) -> None:
    """For its own department, until it is gone."""
    draft = (await desk.shown(table(), **CHOSEN, keep="true"))["draft"]
    published = await desk.shown(None, draft=draft, **CHOSEN, **CONFIRMED)
    assert len(published["accepted"]) == 2
    again = await desk.shown(table(LINES.splitlines()[0]), draft=draft, keep="true")
    assert again["draft"] != draft  # another file is another draft
    for headers, department, name in ((desk.dwp, "dwp", draft), (desk.dft, "dft", "another")):
        gone = await desk.send(None, headers, department=department, draft=name)
        assert (gone.status_code, gone.json()["errors"][0]["field"]) == (422, "file")
        assert "send it again" in gone.json()["detail"]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"as_at": "25.11.2026"}, "as_at"),
        ({"plan": "towns"}, "plan"),
        ({"columns": "Ready=sometime"}, "columns.Ready"),
        ({"same": "A-1=not a name"}, "same.A-1"),
        ({"choices": "{"}, "choices"),
        ({"choices": '{"order": {"Ready": "year-first"}}'}, "choices.order.Ready"),
        ({"colour": "blue"}, "colour"),
    ],
)
async def test_a_form_that_is_wrong_names_the_field(desk: Desk, form: dict[str, Any], field: str) -> None:
    """Nothing is read before it is right."""
    answer = await desk.send(table(), **form)
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, [field])


async def test_who_may_send_and_how_much(desk: Desk) -> None:
    """A key of the department; no more bytes than are read."""
    assert (await desk.send(table(), {"Authorization": ""})).status_code == 401
    assert (await desk.send(table(), desk.dwp)).status_code == 403
    assert (await desk.send("x" * 200_000)).status_code == 413
    assert (await desk.send(None)).json()["errors"][0]["field"] == "file"


async def test_nothing_is_published_before_it_is_confirmed_or_ready(desk: Desk) -> None:
    """The refusal names what to confirm, and where nothing is ready says so."""
    content = saved(quarterly_return(("6.01.1", "OBC", AS_AT, AS_AT, "Live")))
    unconfirmed = await desk.send(content, publish="true")
    assert [one["field"] for one in unconfirmed.json()["errors"]] == ["project", "as_at"]
    undated = await desk.send(table(), **CHOSEN, publish="true")
    assert [one["field"] for one in undated.json()["errors"]] == ["project", "as_at"]
    none = await desk.send(table(), **{**CHOSEN, **CONFIRMED, "leave_out": ["A-1", "A-2"]})
    assert [one["field"] for one in none.json()["errors"]] == ["file"]


async def test_a_dry_run_of_a_return_refuses_what_would_be_and_publishes_nothing(desk: Desk) -> None:
    """Its answer is the preview, although `publish` is sent."""
    files, form = {"file": ("return.csv", table())}, {"plan": PLAN, "department": "dft", **CHOSEN}

    async def post(**more: Any) -> httpx.Response:
        address = "/returns?dry_run=true"
        return await desk.ingest.http.post(address, data={**form, **more}, files=files, headers=desk.dft)

    tried = await post(**CONFIRMED)
    assert (tried.status_code, tried.json()["dry_run"], tried.json()["published"]) == (200, True, False)
    assert (await post(publish="true")).status_code == 422
    assert await desk.ingest.database["returns"].count_documents({}) == 0


async def test_the_store_forgets_drafts_and_keeps_the_first_publication(desk: Desk) -> None:
    """A draft of no bytes is one too; a receipt that is begun again stays published."""
    drafts, returns = DraftStore(desk.ingest.database), ReturnStore(desk.ingest.database)
    now = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    for content in (b"", b"x" * 9_000_000):
        identifier = await drafts.keep("dft", Draft("a", content), now)
        assert await drafts.find("dft", identifier) == Draft("a", content)
    indexes = await desk.ingest.database["drafts"].index_information()
    assert [one["expireAfterSeconds"] for one in indexes.values() if "expireAfterSeconds" in one] == [0]
    for moment, rows in ((now, 1), (now + dt.timedelta(days=1), 2)):
        await returns.begin({"_id": "r", "rows": rows})
        await returns.finish("r", moment)
    assert await returns.receipt("r") == {"_id": "r", "rows": 2, "published": now}
