"""Money that must be spent in time: a date moves in another plan, and whoever listens hears what is at risk."""

from typing import Any

from tests.flow.publisher import Publisher, until
from tests.flow.test_move import mails
from tests.servers import Stack

RAIL, TOWN = "dft/harbour-rail", "dluhc/harbour-town"
FUNDED = {
    "place": "E06999778",
    "fund": "Towns Fund",
    "amount": "2500000",
    "financial_year": "2026/27",
    "use": "capital",
    "pays_for": ["dluhc/opening"],
    "spend_by": "2027-06-01",
}


async def test_whoever_listens_hears_what_money_a_move_in_another_plan_puts_at_risk(stack: Stack) -> None:
    """The slip alone is tolerated; the milestone's state, its page and the mail say how much, and by when."""
    publisher = Publisher(stack, "dluhc", "dft")
    await publisher.say("plan.published", RAIL, {"title": "Harbour rail"}, RAIL)
    await publisher.say("plan.published", TOWN, {"title": "Harbour town", "tolerance": 30}, TOWN)
    await publisher.say("milestone.planned", "dft/bridge", {"title": "Bridge", "baseline": "2027-04-01"}, RAIL)
    await publisher.say("milestone.planned", "dluhc/opening", {"title": "Opening", "baseline": "2027-05-25"}, TOWN)
    await publisher.say("dependency.declared", "dluhc/opening", {"needs": "dft/bridge", "needs_plan": RAIL}, TOWN)
    await publisher.say("funding.allocated", "dluhc/towns-fund", FUNDED, TOWN)

    async def opening() -> dict[str, Any]:
        return dict((await publisher.plan(TOWN))["milestones"].get("dluhc/opening", {}))

    await until(opening, lambda state: any(need["projected"] for need in state.get("needs", ())))
    await publisher.subscribe(channel="mail", target="harbour@example.org", plan=TOWN)

    moved = {"forecast": "2027-06-15", "reason": "Possession moved"}
    await publisher.say("milestone.forecast", "dft/bridge", moved, RAIL)
    state = await until(opening, lambda state: state.get("money_at_risk"))
    risk = state["money_at_risk"]
    assert (risk["amount"], risk["spend_by"], risk["days"], state["slip"]) == ("2500000", "2027-06-01", 14, 21)
    page = (await publisher.http.get(f"{stack.plans}/plans/{TOWN}/milestones/dluhc/opening")).text
    assert "£2,500,000 at risk:" in page
    [mail] = await until(lambda: mails(stack, "harbour@example.org"), len)
    assert "£2,500,000 of Towns Fund is at risk: it must be spent by 1 June 2027" in " ".join(mail["text"].split())
