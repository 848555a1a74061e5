"""Rules about what a plan is for: the money that pays for it, and what it is to make better.

They judge plain values, since no state carries money or outcomes yet; nothing raises them before one does.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from schemas.states import Node
from services.alerting.domain.rules.holds import Holds
from services.kit.words import counted, day_in_words


def money_at_risk(
    paid: Node, projected: dt.date | None, fund: str, spend_by: dt.date, amount: Decimal | None
) -> Holds | None:
    """*money at risk*: a milestone is projected after the date by which the fund that pays for it must be spent.

    `amount` is in pounds, None where it is not known.
    """
    if projected is None or projected <= spend_by:
        return None
    days = (projected - spend_by).days
    money = f"£{amount:,.0f} of {fund}" if amount is not None else f"money of {fund}"
    says = (
        f"{money} must be spent by {day_in_words(spend_by)}, and this is projected {counted(days, 'day')} later. "
        "Ask whether the fund can wait, or bring the date forward."
    )
    return Holds("money-at-risk", days, False, says, paid)


def outcome_off_path(
    plan: Node,
    title: str,
    direction: Literal["increase", "decrease"],
    path: Sequence[tuple[dt.date, Decimal]],
    observed: tuple[dt.date, Decimal],
) -> Holds | None:
    """*outcome off its path*: the latest value is worse than the straight path to the target has it on that day.

    `path` has the first and the last point (baseline and target), `observed` the end of a period and its value.
    """
    (begins, baseline), (ends, target) = path
    day, value = observed
    share = Decimal(min(max((day - begins).days, 0), (ends - begins).days)) / max((ends - begins).days, 1)
    wanted = baseline + (target - baseline) * share
    if value >= wanted if direction == "increase" else value <= wanted:
        return None
    says = (
        f"{title} stood at {value.normalize():f} on {day_in_words(day)}; its path to the target has it at "
        f"{round(wanted, 2).normalize():f}. Ask what would bring it back."
    )
    return Holds("outcome-off-path", 0, False, says, plan)
