"""Money at risk and outcomes off their path on a real store: what is read again is what was in memory."""

from typing import Any

from services.kit.cursors import Cursor
from services.plan_tracking.stream.batch import PlanTracking
from tests.events import NOON, PLAN, body
from tests.services.plan_tracking.stream.test_batch import planned, record, tracking, work_on
from tests.services.plan_tracking.stream.test_rebuild import rebuilt

__all__ = ["tracking"]

FUNDED = {"place": "E06000001", "fund": "Towns Fund", "amount": 5, "financial_year": "2026/27", "use": "capital"}
JOBS = {"title": "Jobs", "unit": "jobs", "direction": "increase", "source": "Survey"}


def said(kind: str, name: str, **data: Any) -> dict[str, Any]:
    """An accepted event."""
    return body(kind, name, data, acceptedtime=NOON.isoformat())


async def test_what_pays_for_a_milestone_and_where_an_outcome_began_is_read_with_the_network(
    tracking: PlanTracking,
) -> None:
    """After a restart a move and a new value are judged by what was said before; a rebuild finds nothing to mend."""
    before = [
        planned("dluhc/f", "2027-01-01"),
        planned("dluhc/free", "2027-01-01"),
        said("funding.allocated", "dluhc/fund", **FUNDED, pays_for=["dluhc/f"], spend_by="2027-02-01"),
        said("outcome.defined", "dluhc/jobs", **JOBS, target=100, target_date="2028-12-31"),
        said("outcome.observed", "dluhc/jobs", period="2024", value=20),
        said("outcome.observed", "dluhc/jobs", period="2024", value=90, group="Women"),
    ]
    at = await work_on(tracking, [record(number, one) for number, one in enumerate(before)], Cursor(0))
    tracking.networks.drop()
    after = [
        said("milestone.forecast", "dluhc/f", forecast="2027-02-11", reason="Steel"),
        said("outcome.observed", "dluhc/jobs", period="2026", value=30),
        said("outcome.observed", "dluhc/jobs", period="2026", value=1, group="Women"),
    ]
    at = await work_on(tracking, [record(6 + number, one) for number, one in enumerate(after)], at)
    states = {state.milestone: state.money_at_risk for state in await tracking.store.milestone_states(PLAN)}
    assert states["dluhc/free"] is None
    assert states["dluhc/f"] is not None
    assert (str(states["dluhc/f"].amount), states["dluhc/f"].days) == ("5", 10)
    plan = await tracking.store.plan_state(PLAN)
    assert plan is not None
    assert [(one.outcome, one.period, str(one.value)) for one in plan.off_path] == [("dluhc/jobs", "2026", "30")]
    assert (await rebuilt(tracking, 9, at))["differing"] == 0


async def test_another_date_to_spend_it_by_is_told_of_milestones_that_nobody_speaks_of(tracking: PlanTracking) -> None:
    """What only the money changes is announced, and is over when the money says so."""
    paid = {**FUNDED, "pays_for": ["dluhc/f"], "spend_by": "2026-12-01"}
    rows = [record(0, planned("dluhc/f", "2027-01-01")), record(1, said("funding.allocated", "dluhc/fund", **paid))]
    at = await work_on(tracking, rows[:1], Cursor(0))
    tracking.networks.drop()
    at = await work_on(tracking, rows[1:], at)
    [state] = await tracking.store.milestone_states(PLAN)
    assert (state.money_at_risk is not None, state.version) == (True, 1)
    later = {
        **said("funding.allocated", "dluhc/fund", **{**paid, "spend_by": "2027-03-01"}),
        "time": "2026-11-25T13:00:00Z",
    }
    await work_on(tracking, [record(2, later)], at)
    [state] = await tracking.store.milestone_states(PLAN)
    assert state.money_at_risk is None
