"""A slip crosses three plans of three departments, on the running stack."""

from typing import Any

from tests.flow.publisher import Publisher, until
from tests.flow.test_move import received
from tests.servers import Stack

RAIL, JOBS, TOWN = "dft/northern-rail", "dwp/northern-jobs", "dluhc/northern-town"
OWN = {RAIL: "dft/bridge", JOBS: "dwp/course", TOWN: "dluhc/opening"}


async def publish(publisher: Publisher) -> None:
    """Three plans; each but the first needs the one before, 14 days later."""
    for plan, day in ((RAIL, "2027-03-01"), (JOBS, "2027-03-20"), (TOWN, "2027-04-10")):
        await publisher.say("plan.published", plan, {"title": plan, "tolerance": 10}, plan)
        await publisher.say("milestone.planned", OWN[plan], {"title": OWN[plan], "baseline": day}, plan)
    for plan, needed in ((JOBS, RAIL), (TOWN, JOBS)):
        data = {"needs": OWN[needed], "needs_plan": needed, "lag": 14}
        await publisher.say("dependency.declared", OWN[plan], data, plan)


async def test_a_slip_crosses_three_plans_and_whoever_waits_for_the_last_is_told_who_moved(stack: Stack) -> None:
    """States, cause and path of the last plan name the first; a cycle that closes later is left out and says so."""
    publisher = Publisher(stack, "dluhc", "dft", "dwp")
    await publish(publisher)

    async def last() -> Any:
        plan = await publisher.plan(TOWN)
        return plan["milestones"].get(OWN[TOWN], {"needs": []})

    await until(last, lambda m: m["needs"] and m["needs"][0]["projected"])
    about: dict[str, Any] = {"plan": TOWN, "least_days": 5, "rhythm": "at_once"}
    await publisher.subscribe(channel="webhook", target=f"{stack.webhook}/northern", **about)

    asked = {"changes": [{"milestone": OWN[RAIL], "forecast": "2027-03-31"}]}
    foreseen = (await publisher.http.post(f"{stack.plans}/api/plans/{RAIL}/what-if", json=asked)).json()
    assert {one["plan"]: one["days"] for one in foreseen["moved"]} == {RAIL: 30, JOBS: 25, TOWN: 18}
    moved = {"forecast": "2027-03-31", "reason": "Possession moved by Network Rail"}
    await publisher.say("milestone.forecast", OWN[RAIL], moved, RAIL)
    milestone = await until(last, lambda m: m["slip"] == 18)
    assert milestone["cause"] == {"plan": RAIL, "milestone": OWN[RAIL], "department": "dft", "by_day": False}
    assert [(step["plan"], step["milestone"]) for step in milestone["path"]] == list(OWN.items())

    [hook] = await until(lambda: received(stack, RAIL), len)
    [section] = hook["body"]["data"]["causes"]
    assert (section["cause"]["days"], section["cause"]["reason"]) == (30, "Possession moved by Network Rail")
    assert [(one["plan"], one["days"]) for one in section["moved"]] == [(TOWN, 18)]

    ring = {"needs": OWN[TOWN], "needs_plan": TOWN}
    await publisher.say("dependency.declared", OWN[RAIL], ring, RAIL)
    await until(last, lambda m: m["needs"][0]["waiting"] == "in-a-cycle")
    assert (await last())["slip"] == 0
    await publisher.say("dependency.removed", OWN[RAIL], ring, RAIL)
    await until(last, lambda m: m["slip"] == 18)
