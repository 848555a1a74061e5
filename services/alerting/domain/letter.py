"""A letter: a notification as a person reads it, what it costs and whom to ask first."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from schemas.alerts import SYMPTOMS, NotificationData, Told, ToldCause, ToldOfCause
from schemas.states import Node
from schemas.topics import milestone_key
from services.alerting.domain.ends import REASONS
from services.alerting.domain.letterform import Block, Letter, Section, Tone
from services.alerting.domain.rules.called import CALLED
from services.alerting.domain.view import HIDDEN_TITLE
from services.kit.words import counted, day_in_words, readable, slip_in_words

__all__ = ["LONGEST_SUBJECT", "Letter", "letter"]

LONGEST_SUBJECT = 200
MOST_SHOWN = 100
"""Milestones of one cause that a letter names; the others are counted."""
MOST_COSTS = 20
"""Lines of what it costs the reader; the others are counted."""

Titles = Mapping[str, str]
"""Titles by milestone key."""
Links = Sequence[tuple[str, str]]
"""A name and an address each."""


def letter(data: NotificationData, titles: Titles, more: Links = ()) -> Letter:
    """The letter of a notification; `titles` names the milestones of its paths.

    `more` are links for this reader, to do something about what holds in a plan.
    """
    holds = any(told.plan and not told.ended for told in _all(data))
    return Letter(
        subject=_one_header(_subject(data))[:LONGEST_SUBJECT],
        opening=_opening(data),
        sections=tuple(_section(section, titles, data.links) for section in data.causes),
        links=(*((_link_name(name), url) for name, url in data.links.items()), *(more if holds else ())),
        costs=tuple(_costs(data)),
    )


def _one_header(text: str) -> str:
    """What no mail program takes for anything but words: one line, and nothing encoded in it."""
    return readable(text).replace("=?", "= ?")


def _link_name(name: str) -> str:
    return {"plan": "See the plan", "rejections": "Mend what was refused, and send it again"}.get(name, f"See {name}")


def _subject(data: NotificationData) -> str:
    """Days and milestone first: of one milestone its own, of several those of the greatest cause, and how many more."""
    first, count = data.causes[0], _count(data)
    if count == 1:
        told = first.moved[0]
        return f"{_headline(told)}: {_name(told.title, told)}"
    own = next((told for told in first.moved if _is_cause(told, first.cause)), None)
    headline = _headline(own or max(first.moved, key=lambda told: told.days))
    return f"{headline}: {_name(first.cause.title, first.cause)} and {count - bool(own):,} more{_yours(data, own)}"


def _yours(data: NotificationData, but: Told | None = None) -> str:
    """How many milestones are the reader's own; nothing where none is, or all are."""
    yours = {milestone_key(t.plan, t.milestone) for t in _all(data) if t.yours and t is not but}
    if not yours or _count(data) == 1:
        return ""
    return f", {'all' if len(yours) == _count(data) - bool(but) else f'{len(yours):,}'} of them yours"


def _all(data: NotificationData) -> Iterable[Told]:
    return (told for section in data.causes for told in section.moved)


def _count(data: NotificationData) -> int:
    told = {(told.plan, told.milestone, told.department) for told in _all(data)}
    return len(told) + data.more


def _is_cause(told: Told, cause: ToldCause) -> bool:
    return (told.plan, told.milestone) == (cause.plan, cause.milestone)


def _headline(told: Told) -> str:
    if told.ended:
        return "Recovered" if told.ended == "recovered" else "Over"
    if told.rule == "overdue":
        return f"{counted(told.days, 'day')} overdue"
    if SYMPTOMS[told.rule] != "late":
        return CALLED[told.rule]
    return _moved(told.days or told.against_baseline or 0)


def _name(title: str, named: Node) -> str:
    return readable(f"{title} ({named.milestone})" if named.milestone else title)


_DIGESTS = {"at_once": "", "daily": "Your digest of the day. ", "weekly": "Your digest of the week. "}


def _opening(data: NotificationData) -> str:
    count = counted(_count(data), "milestone" if all(told.milestone for told in _all(data)) else "matter")
    matters = count + _yours(data)
    said = {
        "moved": f"Dates have moved: {matters}.",
        "raised": f"This needs somebody's attention: {matters}.",
        "summary": f"This already stands otherwise than it should: {matters}.",
        "recovered": f"Good news, back within tolerance: {matters}.",
        "ended": f"What you were told of is over: {matters}.",
    }[data.kind]
    return _DIGESTS[data.rhythm] + said


def _costs(data: NotificationData) -> list[str]:
    """The reader's own milestones that are late, by their days, and money that may not be spent in time."""
    if _count(data) == 1:
        return []
    found = [line for told in _all(data) if (line := _cost(told))]
    more = len(found) - MOST_COSTS
    return found[:MOST_COSTS] + ([f"and {more:,} more"] if more > 0 else [])


def _cost(told: Told) -> str | None:
    if told.ended or not told.milestone:
        return None
    if told.rule == "money-at-risk":
        return f"{_name(told.title, told)}: {readable(told.reason)}"
    late = told.yours and SYMPTOMS[told.rule] == "late"
    return f"{_name(told.title, told)}: {slip_in_words(told.against_baseline)}" if late else None


def _section(section: ToldOfCause, titles: Titles, links: Mapping[str, str]) -> Section:
    cause, moved = section.cause, section.moved
    here = {milestone_key(told.plan, told.milestone): told.title for told in moved}
    named = {**titles, **here, milestone_key(cause.plan, cause.milestone): cause.title}
    more = len(moved) - MOST_SHOWN
    lines = [f"Why: {readable(cause.reason)}"] if cause.reason else []
    lines += [f"Whom to ask: {_whom(cause)}"] if cause.plan else []
    lines += [f"The first {MOST_SHOWN} are shown here, {more:,} more on the plan's page."] if more > 0 else []
    heading = _name(cause.title, cause) + (f": {slip_in_words(cause.days)}" if cause.milestone else "")
    blocks = tuple(_block(told, named) for told in moved[:MOST_SHOWN])
    return Section(heading, tuple(lines), blocks, _page(cause, links), _tone(moved))


def _whom(cause: ToldCause) -> str:
    return f"{readable(cause.contact)} ({cause.department})" if cause.contact else cause.department


def _page(cause: ToldCause, links: Mapping[str, str]) -> str | None:
    """The page of a milestone that the reader may know."""
    plan = links.get(cause.plan) or links.get("plan", "")
    known = cause.milestone and plan.endswith(f"/plans/{cause.plan}")
    return f"{plan}/milestones/{quote(cause.milestone)}" if known else None


def _tone(moved: Iterable[Told]) -> Tone:
    holding = [told for told in moved if not told.ended]
    if holding:
        return "worse" if any(SYMPTOMS[told.rule] in ("late", "overdue") for told in holding) else "attention"
    return "better" if all(told.ended == "recovered" for told in moved) else "over"


def _block(told: Told, titles: Titles) -> Block:
    lines = [_ended(told) if told.ended else _stands(told)]
    if len(told.path) > 1:
        lines.append(f"Path: {', then '.join(_title(node, titles) for node in told.path)}")
    return Block(_name(told.title, told) + (" – yours" if told.yours else ""), tuple(lines))


def _ended(told: Told) -> str:
    to = f" It stands at {day_in_words(told.to)}, {slip_in_words(told.against_baseline)}." if told.to else ""
    assert told.ended  # noqa: S101 - asked of ended ones only
    return f"Over: {readable(told.reason) or REASONS[told.ended]}.{to}"


def _stands(told: Told) -> str:
    if told.rule == "overdue":
        since = f" on {day_in_words(told.from_)}" if told.from_ else ""
        return f"Overdue: it was to be met{since}, and nobody has said that it was."
    if SYMPTOMS[told.rule] != "late":
        reason = readable(told.reason)
        return reason[:1].upper() + reason[1:]
    if told.from_ is None or told.to is None:
        return f"Now {day_in_words(told.to) if told.to else 'without a date'}."
    was, now = day_in_words(told.from_), day_in_words(told.to)
    if told.days == told.against_baseline:
        return f"Agreed for {was}, now {now}: {slip_in_words(told.against_baseline)}."
    return f"Moved from {was} to {now}, {_moved(told.days)}; {slip_in_words(told.against_baseline)}."


def _moved(days: int) -> str:
    return f"{counted(abs(days), 'day')} {'later' if days >= 0 else 'earlier'}"


def _title(node: Node, titles: Titles) -> str:
    return readable(titles.get(milestone_key(node.plan, node.milestone), node.milestone) or HIDDEN_TITLE)
