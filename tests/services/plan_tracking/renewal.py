"""A made-up plan as its owners state it: the renewal of a town, 36 milestones of three departments and a council."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """A milestone as its owner states it; dates in ISO form; `needs` are (name, lag in days)."""

    name: str
    title: str
    baseline: str | None = None
    forecast: str | None = None
    actual: str | None = None
    needs: Sequence[tuple[str, int]] = ()
    reason: str | None = None
    cancelled: bool = False
    original: str | None = None
    precision: str = "day"


TOWN = "northgate/town-centre"
RAIL = "dft/riverside-halt"
SKILLS = "dfe/skills-centre"
FUND = "dluhc/renewal-fund"

RENEWAL: tuple[Spec, ...] = (
    Spec(f"{FUND}/bid", "Renewal Fund bid received", "2026-02-27", actual="2026-02-27"),
    Spec(f"{FUND}/assessed", "Bid assessed", "2026-04-30", actual="2026-05-08", needs=[(f"{FUND}/bid", 30)]),
    Spec(f"{FUND}/award", "Grant awarded", "2026-05-29", actual="2026-06-19", needs=[(f"{FUND}/assessed", 14)]),
    Spec(f"{FUND}/agreement", "Grant agreement signed", "2026-07-31", actual="2026-08-14"),
    Spec(f"{FUND}/first-payment", "First payment made", "2026-09-30", actual="2026-09-25"),
    Spec(f"{FUND}/gateway-2", "Gateway review 2: investment decision", "2027-01-29", needs=[(f"{TOWN}/fbc", 14)]),
    Spec(f"{FUND}/second-payment", "Second payment made", "2027-03-31", needs=[(f"{FUND}/gateway-2", 28)]),
    Spec(f"{FUND}/evaluation", "Evaluation framework agreed", "2027-06-30", "2027-06-30", precision="quarter"),
    Spec(
        f"{FUND}/gateway-4",
        "Gateway review 4: readiness for service",
        "2028-01-31",
        needs=[(f"{RAIL}/opening", 0), (f"{TOWN}/square-opens", 0), (f"{SKILLS}/opens", 0)],
    ),
    Spec(f"{FUND}/close", "Programme closed", "2028-03-31", needs=[(f"{FUND}/gateway-4", 58)]),
    Spec(f"{RAIL}/sobc", "Strategic outline business case approved", "2026-03-31", actual="2026-03-31"),
    Spec(f"{RAIL}/obc", "Outline business case approved", "2026-08-28", actual="2026-09-18"),
    Spec(f"{RAIL}/consultation", "Public consultation closes", "2026-10-16", actual="2026-10-16"),
    Spec(
        f"{RAIL}/possession",
        "Track possession agreed with the infrastructure manager",
        "2026-12-11",
        "2027-01-29",
        reason="Possession moved by the infrastructure manager after the December blockade was withdrawn.",
        original="2026-11-06",
    ),
    Spec(f"{RAIL}/fbc", "Full business case approved", "2027-01-15", "2027-01-20", needs=[(f"{RAIL}/possession", 28)]),
    Spec(f"{RAIL}/contract", "Main works contract awarded", "2027-03-12", needs=[(f"{RAIL}/fbc", 42)]),
    Spec(f"{RAIL}/mobilised", "Site mobilised", "2027-04-30", needs=[(f"{RAIL}/contract", 49)]),
    Spec(f"{RAIL}/platform", "Platform structure complete", "2027-08-27", needs=[(f"{RAIL}/mobilised", 119)]),
    Spec(f"{RAIL}/bridge", "Footbridge and lifts installed", "2027-10-15", needs=[(f"{RAIL}/platform", 42)]),
    Spec(f"{RAIL}/opening", "Riverside Halt opens", "2027-12-12", needs=[(f"{RAIL}/bridge", 56)]),
    Spec(f"{SKILLS}/feasibility", "Feasibility study complete", "2026-05-15", actual="2026-05-12"),
    Spec(f"{SKILLS}/college", "College named as operator", "2026-09-11", actual="2026-10-02"),
    Spec(f"{SKILLS}/pledges", "Employer pledges for 250 placements", "2026-11-13", "2026-11-13"),
    Spec(f"{SKILLS}/design", "Building design frozen", "2026-12-18", "2027-01-08", reason="Ground survey repeated."),
    Spec(
        f"{SKILLS}/site",
        "Site handed over",
        "2027-05-14",
        needs=[(f"{TOWN}/land", 120), (f"{RAIL}/mobilised", 7)],
    ),
    Spec(f"{SKILLS}/build", "Building watertight", "2027-11-26", needs=[(f"{SKILLS}/site", 190)]),
    Spec(f"{SKILLS}/tutors", "Tutors recruited", "2027-09-30", "2027-09-30", precision="month"),
    Spec(
        f"{SKILLS}/opens",
        "Skills centre opens",
        "2028-01-10",
        needs=[(f"{SKILLS}/build", 38), (f"{SKILLS}/tutors", 0)],
    ),
    Spec(f"{SKILLS}/mentoring", "Mentoring scheme", None, None, needs=[(f"{SKILLS}/bursary", 0)]),
    Spec(f"{SKILLS}/bursary", "Bursary scheme", "2027-09-01", cancelled=True, reason="Merged with a national scheme."),
    Spec(f"{TOWN}/vision", "Town centre vision adopted", "2026-06-30", actual="2026-07-09"),
    Spec(
        f"{TOWN}/land",
        "Land assembled for the Exchange building",
        "2026-11-06",
        "2026-11-06",
        needs=[(f"{FUND}/agreement", 30)],
    ),
    Spec(f"{TOWN}/fbc", "Full business case for the square", "2026-12-18", needs=[(f"{RAIL}/consultation", 14)]),
    Spec(
        f"{TOWN}/works",
        "Works start on Exchange Square",
        "2027-04-16",
        needs=[(f"{FUND}/second-payment", 14), (f"{TOWN}/land", 60)],
    ),
    Spec(f"{TOWN}/square-opens", "Exchange Square opens", "2027-11-19", needs=[(f"{TOWN}/works", 200)]),
    Spec(
        f"{TOWN}/event",
        "First market on the new square, with the Riverside Halt open",
        "2027-12-18",
        needs=[(f"{TOWN}/square-opens", 14), (f"{RAIL}/opening", 0)],
    ),
)
