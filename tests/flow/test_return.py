"""A quarterly return through the running services: preview, publication, repetition, correction."""

import datetime as dt
from typing import Any

import httpx

from tests.flow.publisher import Publisher, until
from tests.flow.test_move import received
from tests.servers import Stack
from tests.services.ingest.readers.books import AS_AT, quarterly_return, saved

PLAN = "dluhc/returned"
YEAR = dt.timedelta(365)
CONFIRMED = {"publish": "true", "project": "ARE_0024", "as_at": AS_AT.isoformat()}
DONE = ("6.01.1", "SOBC approval", AS_AT - YEAR, AS_AT, "Complete", "Late consents")
OBC = "dft/are-0024/obc-approval-1"


def workbook(due: dt.date) -> bytes:
    """A return of three milestones, whose outline business case is due on a date."""
    live = ("6.01.2", "OBC approval", AS_AT + 20 * YEAR, due, "Live", "Scope agreed late")
    over = ("6.02.1", "SGAR3", AS_AT - YEAR, AS_AT - YEAR, "Superceded")
    return saved(quarterly_return(DONE, live, assurance=[over]))


async def upload(stack: Stack, publisher: Publisher, content: bytes, **more: str) -> httpx.Response:
    """Posts the workbook."""
    form = {"plan": PLAN, "department": "dft", **more}
    return await publisher.http.post(f"{stack.ingest}/returns", data=form, files={"file": ("return.xlsx", content)})


async def test_a_return_is_previewed_published_repeated_corrected_and_restored(stack: Stack) -> None:
    """Nothing before it is confirmed; the same again changes nothing; a correction and its undoing each take effect."""
    publisher = Publisher(stack, "dluhc", "dft")
    await publisher.say("plan.published", PLAN, {"title": "Returned"}, PLAN)
    await publisher.say("contributor.listed", PLAN, {"department": "dft"}, PLAN)
    await publisher.subscribe(channel="webhook", target=f"{stack.webhook}/return", plan=PLAN, rhythm="at_once")
    late, later = AS_AT + 20 * YEAR + dt.timedelta(40), AS_AT + 20 * YEAR + dt.timedelta(90)

    preview = await upload(stack, publisher, workbook(late))
    assert preview.status_code == 200
    assert preview.json()["counts"]["ready"] == 3
    unconfirmed = await upload(stack, publisher, workbook(late), publish="true")
    assert unconfirmed.status_code == 422
    assert {error["field"] for error in unconfirmed.json()["errors"]} == {"project", "as_at"}
    assert (await publisher.plan(PLAN))["milestones"] == {}

    published = await upload(stack, publisher, workbook(late), **CONFIRMED)
    assert published.status_code == 202
    assert len(published.json()["accepted"]) == 3
    first = await until(lambda: publisher.plan(PLAN), lambda plan: len(plan["milestones"]) == 3)
    assert [first["milestones"][name]["status"] for name in sorted(first["milestones"])] == [
        "late",
        "cancelled",
        "done",
    ]
    [summary] = await until(lambda: received(stack, PLAN), len)
    assert summary["body"]["data"]["kind"] == "summary"
    told = [one["milestone"] for section in summary["body"]["data"]["causes"] for one in section["moved"]]
    assert told == [OBC]

    again = await upload(stack, publisher, workbook(late), **CONFIRMED)
    assert again.json()["accepted"] == published.json()["accepted"]
    for due in (later, late):
        await upload(stack, publisher, workbook(due), **CONFIRMED)
        await until(lambda: forecast(publisher), lambda said, due=due: said == due.isoformat())  # type: ignore[misc]
    assert (await publisher.plan(PLAN))["milestones"].keys() == first["milestones"].keys()


async def forecast(publisher: Publisher) -> Any:
    """The forecast of the outline business case."""
    return (await publisher.plan(PLAN))["milestones"][OBC]["forecast"]


async def test_a_file_that_is_no_workbook_is_refused_with_the_fix(stack: Stack) -> None:
    """And a form without a file names the field."""
    publisher = Publisher(stack, "dft")
    refused = await upload(stack, publisher, b"not a workbook")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "file"
    url = f"{stack.ingest}/returns"
    missing = await publisher.http.post(url, data={"plan": PLAN, "department": "dft"}, files={"other": b"x"})
    assert missing.json()["errors"][0]["field"] == "file"
    foreign = await publisher.http.post(url, data={"plan": PLAN, "department": "dwp"}, files={"file": b"x"})
    assert foreign.status_code == 403
