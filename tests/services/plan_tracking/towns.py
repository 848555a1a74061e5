"""Three made-up plans about two towns and their county: milestones, money, outcomes and experience."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from schemas.events import LogRecord
from services.plan_tracking.domain.places import Places, read
from services.plan_tracking.store import Store
from tests.events import NOON, event
from tests.services.plan_tracking.doors import said

REGISTER = b"""code,name,parent,successor
E10000001,Moorshire,,
E06000001,Aldermoor,E10000001,
E06000002,Brackwater,E10000001,
E07000001,Old Aldermoor,E10000001,E06000001
"""
ALDERMOOR, BRACKWATER, MOORSHIRE, OLD_ALDERMOOR = "E06000001", "E06000002", "E10000001", "E07000001"
RENEWAL, JOBS, RAIL = "dluhc/aldermoor-renewal", "dwp/jobs", "dft/rail"
MISSION = "Town centres that people choose"
SLUG = "town-centres-that-people-choose"


def places() -> Places:
    """The register: two towns of a county, one of which has replaced another."""
    return read(REGISTER)


def published(plan: str, title: str, *listed: str, **more: Any) -> list[LogRecord]:
    """A plan and its contributors."""
    first = event("plan.published", plan, {"title": title, **more}, plan=plan)
    return [
        first,
        *(event("contributor.listed", plan, {"department": one, "title": one.upper()}, plan=plan) for one in listed),
    ]


def planned(plan: str, name: str, title: str, baseline: str, **more: Any) -> LogRecord:
    """A milestone."""
    return event("milestone.planned", name, {"title": title, "baseline": baseline, **more}, plan=plan)


def needs(plan: str, name: str, needed: str, in_plan: str | None = None, lag: int = 0) -> LogRecord:
    """A dependency."""
    data = {"needs": needed, "lag": lag, **({"needs_plan": in_plan} if in_plan else {})}
    return event("dependency.declared", name, data, plan=plan)


def allocated(plan: str, name: str, amount: int | None, hours: int = 0, **more: Any) -> LogRecord:
    """Money for Aldermoor from the Towns Fund, said so many hours after NOON."""
    at = (NOON + dt.timedelta(hours=hours)).isoformat()
    data = {"place": ALDERMOOR, "fund": "Towns Fund", "financial_year": "2026/27", "use": "capital", **more}
    return event("funding.allocated", name, {**data, "amount": amount}, plan=plan, time=at, acceptedtime=at)


def observed(plan: str, period: str, value: str, place: str | None = ALDERMOOR, **more: Any) -> LogRecord:
    """A value of footfall."""
    data = {"period": period, "value": value, **({"place": place} if place else {}), **more}
    return event("outcome.observed", "dluhc/footfall", data, plan=plan)


def reported(plan: str, theme: str, count: int, period: str = "2026 Q3", place: str = ALDERMOOR) -> LogRecord:
    """What the council's survey counted."""
    data = {"place": place, "theme": theme, "count": count, "period": period}
    return event("experience.reported", "aldermoor-council/survey", data, plan=plan)


FOOTFALL = {
    "title": "Footfall",
    "unit": "visits a day",
    "direction": "increase",
    "source": "Counters",
    "baseline": "900",
    "target": "1500",
}


def renewal(**more: Any) -> Sequence[LogRecord]:
    """The plan of Aldermoor: the lead's, the council's and dft's milestones; dfe is not listed."""
    plan = RENEWAL
    town = {"places": [{"code": ALDERMOOR, "name": "Aldermoor town"}], "mission": MISSION}
    return [
        *published(plan, "Aldermoor renewal", "dft", "aldermoor-council", **{**town, **more}),
        planned(plan, "dft/station", "Station link", "2027-02-01"),
        event("milestone.forecast", "dft/station", {"forecast": "2027-03-15", "reason": "Consent"}, plan=plan),
        planned(plan, "dluhc/square", "Market square", "2027-02-10", places=[ALDERMOOR]),
        needs(plan, "dluhc/square", "dft/station"),
        planned(plan, "dluhc/county-hub", "County hub", "2027-05-01", places=[MOORSHIRE]),
        planned(plan, "dfe/campus", "Campus", "2027-04-01", places=[ALDERMOOR]),
        allocated(plan, "dluhc/towns-fund", 25_000_000, pays_for=["dluhc/square"], spend_by="2027-03-01"),
        allocated(plan, "aldermoor-council/grant", 24_000_000, 1, fund="Towns fund", route="Grant"),
        allocated(plan, "dluhc/hub", 7_000_000, place=MOORSHIRE, use="revenue"),
        allocated(plan, "dfe/grant", 3_000_000, fund="Skills fund", use="revenue"),
        allocated(plan, "dluhc/old", 1_000_000, place=OLD_ALDERMOOR, fund="High streets"),
        event("outcome.defined", "dluhc/footfall", FOOTFALL, plan=plan),
        observed(plan, "2026 Q1", "1000"),
        observed(plan, "2026 Q2", "1100"),
        observed(plan, "2026 Q1", "1400", BRACKWATER),
        observed(plan, "2026 Q2", "1450", BRACKWATER),
        observed(plan, "2026 Q2", "1300", MOORSHIRE),
        observed(plan, "2026 Q2", "1250", None),
        reported(plan, "Waiting times", 37),
        reported(plan, "Buses", 3),
        reported(plan, "Parks", 0),
    ]


def jobs(**more: Any) -> Sequence[LogRecord]:
    """Another lead's plan for Brackwater, which needs the station."""
    return [
        *published(JOBS, "Jobs", "dft", places=[{"code": BRACKWATER, "name": "Brackwater"}], mission=MISSION, **more),
        planned(JOBS, "dwp/centre", "Jobcentre", "2027-02-20", places=[ALDERMOOR, BRACKWATER]),
        needs(JOBS, "dwp/centre", "dft/station", RENEWAL, 5),
        planned(JOBS, "dft/bus", "Bus route", "2027-01-10"),
        needs(JOBS, "dft/bus", "dwp/centre"),
    ]


async def founded(store: Store, *, renewal_plan: Sequence[LogRecord] = (), jobs_plan: Sequence[LogRecord] = ()) -> None:
    """Says both plans."""
    await said(store, renewal_plan or renewal(), plan=RENEWAL)
    await said(store, jobs_plan or jobs(), plan=JOBS)
