"""The dashboard *Delivery*: what slips, where, whose, and since when."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models.dashboard import Threshold

from deploy.grafana.panels import address, board, choice, lines, link, number, place, ranking

CHOSEN = 'plan=~"$plan",department=~"$department"'

# replicas of metrics show the same: the greatest of them is the number
MILESTONES = f"max by (plan, department, status) (milepost_milestones{{{CHOSEN}}})"
LATE = f'max by (plan, department) (milepost_milestones{{{CHOSEN},status="late"}})'
SLIPS = f"max by (plan, department, le) (milepost_milestone_slip_days_bucket{{{CHOSEN}}})"
ALERTS = f"max by (plan, department, symptom) (milepost_alerts{{{CHOSEN}}})"
MOVES, MOVED_DAYS = (
    f'sum by (department) (rate(milepost_forecast_{what}_total{{department=~"$department"}}[1d]))'
    for what in ("moves", "moved_days")
)
PLACES = "max by (plan, place, name) (milepost_plan_place_info)"

PLAN_PAGE = "${milepost}/plans/${__data.fields.plan:raw}"
PLAN_OF_SERIES = "${milepost}/plans/${__field.labels.plan:raw}"
DEPARTMENT_PAGE = "${milepost}/departments/${__data.fields.department:raw}"
PLACE_PAGE = "${milepost}/places/${__data.fields.place:raw}"

PLAIN = (Threshold(color="blue"),)


def delivery() -> Dashboard:
    """The dashboard."""
    made = board("Delivery", "milepost-delivery", "What slips, where, whose, and since when", "now-30d")
    made = made.with_variable(choice("plan", "Plan", "label_values(milepost_milestones, plan)"))
    made = made.with_variable(choice("department", "Department", "label_values(milepost_milestones, department)"))
    made = made.with_variable(address())
    for part in (_what, _where_and_whose, _since_when, _worth):
        made = part(made)
    return made


def _what(made: Dashboard) -> Dashboard:
    listed = "`other` sums plans that are not public. Late: past the baseline by more than the plan's tolerance."
    return (
        made.with_panel(number("Milestones", listed, f"sum({MILESTONES})", place(0, 0, 5, 4), steps=PLAIN))
        .with_panel(number("Late", listed, f"sum({LATE})", place(5, 0, 5, 4)))
        .with_panel(
            number(
                "Slipping",
                "Past the baseline, within the plan's tolerance.",
                f'sum(max by (plan, department) (milepost_milestones{{{CHOSEN},status="slipping"}}))',
                place(10, 0, 5, 4),
                steps=(Threshold(color="green"), Threshold(value=1, color="orange")),
            )
        )
        .with_panel(
            number(
                "Half slip less than",
                "The median slip of milestones with a baseline, from the histogram's buckets.",
                f"histogram_quantile(0.5, sum by (le) ({SLIPS}))",
                place(15, 0, 5, 4),
                unit="d",
                steps=PLAIN,
            )
        )
        .with_panel(
            number(
                "Rings",
                "Milestones that wait for each other: their dates leave the ring out.",
                'sum(max by (plan) (milepost_plan_cycles{plan=~"$plan"}))',
                place(20, 0, 4, 4),
            )
        )
    )


def _where_and_whose(made: Dashboard) -> Dashboard:
    return (
        made.with_panel(
            ranking(
                "Which plans are past their target",
                "Days by which the projected date is past the target; below zero there is room.",
                'sort_desc(max by (plan) (milepost_plan_past_target_days{plan=~"$plan"}))',
                place(0, 4, 8, 9),
                PLAN_PAGE,
                "plan",
            )
        )
        .with_panel(
            ranking(
                "Whose milestones are late",
                "Late milestones by the department that owns them; the cause may be another's: the pages name it.",
                f"sort_desc(sum by (department) ({LATE}) > 0)",
                place(8, 4, 8, 9),
                DEPARTMENT_PAGE,
                "department",
            )
        )
        .with_panel(
            ranking(
                "Where",
                "Late milestones of the plans for each place: a plan for several places counts in each.",
                f"sort_desc(sum by (place, name) ({PLACES} * on (plan) group_left () sum by (plan) ({LATE})))",
                place(16, 4, 8, 9),
                PLACE_PAGE,
                "place",
            )
        )
    )


def _since_when(made: Dashboard) -> Dashboard:
    return (
        made.with_panel(
            lines(
                "Late milestones by plan",
                "Since when, and whether it grows.",
                [(f"sum by (plan) ({LATE})", "{{plan}}")],
                place(0, 13, 12),
            ).data_links([link("Open the plan", PLAN_OF_SERIES)])
        )
        .with_panel(
            lines(
                "Milestones by schedule status",
                "Of the plans and departments chosen.",
                [(f"sum by (status) ({MILESTONES})", "{{status}}")],
                place(12, 13, 12),
            )
        )
        .with_panel(
            lines(
                "Slip",
                "Half, nine in ten, and all but one in a hundred milestones slip less than this.",
                [
                    (f"histogram_quantile({part}, sum by (le) ({SLIPS}))", named)
                    for part, named in ((0.5, "half"), (0.9, "nine in ten"), (0.99, "99 in 100"))
                ],
                place(0, 21, 12),
                unit="d",
            )
        )
        .with_panel(
            lines(
                "Waiting for the lead",
                "Milestones of departments that the lead has not listed, by plan.",
                [('max by (plan) (milepost_plan_waiting_milestones{plan=~"$plan"})', "{{plan}}")],
                place(12, 21, 12),
            ).data_links([link("Open the plan", PLAN_OF_SERIES)])
        )
    )


def _worth(made: Dashboard) -> Dashboard:
    """How much what departments say is worth, and who cannot be told."""
    silent, uncontrolled = (
        f'sum by ({by}) (max by (plan, department) (milepost_alerts{{{CHOSEN},symptom="{symptom}"}})) or vector(0)'
        for by, symptom in (("department", "silent"), ("plan", "uncontrolled-baseline"))
    )
    shown = (
        ("What is wrong", "Alerts that hold, by symptom.", f"sum by (symptom) ({ALERTS})", "{{symptom}}", "short"),
        ("Uncontrolled baselines", "Changed without an approval, by plan.", uncontrolled, "{{plan}}", "short"),
        ("Silent departments", "Returns that are due and have not come.", silent, "{{department}}", "short"),
        (
            "Unreachable departments",
            "Without a confirmed address.",
            "max(milepost_unreachable_departments)",
            "",
            "short",
        ),
        ("Dates moved", "By their owners, in a day.", f"{MOVES} * 86400", "{{department}}", "short"),
        ("How far", "Days of a move, on average over a day.", f"{MOVED_DAYS} / {MOVES}", "{{department}}", "d"),
    )
    for index, (title, meaning, expr, named, unit) in enumerate(shown):
        at = place(index % 3 * 8, 29 + index // 3 * 8, 8)
        made = made.with_panel(lines(title, meaning, [(expr, named)], at, unit=unit))
    return made
