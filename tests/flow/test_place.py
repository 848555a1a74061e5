"""A place sees what a slip in another department's plan does to its milestones and its money; on the running stack."""

import datetime as dt
from typing import Any

import httpx

from tests.flow.publisher import Publisher, until
from tests.servers import Stack

RAIL, TOWN, PLACE = "dft/eastern-rail", "dluhc/eastern-town", "E06999777"
FUNDED = {"place": PLACE, "fund": "Towns Fund", "amount": "2500000.50", "financial_year": "2026/27", "use": "capital"}


async def publish(publisher: Publisher) -> None:
    """A town's opening, paid for until June, that needs a bridge of another plan; with an outcome and a survey."""
    town = {"title": "Eastern town", "places": [{"code": PLACE, "name": "Eastern"}], "mission": "Eastern growth"}
    await publisher.say("plan.published", RAIL, {"title": "Eastern rail"}, RAIL)
    await publisher.say("plan.published", TOWN, town, TOWN)
    await publisher.say("milestone.planned", "dft/bridge", {"title": "Bridge", "baseline": "2027-04-01"}, RAIL)
    await publisher.say("milestone.planned", "dluhc/opening", {"title": "Opening", "baseline": "2027-05-01"}, TOWN)
    await publisher.say("dependency.declared", "dluhc/opening", {"needs": "dft/bridge", "needs_plan": RAIL}, TOWN)
    paid = {**FUNDED, "pays_for": ["dluhc/opening"], "spend_by": "2027-06-01"}
    await publisher.say("funding.allocated", "dluhc/towns-fund", paid, TOWN)
    defined = {"title": "Jobs", "unit": "jobs", "direction": "increase", "source": "Survey", "target": 100}
    await publisher.say("outcome.defined", "dluhc/jobs", defined, TOWN)
    await publisher.say("outcome.observed", "dluhc/jobs", {"period": "2026 Q3", "value": 70, "place": PLACE}, TOWN)
    counted = {"place": PLACE, "theme": "Buses", "count": 3, "period": "2026 Q3"}
    await publisher.say("experience.reported", "dluhc/survey", counted, TOWN)


async def test_a_slip_elsewhere_shows_at_the_place_with_its_cause_and_the_money_it_puts_at_risk(stack: Stack) -> None:
    """Beside what has become better; and on hold, to nobody outside."""
    publisher, anybody = Publisher(stack, "dluhc", "dft"), httpx.AsyncClient(base_url=stack.plans)
    await publish(publisher)

    async def place() -> Any:
        return (await anybody.get(f"/api/places/{PLACE}")).json()

    def opening(found: Any) -> dict[str, Any]:
        lines = found["here"]["milestones"] if "here" in found else [{}]
        return dict(lines[0]) if lines else {}

    moved = {"forecast": "2027-06-15", "reason": "Possession moved"}
    await publisher.say("milestone.forecast", "dft/bridge", moved, RAIL)
    found = await until(place, lambda found: opening(found).get("slip") == 45 and found["experience"]["counts"])
    cause = opening(found)["cause"]
    assert (cause["milestone"]["plan"], cause["milestone"]["title"], cause["reason"]) == (
        RAIL,
        "Bridge",
        "Possession moved",
    )
    money = found["here"]["money"]
    assert (money["amount_at_risk"], money["at_risk"][0]["allocations"][0]["threats"][0]["days"]) == ("2500000.50", 14)
    assert found["outcomes"][0]["series"][0]["to_target"] == "30"
    assert found["experience"]["counts"][0]["count"] is None

    yesterday = (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)).isoformat()
    await publisher.say("plan.published", TOWN, {"title": "Eastern town", "hold": yesterday}, TOWN)
    await until(place, lambda found: "here" not in found)
    assert (await anybody.get(f"/plans/{TOWN}")).status_code == 404
    assert (await anybody.get("/api/missions/eastern-growth")).status_code == 404
    assert (await publisher.plan(TOWN))["milestones"]["dluhc/opening"]["slip"] == 45
