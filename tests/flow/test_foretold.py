"""Before a date moves, whom it will reach is foretold; then it moves, and so it is."""

from typing import Any

import httpx

from tests.flow.publisher import Publisher, until
from tests.flow.test_move import mails, publish_chain, received
from tests.servers import Stack

PLAN = "dluhc/foretold-town"
MOVE = {"forecast": "2027-03-31", "reason": "Possession moved by Network Rail"}


async def what_if(publisher: Publisher, stack: Stack) -> dict[str, Any]:
    """What would follow from the move."""
    change = {"milestone": "dft/bridge", "forecast": MOVE["forecast"]}
    answer = await publisher.http.post(f"{stack.plans}/api/plans/{PLAN}/what-if", json={"changes": [change]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def reach(publisher: Publisher, stack: Stack, moved: list[dict[str, Any]]) -> dict[str, Any]:
    """How many would be told, as the returns door would ask."""
    asked = [{name: one[name] for name in ("plan", "milestone", "days")} for one in moved]
    answer = await publisher.http.post(f"{stack.alerts}/api/alerting/reach", json={"moved": asked})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def told(stack: Stack) -> list[str]:
    """Where something came of the plan."""
    hooks = [hook["path"] for hook in await received(stack, PLAN)]
    return hooks + [mail["to"][0] for mail in await mails(stack, "foretold@dwp.example")]


async def test_what_was_foretold_happens(stack: Stack) -> None:
    """Who moves, by how many days and along which path; how many are told; nothing is changed by asking."""
    publisher = Publisher(stack, "dluhc", "dft", "dwp")
    await publish_chain(publisher, PLAN)
    await publisher.subscribe(channel="webhook", target=f"{stack.webhook}/foretold", plan=PLAN, least_days=5)
    await publisher.subscribe(channel="mail", target="foretold@dwp.example", milestone="dwp/course", plan=PLAN)
    await publisher.subscribe(channel="webhook", target=f"{stack.webhook}/foretold-much", plan=PLAN, least_days=31)

    before = await publisher.plan(PLAN)
    foreseen = await what_if(publisher, stack)
    assert [(one["milestone"], one["days"]) for one in foreseen["moved"]] == [
        ("dft/bridge", 30),
        ("dwp/course", 25),
        ("dluhc/opening", 18),
    ]
    reached = await until(lambda: reach(publisher, stack, foreseen["moved"]), lambda found: found["departments"] == 3)
    assert (reached["subscribers"], reached["unreachable"]) == (2, [])
    assert await publisher.plan(PLAN) == before

    assert (await publisher.say("milestone.forecast", "dft/bridge", MOVE, PLAN)).status_code == 202
    assert len(await until(lambda: told(stack), lambda found: len(found) >= reached["subscribers"])) == 2
    after = await publisher.plan(PLAN)
    for one in foreseen["moved"]:
        state = after["milestones"][one["milestone"]]
        path = [{"plan": node["plan"], "milestone": node["milestone"]} for node in one["path"]]
        assert (state["projected"], state["slip"], state["path"]) == (one["to"], one["against_baseline"], path)
        assert state.get("money_at_risk") == one["money_at_risk"]
    assert (await what_if(publisher, stack))["moved"] == []


async def test_a_contact_that_has_not_confirmed_is_no_address(stack: Stack) -> None:
    """Everyone may know that a department cannot be reached; nobody learns who could."""
    publisher = Publisher(stack, "hmt")
    contact = {"department": "hmt", "mailbox": "milestones@hmt.example"}
    made = await publisher.http.post(f"{stack.alerts}/api/alerting/contacts", json=contact)
    assert made.json()["state"] == "unconfirmed"
    async with httpx.AsyncClient() as anyone:
        answer = await anyone.get(f"{stack.alerts}/api/alerting/contacts", params={"department": "hmt"})
    assert answer.json() == {"department": "hmt", "confirmed": False}
