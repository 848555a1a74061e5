"""Returns through the running services: what they change and whom they reach, renamings, receipts, the board."""

import datetime as dt
from typing import Any

import httpx
import pytest

from tests.flow.publisher import Publisher, until
from tests.servers import Stack
from tests.services.ingest.readers.books import AS_AT, Line, quarterly_return, saved

YEAR = dt.timedelta(365)
DUE = AS_AT + 20 * YEAR
SOBC: Line = ("6.01.1", "SOBC approval", AS_AT - YEAR, AS_AT, "Complete", "Late consents")
OBC: Line = ("6.01.2", "OBC approval", DUE, DUE, "Live")
CONFIRMED = {"project": "ARE_0024", "as_at": AS_AT.isoformat()}


class Returns:
    """dft's returns to a plan of its own."""

    def __init__(self, stack: Stack, plan: str) -> None:
        self.publisher, self.plan, self.ingest = Publisher(stack, "dluhc", "dft", "dwp"), plan, stack.ingest

    async def begin(self, **more: Any) -> None:
        """Publishes the plan and lists dft and dwp."""
        await self.publisher.say("plan.published", self.plan, {"title": "Returned", **more}, self.plan)
        for department in ("dft", "dwp"):
            await self.publisher.say("contributor.listed", self.plan, {"department": department}, self.plan)

    async def send(self, *lines: Line, **more: Any) -> httpx.Response:
        """Sends a workbook of these approvals, confirmed, and named by its content."""
        content = saved(quarterly_return(*lines))
        return await self.send_file(content, **CONFIRMED, **more)

    async def send_file(self, content: bytes, name: str = "return.xlsx", **more: Any) -> httpx.Response:
        """Sends a file."""
        form = {"plan": self.plan, "department": "dft", **more}
        url = f"{self.ingest}/returns"
        return await self.publisher.http.post(url, data=form, files={"file": (name, content)})

    async def preview(self, *lines: Line, **more: Any) -> Any:
        """What the workbook is understood as."""
        answer = await self.send(*lines, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def publish(self, *lines: Line, **more: Any) -> Any:
        """Publishes the workbook, and waits until the plan has all of it."""
        answer = await self.send(*lines, publish="true", **more)
        assert answer.status_code == 202, answer.text
        await until(lambda: self.get(answer.json()["receipt"]), _settled)
        return answer.json()

    async def get(self, address: str) -> Any:
        """What is at an address."""
        answer = await self.publisher.http.get(address)
        assert answer.status_code == 200, answer.text
        return answer.json()


def _settled(receipt: Any) -> bool:
    return not {row["came"] for row in receipt["rows"]} & {"on its way", "not known now"}


@pytest.fixture
def returns(stack: Stack, request: pytest.FixtureRequest) -> Returns:
    """Returns to a plan of the test's own."""
    return Returns(stack, f"dluhc/{request.node.name.replace('_', '-')[:70].strip('-')}")


async def test_a_preview_says_what_changes_and_whom_it_reaches(returns: Returns, stack: Stack) -> None:
    """Field by field against today's plan; whoever waits for it moves too, and whoever listens is counted."""
    await returns.begin()
    first = await returns.preview(SOBC, OBC)
    assert (first["counts"]["ready"], first["counts"]["new"], first["plan_known"]) == (2, 2, True)
    await returns.publish(SOBC, OBC)
    obc = "dft/are-0024/obc-approval-1"
    await returns.publisher.say(
        "milestone.planned", "dwp/jobs", {"title": "Jobs", "baseline": "2039-06-25"}, returns.plan
    )
    await returns.publisher.say("dependency.declared", "dwp/jobs", {"needs": obc}, returns.plan)
    for target in ("one", "two"):
        await returns.publisher.subscribe(channel="webhook", target=f"{stack.webhook}/{target}", plan=returns.plan)
    await until(
        lambda: returns.publisher.plan(returns.plan), lambda plan: plan["milestones"].get("dwp/jobs", {}).get("needs")
    )

    same = await returns.preview(SOBC, OBC)
    assert (same["counts"]["changed"], same["counts"]["new"]) == (0, 0)
    assert same["reach"]["milestones"] == 0

    later = await returns.preview(SOBC, (*OBC[:3], DUE + dt.timedelta(40), "Live"))
    [moved] = [row for row in later["milestones"] if row["changes"]]
    assert moved["milestone"] == obc
    assert moved["changes"] == [
        {"field": "forecast", "from": DUE.isoformat(), "to": (DUE + dt.timedelta(40)).isoformat(), "days": 40}
    ]
    assert [finding["field"] for finding in moved["findings"]] == ["reason"]
    assert later["reach"]["sentence"] == (
        "You are about to move 2 milestones of 2 departments; 2 subscribers will be told"
    )
    assert {one["milestone"] for one in later["reach"]["moved"]} == {obc, "dwp/jobs"}


async def test_what_was_said_later_than_the_return_is_pointed_out(returns: Returns) -> None:
    """The return is as at its own date, and would not change it."""
    await returns.begin()
    await returns.publish(SOBC, OBC)
    said = {"forecast": "2039-12-01", "reason": "Possession moved"}
    await returns.publisher.say("milestone.forecast", "dft/are-0024/obc-approval-1", said, returns.plan)
    await until(
        lambda: returns.publisher.plan(returns.plan),
        lambda plan: plan["milestones"]["dft/are-0024/obc-approval-1"]["forecast"] == "2039-12-01",
    )
    again = await returns.preview(SOBC, OBC)
    assert [row["superseded"] for row in again["milestones"]] == [[], ["forecast"]]


async def test_a_renamed_milestone_is_asked_about_and_goes_on_under_its_name(returns: Returns) -> None:
    """Held back until answered; absent ones are listed and not cancelled; the answer is remembered."""
    await returns.begin()
    await returns.publish(SOBC, OBC)
    obc, renamed = "dft/are-0024/obc-approval-1", ("6.01.7", "OBC approval by Treasury", *OBC[2:])

    asked = await returns.preview(SOBC, renamed)
    assert [(row["milestone"], row["ready"]) for row in asked["milestones"]][1] == (None, False)
    assert asked["milestones"][1]["maybe"] == [{"milestone": obc, "title": "OBC approval"}]
    assert [one["milestone"] for one in asked["absent"]] == [obc]
    assert asked["counts"]["question"] == 1

    new = await returns.preview(SOBC, renamed, new="6.01.7")
    assert new["milestones"][1]["milestone"] == "dft/are-0024/obc-approval-by-treasury-1"
    published = await returns.publish(SOBC, renamed, same=f"6.01.7={obc}")
    assert published["milestones"][1]["milestone"] == obc
    plan = await until(
        lambda: returns.publisher.plan(returns.plan),
        lambda plan: plan["milestones"][obc]["title"] == "OBC approval by Treasury",
    )
    assert len(plan["milestones"]) == 2

    after = await returns.preview(SOBC, renamed)
    assert (after["milestones"][1]["milestone"], after["absent"]) == (obc, [])


async def test_a_receipt_says_what_came_of_every_row(returns: Returns, stack: Stack) -> None:
    """At a permanent address, for its own department; the same file again has the same receipt."""
    await returns.begin()
    twice: Line = ("6.01.3", "OBC approval", DUE, DUE, "Live")
    published = await returns.publish(SOBC, ("6.01.2", "FBC approval", *OBC[2:]), twice, leave_out="6.01.3")
    found = await returns.get(published["receipt"])
    assert found["state"] == "published"
    assert [(row["slot"], row["came"], bool(row["event"])) for row in found["rows"]] == [
        ("6.01.1", "applied", True),
        ("6.01.2", "applied", True),
        ("6.01.3", "not published", False),
    ]
    assert (found["department"], found["as_at"], found["file"]["name"]) == ("dft", AS_AT.isoformat(), "return.xlsx")
    foreign = await Publisher(stack, "dwp").http.get(published["receipt"])
    assert foreign.status_code == 403
    nobody = await Publisher(stack, "dft").http.get(f"{stack.ingest}/returns/none")
    assert nobody.status_code == 404


async def test_the_board_shows_who_has_returned_and_when_it_is_due(returns: Returns) -> None:
    """For the period that is due next; a department that has not is awaited."""
    await returns.begin(reporting={"every": "quarter", "due_days": 20})
    await until(lambda: returns.publisher.plan(returns.plan), lambda plan: len(plan.get("contributors", ())) == 2)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    await returns.send_file(saved(quarterly_return(SOBC)), publish="true", project="ARE_0024", as_at=today)
    board = await returns.get(f"{returns.ingest}/returns?plan={returns.plan}")
    assert {one["department"]: (one["standing"], one["last"]) for one in board["departments"]} == {
        "dft": ("returned", today),
        "dluhc": ("awaited", None),
        "dwp": ("awaited", None),
    }
    assert board["period"]["first"] <= today <= board["period"]["due"]


async def test_a_template_sent_back_unchanged_changes_nothing(returns: Returns) -> None:
    """As a workbook and as CSV, with each date as it was said; what is then changed in it is what changes."""
    await returns.begin()
    await returns.publish(SOBC, OBC)
    station = {"title": "=Station", "baseline": {"date": "2030-03-31", "precision": "quarter"}}
    await returns.publisher.say("milestone.planned", "dft/station", station, returns.plan)
    await until(lambda: returns.publisher.plan(returns.plan), lambda plan: "dft/station" in plan["milestones"])
    for kind in ("xlsx", "csv"):
        address = f"{returns.ingest}/template?plan={returns.plan}&department=dft&format={kind}"
        template = await returns.publisher.http.get(address)
        assert template.headers["content-disposition"] == f'attachment; filename="dft-return.{kind}"'
        answer = await returns.send_file(template.content, f"return.{kind}", as_at=AS_AT.isoformat())
        assert (answer.json()["counts"]["changed"], answer.json()["counts"]["ready"]) == (0, 3)
    changed = template.content.replace(b"Q4 2029/30,,,Open,", b"Q4 2029/30,Q1 2030/31,,Open,Geology")
    preview = (await returns.send_file(changed, as_at=dt.datetime.now(dt.UTC).date().isoformat())).json()
    [station_row] = [row for row in preview["milestones"] if row["changes"]]
    assert {one["field"]: one["to"] for one in station_row["changes"]} == {
        "forecast": {"date": "2030-06-30", "precision": "quarter"},
        "reason": "Geology",
    }


async def test_what_needs_another_row_is_a_dependency_in_the_plan(returns: Returns) -> None:
    """Declared with its lag, and not again by another file while it stays the same."""
    await returns.begin()
    table = "ID,Milestone,Forecast,Status,Predecessors\nA,Design,2030-01-01,open,\nB,Build,2030-06-01,open,A + 5 days\n"
    form = {"project": "p", "as_at": dt.datetime.now(dt.UTC).date().isoformat()}
    published = await returns.send_file(table.encode(), "plan.csv", publish="true", **form)
    assert len(published.json()["accepted"]) == 3
    receipt = await until(lambda: returns.get(published.json()["receipt"]), _settled)
    assert [one["came"] for one in receipt["needs"]] == ["applied"]
    plan = await until(
        lambda: returns.publisher.plan(returns.plan), lambda plan: plan["milestones"]["dft/p/build"]["needs"]
    )
    [need] = plan["milestones"]["dft/p/build"]["needs"]
    assert (need["milestone"], need["lag"]) == ("dft/p/design", 5)
    more = f"{table}C,Open,2031-01-01,open,A\n"
    later = (await returns.send_file(more.encode(), "plan.csv", **form)).json()
    assert [(one["milestone"], one["needs"]) for one in later["needs"]] == [("dft/p/open", "dft/p/design")]
    assert [row["milestone"] for row in later["milestones"] if row["changes"]] == ["dft/p/open"]


async def test_whoever_may_not_see_the_plan_learns_nothing_of_it(returns: Returns, stack: Stack) -> None:
    """Neither its board nor its milestones."""
    await returns.begin(visibility="owner")
    await until(lambda: returns.publisher.plan(returns.plan), lambda plan: plan.get("contributors"))
    stranger = Publisher(stack, "defra").http
    for door in (f"returns?plan={returns.plan}", f"template?plan={returns.plan}&department=dft"):
        assert (await stranger.get(f"{stack.ingest}/{door}")).status_code == 404
        assert (await httpx.AsyncClient().get(f"{stack.ingest}/{door}")).status_code == 404
        assert (await returns.publisher.http.get(f"{stack.ingest}/{door}")).status_code == 200
