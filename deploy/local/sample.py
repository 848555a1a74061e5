"""The sample plan: an invented town whose renewal crosses three departments and a council.

Every date is a number of days from the Monday of the first seeding's week, so that the plan is always half done, and
each is a working day.
"""

from dataclasses import dataclass

LEAD = "dluhc"
PLAN = "dluhc/aldermoor-renewal"
MOVED = "dft/station-link/full-business-case"
MOVED_REASON = "The operator needs a later possession of the line"

TOWN = {"code": "E06999001", "name": "Aldermoor"}

DEPARTMENTS = {
    "dluhc": "Department for Levelling Up, Housing and Communities",
    "dft": "Department for Transport",
    "dfe": "Department for Education",
    "aldermoor-council": "Aldermoor Council",
}


def mailbox(department: str) -> str:
    """The team mailbox of a department in the sample."""
    return f"aldermoor@{department}.example"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone of the sample; `due`, `actual` and `forecast` are days from that Monday.

    `due` is the baseline. `forecast` stands only where it differs, with its `reason`. `needs` has, for each
    predecessor, its name and the days that must lie between.
    """

    name: str
    title: str
    type: str
    due: int
    actual: int | None = None
    forecast: int | None = None
    reason: str | None = None
    needs: tuple[tuple[str, int], ...] = ()


_DEAL, _ZONE = "dluhc/town-deal", "dluhc/enterprise-quarter"
_LINK, _BUS = "dft/station-link", "dft/bus-priority"
_CAMPUS, _TALENT = "dfe/skills-campus", "dfe/talent-pipeline"
_CENTRE, _PEOPLE = "aldermoor-council/town-centre", "aldermoor-council/community"

MILESTONES = (
    Milestone(f"{_DEAL}/heads-of-terms", "Heads of terms agreed", "approval", -329, actual=-329),
    Milestone(
        f"{_DEAL}/funding-released",
        "First funding released",
        "approval",
        -150,
        actual=-139,
        needs=((f"{_DEAL}/heads-of-terms", 90),),
    ),
    Milestone(f"{_DEAL}/mid-point-review", "Mid-point assurance review", "assurance", 182),
    Milestone(
        f"{_ZONE}/designation",
        "Enterprise quarter designated",
        "approval",
        45,
        forecast=53,
        reason="The order waits for a second parliamentary slot",
    ),
    Milestone(
        f"{_ZONE}/first-tenants",
        "First tenants move in",
        "delivery",
        424,
        needs=((f"{_ZONE}/designation", 120), (f"{_CAMPUS}/first-learners", 45)),
    ),
    Milestone(
        f"{_DEAL}/benefits-report",
        "First benefits report published",
        "assurance",
        546,
        needs=((f"{_ZONE}/first-tenants", 120), (f"{_DEAL}/mid-point-review", 90)),
    ),
    Milestone(f"{_LINK}/strategic-outline-case", "Strategic outline case approved", "approval", -300, actual=-304),
    Milestone(
        f"{_LINK}/outline-business-case",
        "Outline business case approved",
        "approval",
        -171,
        actual=-164,
        needs=((f"{_LINK}/strategic-outline-case", 90),),
    ),
    Milestone(
        f"{_LINK}/gateway-review-3",
        "Gateway review 3",
        "assurance",
        -40,
        actual=-42,
        needs=((f"{_LINK}/outline-business-case", 60),),
    ),
    Milestone(
        f"{_LINK}/full-business-case",
        "Full business case approved",
        "approval",
        45,
        needs=((f"{_LINK}/gateway-review-3", 60), (f"{_DEAL}/funding-released", 30)),
    ),
    Milestone(
        f"{_LINK}/main-works-contract",
        "Main works contract let",
        "delivery",
        74,
        needs=((f"{_LINK}/full-business-case", 28),),
    ),
    Milestone(
        f"{_LINK}/platforms-open",
        "New platforms open",
        "delivery",
        331,
        needs=((f"{_CENTRE}/station-square-cleared", 190), (f"{_LINK}/main-works-contract", 240)),
    ),
    Milestone(
        f"{_LINK}/interchange-open",
        "Bus and rail interchange opens",
        "delivery",
        392,
        needs=((f"{_LINK}/platforms-open", 60),),
    ),
    Milestone(f"{_BUS}/consultation", "Bus priority consultation closes", "engagement", -90, actual=-97),
    Milestone(
        f"{_BUS}/corridor-open",
        "Bus priority corridor opens",
        "delivery",
        210,
        needs=((f"{_CENTRE}/traffic-order", 80), (f"{_BUS}/consultation", 120)),
    ),
    Milestone(
        f"{_BUS}/timetable",
        "New bus timetable begins",
        "delivery",
        400,
        needs=((f"{_LINK}/interchange-open", 7), (f"{_BUS}/corridor-open", 14)),
    ),
    Milestone(f"{_CAMPUS}/capital-approved", "Capital funding approved", "approval", -210, actual=-214),
    Milestone(
        f"{_CAMPUS}/design-review",
        "Design review passed",
        "assurance",
        -31,
        actual=-18,
        needs=((f"{_CAMPUS}/capital-approved", 120),),
    ),
    Milestone(
        f"{_CAMPUS}/building-contract",
        "Building contract let",
        "delivery",
        60,
        needs=((f"{_CAMPUS}/design-review", 70),),
    ),
    Milestone(
        f"{_CAMPUS}/handover",
        "Skills campus handed over",
        "delivery",
        340,
        needs=((f"{_CAMPUS}/building-contract", 270),),
    ),
    Milestone(
        f"{_CAMPUS}/first-learners",
        "First learners arrive",
        "delivery",
        378,
        needs=((f"{_CAMPUS}/handover", 28), (f"{_LINK}/platforms-open", 45)),
    ),
    Milestone(f"{_TALENT}/employer-board", "Employer board formed", "engagement", -119, actual=-119),
    Milestone(
        f"{_TALENT}/skills-needs",
        "Local skills needs published",
        "engagement",
        -20,
        forecast=11,
        reason="The employer survey was reopened after a low response",
        needs=((f"{_TALENT}/employer-board", 60),),
    ),
    Milestone(
        f"{_TALENT}/apprenticeships",
        "Apprenticeship offer agreed with employers",
        "engagement",
        66,
        needs=((f"{_TALENT}/skills-needs", 60),),
    ),
    Milestone(
        f"{_TALENT}/first-cohort",
        "First cohort starts work placements",
        "delivery",
        470,
        needs=((f"{_CAMPUS}/first-learners", 90), (f"{_TALENT}/apprenticeships", 120)),
    ),
    Milestone(f"{_CENTRE}/masterplan", "Town centre masterplan adopted", "approval", -241, actual=-236),
    Milestone(
        f"{_CENTRE}/land-assembled",
        "Land for the square assembled",
        "delivery",
        -45,
        actual=-31,
        needs=((f"{_CENTRE}/masterplan", 120),),
    ),
    Milestone(
        f"{_CENTRE}/planning-consent",
        "Planning consent for the market hall",
        "approval",
        39,
        forecast=60,
        reason="A heritage survey was asked for at committee",
        needs=((f"{_CENTRE}/land-assembled", 60),),
    ),
    Milestone(
        f"{_CENTRE}/traffic-order", "Traffic order made", "approval", 120, needs=((f"{_BUS}/consultation", 150),)
    ),
    Milestone(
        f"{_CENTRE}/station-square-cleared",
        "Station square cleared for the works",
        "delivery",
        140,
        needs=((f"{_LINK}/main-works-contract", 64), (f"{_CENTRE}/land-assembled", 90)),
    ),
    Milestone(
        f"{_CENTRE}/market-hall-open",
        "Market hall reopens",
        "delivery",
        410,
        needs=((f"{_CENTRE}/planning-consent", 300), (f"{_LINK}/interchange-open", 14)),
    ),
    Milestone(
        f"{_CENTRE}/square-open",
        "Station square opens to the public",
        "delivery",
        430,
        needs=((f"{_LINK}/interchange-open", 35), (f"{_PEOPLE}/naming", 60)),
    ),
    Milestone(f"{_PEOPLE}/residents-panel", "Residents' panel formed", "engagement", -200, actual=-206),
    Milestone(
        f"{_PEOPLE}/naming",
        "Residents choose the square's name",
        "engagement",
        150,
        needs=((f"{_PEOPLE}/residents-panel", 90),),
    ),
)
