"""Which records of a plan's history a reader may see."""

from typing import Any

import pytest

from services.plan_tracking.domain.exports.records import may_see, mentions
from tests.events import PLAN, body

KNOWN = {(PLAN, "dft/a"), (PLAN, "dluhc/c"), ("dwp/jobs", "dwp/x")}


def sees(_: str, plan: str, milestone: str) -> bool:
    """Knows of three milestones, one of them in another plan."""
    return (plan, milestone) in KNOWN


def shown(kind: str, subject: str, data: dict[str, Any], *departments: str, **more: Any) -> bool:
    """Whether a reader who speaks for these departments is shown the record."""
    return may_see(body(kind, subject, data, **more), sees, departments)


def test_what_is_said_of_the_plan_and_of_milestones_that_it_may_know_is_shown() -> None:
    """And nothing of a department that waits to be listed."""
    assert shown("plan.published", PLAN, {"title": "T"})
    assert shown("milestone.forecast", "dft/a", {"forecast": "2027-01-01", "reason": "Why"})
    assert not shown("milestone.forecast", "dfe/z", {"forecast": "2027-01-01", "reason": "Why"})


@pytest.mark.parametrize(
    ("kind", "data", "seen"),
    [
        ("dependency.declared", {"needs": "dluhc/c"}, True),
        ("dependency.declared", {"needs": "dwp/x", "needs_plan": "dwp/jobs"}, True),
        ("dependency.declared", {"needs": "mod/secret", "needs_plan": "mod/secret"}, False),
        ("dependency.accepted", {"needed_by": "mod/secret", "needed_by_plan": "mod/secret"}, False),
        ("milestone.cancelled", {"reason": "Why", "replaced_by": "dfe/z"}, False),
        ("milestone.cancelled", {"reason": "Why", "replaced_by": "dluhc/c"}, True),
    ],
)
def test_a_record_that_names_what_the_reader_may_not_know_is_kept_back(
    kind: str, data: dict[str, Any], seen: bool
) -> None:
    """As a whole: a record with a part cut out would not be what was said."""
    assert shown(kind, "dft/a", data) is seen
    assert len(list(mentions(body(kind, "dft/a", data)))) == 1


def test_money_names_the_milestones_that_it_pays_for() -> None:
    """All of them must be known."""
    assert shown("funding.allocated", "dft/a", {"pays_for": ["dft/a"]})
    assert not shown("funding.allocated", "dft/a", {"pays_for": ["dft/a", "dfe/z"]})


def test_counts_of_what_people_report_are_for_those_who_made_them() -> None:
    """Everyone else is shown rounded counts, elsewhere; not the lead either."""
    data = {"place": "E06000001", "theme": "Buses", "count": 3, "period": "2026 Q1"}
    assert not shown("experience.reported", "dft/a", data)
    assert not shown("experience.reported", "dft/a", data, "dluhc")
    assert shown("experience.reported", "dft/a", data, "dft")


def test_of_our_own_records_only_the_days_are_shown() -> None:
    """The others are messages between plans, which name them."""
    own = {"source": "/milepost/plan-tracking"}
    assert shown("plan.dated", PLAN, {}, **own)
    assert not shown("port.moved", PLAN, {}, **own)
    assert not shown("rebuild.requested", PLAN, {}, "dluhc", **own)
