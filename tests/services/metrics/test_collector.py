"""The text of a scrape: as prometheus-client writes it, each family described once, and no more series than plans."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.payloads import PlacedIn
from services.metrics.collector import Delivery
from services.metrics.domain.series import MOST_PLANS, OTHER, Known
from tests.services.metrics.domain.test_series import plan

Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def series(text: bytes) -> Series:
    """Each series with its value; fails when a family is described twice."""
    families = list(text_string_to_metric_families(text.decode()))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def scraped(plans: list[Known]) -> Series:
    """What is shown of these plans."""
    return series(Delivery(lambda: plans).text())


def test_plans_are_side_by_side_in_each_family() -> None:
    """With what is not public under `other`, and names that need it escaped."""
    plans = [plan("dluhc/b"), plan("dluhc/a", {("dwp", "silent"): 1}), plan("dluhc/secret", visibility="owner")]
    found = scraped(plans)
    for name in ("dluhc/a", "dluhc/b"):
        assert found["milepost_milestones", (("department", "dft"), ("plan", name), ("status", "late"))] == 1
        assert found["milepost_milestone_slip_days_sum", (("department", "dft"), ("plan", name))] == 20
    assert found["milepost_alerts", (("department", "dwp"), ("plan", "dluhc/a"), ("symptom", "silent"))] == 1
    assert found["milepost_milestones", (("department", OTHER), ("plan", OTHER), ("status", "late"))] == 1
    assert "secret" not in str(found)


@pytest.mark.parametrize("name", ["# HELP x", "a\n# HELP milepost_milestones x\n# TYPE x", 'quo"te', "back\\slash"])
def test_no_name_can_begin_a_family(name: str) -> None:
    """Whatever a lead calls its place, it is a label's value and nothing else."""
    there = plan("dluhc/a", places=(PlacedIn(code="E06000001", name=name),))
    labels = (("name", name), ("place", "E06000001"), ("plan", "dluhc/a"))
    found = scraped([there, plan("dluhc/b")])
    assert found["milepost_plan_place_info", labels] == 1
    assert len(found) == len(scraped([plan("dluhc/a"), plan("dluhc/b")])) + 1


def test_what_is_kept_is_written_anew_when_something_else_is_known() -> None:
    """Of a plan with a name, of one that is hidden, and when one takes another's place."""
    plans = [plan("dluhc/a"), plan("dluhc/secret", visibility="owner")]
    delivery = Delivery(lambda: plans)
    assert series(delivery.text()) == series(delivery.text()) == scraped(plans)
    for changed in (
        [plan("dluhc/a", stuck=True), plans[1]],
        [plan("dluhc/a", stuck=True), plan("dluhc/secret", visibility="owner", stuck=True)],
        [plan("dluhc/a", visibility="owner"), plan("dluhc/secret")],
    ):
        plans = changed
        assert series(delivery.text()) == scraped(changed)


def test_no_series_grows_with_milestones() -> None:
    """A plan of thousands of milestones, all late and told of, has the series of one with a single milestone."""
    few, many = plan("dluhc/a", {("dft", "late"): 1}), plan("dluhc/a", {("dft", "late"): 10_000})
    counts = many.state.counts["dft"]
    large = counts.model_copy(update={"statuses": {"late": 10_000}, "slips": tuple(10_000 for _ in counts.slips)})
    grown = Known(many.state.model_copy(update={"counts": {"dft": large}}), many.alerts)
    assert scraped([grown]).keys() == scraped([few]).keys()


def test_no_more_plans_than_the_most_have_series() -> None:
    """The others are under one name together."""
    found = scraped([plan(f"dluhc/p{number:04d}") for number in range(MOST_PLANS + 5)])
    plans = {value for _, labels in found for label, value in labels if label == "plan"}
    assert len(plans) == MOST_PLANS + 1
    assert found["milepost_milestones", (("department", OTHER), ("plan", OTHER), ("status", "late"))] == 5
