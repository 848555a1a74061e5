"""Outcomes in plain English: values, how far the target is, how wide a gap is and whether it closes."""

from collections.abc import Mapping
from decimal import Decimal

from schemas.payloads import OutcomeData
from services.kit.words import day_in_words, listed, readable
from services.plan_tracking.domain.gaps import Gap, Spread, Verdict
from services.plan_tracking.domain.outcomes import Series

_VERDICTS: dict[Verdict | None, str] = {
    "closing": "The gap is closing.",
    "widening": "The gap is widening.",
    "unchanged": "The gap is as wide as before.",
    "mixed": "The difference and the ratio disagree on whether the gap closes.",
    None: "Whether it closes cannot be said from one period.",
}


def figure(value: Decimal) -> str:
    """A number as people write it: "1,450", "12.5", "−3"."""
    return f"{value.normalize():,f}".replace("-", "−")


def pounds(amount: Decimal | None) -> str:
    """An amount in pounds: "£25,000,000", "£12.50"; of None, that it is unknown."""
    if amount is None:
        return "amount unknown"
    return f"£{amount:,.2f}".removesuffix(".00")


def target_words(series: Series, defined: OutcomeData | None) -> str:
    """How far the latest value of a series is from the target: "400 visits a day to go to 1,500 by 31 March 2028"."""
    if defined is None:
        return "nobody has defined this outcome yet"
    if defined.target is None:
        return "no target stated"
    by = f" by {day_in_words(defined.target_date.date, defined.target_date.precision)}" if defined.target_date else ""
    target = f"{figure(defined.target)}{by}"
    if series.to_target is None:
        return f"target {target}"
    if series.to_target <= 0:
        return f"the target of {target} is reached"
    return f"{figure(series.to_target)} {readable(defined.unit)} to go to the target of {target}"


def gap_words(gap: Gap, unit: str, names: Mapping[str, str]) -> str:
    """How wide the gap is at the latest period, how wide it was, and what follows; `names` has the names of places."""
    said = [_spread_words(gap.latest, unit, names)]
    if gap.judged:
        before, after = gap.judged
        if after.period != gap.latest.period or after.values != gap.latest.values:
            said.append(f"Compared are {_width(before, unit)} and {_width(after, unit)}.")
        else:
            said.append(f"It was {_width(before, unit)}.")
    said.append(_VERDICTS[gap.verdict])
    if gap.levelled_down:
        said.append("It closes because the better off fall back: on average people are worse off than before.")
    return " ".join(said)


def _spread_words(spread: Spread, unit: str, names: Mapping[str, str]) -> str:
    ends = [f"{readable(names.get(one, one))} {figure(spread.values[one])}" for one in (spread.best, spread.worst)]
    provisional = ", provisional" if spread.provisional else ""
    return f"{listed(ends)} are {_width(spread, unit)}{provisional}."


def _width(spread: Spread, unit: str) -> str:
    times = f" ({spread.relative:.2f} times)" if spread.relative is not None else ""
    return f"{figure(spread.absolute)} {readable(unit)} apart{times} in {readable(spread.period)}"
