"""A letter: a notification as a person reads it, in text and in HTML."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from schemas.alerts import SYMPTOMS, NotificationData, Told, ToldCause, ToldOfCause
from schemas.states import Node
from schemas.topics import milestone_key
from services.alerting.domain.ends import REASONS
from services.alerting.domain.view import HIDDEN_TITLE
from services.kit.words import counted, day_in_words, readable, slip_in_words

LONGEST_SUBJECT = 200
MOST_SHOWN = 100
"""Milestones of one cause that a letter names; the others are counted."""

_STYLE = "font-family:sans-serif;line-height:1.5;max-width:40em;color:#0b0c0c"

Titles = Mapping[str, str]
"""Titles by milestone key."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A cause, and what it does to each milestone."""

    heading: str
    lines: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a letter; every string is one line that can only be read. `links` is a name and an address each."""

    subject: str
    opening: str
    sections: tuple[Section, ...]
    links: tuple[tuple[str, str], ...]

    def text(self) -> str:
        """The letter as plain text."""
        parts = [self.opening]
        for section in self.sections:
            parts.append("\n".join([section.heading, *section.lines]))
            parts += [
                f"* {block.heading}\n" + "\n".join(f"  {line}" for line in block.lines) for block in section.blocks
            ]
        parts += [f"{name}: {url}" for name, url in self.links]
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """The letter as simple HTML."""
        body = [f"<p>{escape(self.opening)}</p>"]
        for section in self.sections:
            body.append(f'<h2 style="font-size:1.1em">{escape(section.heading)}</h2>{_paragraph(section.lines)}<ul>')
            body += [f"<li><b>{escape(b.heading)}</b><br>{_lines(b.lines)}</li>" for b in section.blocks]
            body.append("</ul>")
        body += [f'<p><a href="{escape(url)}">{escape(name)}</a></p>' for name, url in self.links]
        head = f'<meta charset="utf-8"><title>{escape(self.subject)}</title>'
        return f'<!doctype html><html lang="en"><head>{head}</head><body style="{_STYLE}">{"".join(body)}</body></html>'


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(map(escape, lines))


def _paragraph(lines: tuple[str, ...]) -> str:
    return f"<p>{_lines(lines)}</p>" if lines else ""


def letter(data: NotificationData, titles: Titles) -> Letter:
    """The letter of a notification; `titles` names the milestones of its paths."""
    return Letter(
        subject=readable(_subject(data))[:LONGEST_SUBJECT],
        opening=_opening(data),
        sections=tuple(_section(section, titles) for section in data.causes),
        links=tuple((_link_name(name), url) for name, url in data.links.items()),
    )


def _link_name(name: str) -> str:
    return "See the plan" if name == "plan" else f"See {name}"


def _subject(data: NotificationData) -> str:
    """Days and milestone first: of one milestone its own, of several those of the greatest cause, and how many more."""
    first, count = data.causes[0], _count(data)
    if count == 1:
        told = first.moved[0]
        return f"{_headline(told)}: {_name(told.title, told)}"
    own = next((told for told in first.moved if _is_cause(told, first.cause)), None)
    headline = _headline(own or max(first.moved, key=lambda told: told.days))
    return f"{headline}: {_name(first.cause.title, first.cause)} and {count - bool(own):,} more"


def _count(data: NotificationData) -> int:
    told = {(told.plan, told.milestone, told.department) for section in data.causes for told in section.moved}
    return len(told) + data.more


def _is_cause(told: Told, cause: ToldCause) -> bool:
    return (told.plan, told.milestone) == (cause.plan, cause.milestone)


def _headline(told: Told) -> str:
    if told.ended:
        return "Recovered" if told.ended == "recovered" else "Over"
    if told.rule == "overdue":
        return f"{counted(told.days, 'day')} overdue"
    if SYMPTOMS[told.rule] != "late":
        return told.rule.replace("-", " ").capitalize()
    days = told.days or told.against_baseline or 0
    return f"{counted(abs(days), 'day')} {'later' if days >= 0 else 'earlier'}"


def _name(title: str, named: Node) -> str:
    return readable(f"{title} ({named.milestone})" if named.milestone else title)


def _opening(data: NotificationData) -> str:
    milestones = counted(_count(data), "milestone")
    return {
        "moved": f"Dates have moved: {milestones}.",
        "raised": f"This needs somebody's attention: {milestones}.",
        "summary": f"This already stands otherwise than it should: {milestones}.",
        "recovered": f"Good news: {milestones} back within tolerance.",
        "ended": f"What you were told of is over: {milestones}.",
    }[data.kind]


def _section(section: ToldOfCause, titles: Titles) -> Section:
    cause, moved = section.cause, section.moved
    here = {milestone_key(told.plan, told.milestone): told.title for told in moved}
    named = {**titles, **here, milestone_key(cause.plan, cause.milestone): cause.title}
    more = len(moved) - MOST_SHOWN
    lines = [f"Why: {readable(cause.reason)}"] if cause.reason else []
    lines += [f"The first {MOST_SHOWN} are shown here, {more:,} more on the plan's page."] if more > 0 else []
    heading = _name(cause.title, cause) + (f": {slip_in_words(cause.days)}" if cause.milestone else "")
    return Section(heading, tuple(lines), tuple(_block(told, named) for told in moved[:MOST_SHOWN]))


def _block(told: Told, titles: Titles) -> Block:
    lines = [_ended(told) if told.ended else _stands(told)]
    if len(told.path) > 1:
        lines.append(f"Path: {', then '.join(_title(node, titles) for node in told.path)}")
    return Block(_name(told.title, told), tuple(lines))


def _ended(told: Told) -> str:
    to = f" It stands at {day_in_words(told.to)}, {slip_in_words(told.against_baseline)}." if told.to else ""
    assert told.ended  # noqa: S101 - asked of ended ones only
    return f"Over: {told.reason or REASONS[told.ended]}.{to}"


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
