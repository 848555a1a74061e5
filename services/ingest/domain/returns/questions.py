"""What a sender is asked, or told, about which milestone a row is; each sentence names the answer."""

from collections.abc import Iterator, Sequence

from schemas.names import owner
from services.ingest.domain.returns.changes import same_text
from services.ingest.domain.returns.known import Known
from services.ingest.domain.returns.model import Finding, Row

_MOST_NAMED = 5

_HELD = "It is not published until then"


def renamed(row: Row, like: Sequence[Known]) -> Finding:
    """The row's title is new, and like those of milestones that the file no longer has."""
    message = (
        f"{row.slot} ({row.title}) is not known, and the file no longer has {_named(like)}: if that is its new title, "
        f"answer same={row.slot}={like[0].name}; if it is another milestone, new={row.slot}. {_HELD}"
    )
    return row.finding("question", "title", message)


def several(row: Row, known: Sequence[Known]) -> Finding:
    """Several milestones have the row's title."""
    message = (
        f"{row.slot} ({row.title}) may be any of {_named(known)}: answer same={row.slot}= and the name of the one that "
        f"it is, or new={row.slot}. {_HELD}"
    )
    return row.finding("question", "title", message)


def two_ways(row: Row, by_key: Known, by_title: Known) -> Finding:
    """The row has the id of one milestone and the title of another."""
    message = (
        f"{row.slot} has the id of {_named([by_key])} and the title of {_named([by_title])}: answer same={row.slot}= "
        f"and the name of the one that it is. {_HELD}"
    )
    return row.finding("question", "id", message)


def unknown(row: Row, name: str) -> Finding:
    """The answer names a milestone that is not known."""
    message = (
        f"{row.slot}: same={row.slot}={name} names no milestone of today's plan or an earlier return: correct it, or "
        f"answer new={row.slot}. {_HELD}"
    )
    return row.finding("question", "same", message)


def foreign(row: Row, name: str) -> Finding:
    """The row's id is the name of another department's milestone."""
    message = f"{row.slot}: {name} is a milestone of {owner(name)}: leave the row out, or remove its id"
    return row.finding("refused", "id", message)


def taken(row: Row, known: Known) -> Finding:
    """The name that the row would get is another milestone's."""
    own = f", answer new={row.slot} to name it by its id too," if row.key else ""
    message = (
        f"{row.slot} ({row.title}) would be named {known.name}, as {known.title} is: give it another title"
        f" (rename={row.slot}=TITLE){own} or leave it out. {_HELD}"
    )
    return row.finding("duplicate", "title", message)


def continues(row: Row, known: Known) -> Iterator[Finding]:
    """That a milestone goes on under another title or id."""
    if not any(same_text(row.title, title) for title in known.titles):
        message = f"{row.slot} continues {known.name}: its title was {known.title}, and becomes {row.title}"
        yield row.finding("noted", "title", message)
    if row.key and known.key and row.key not in (known.key, known.name):
        message = f"{row.slot} continues {known.name}: its id was {known.key}, and is now {row.key}"
        yield row.finding("noted", "id", message)


def another_row(row: Row, name: str | None, same_name: Sequence[Row], same_slot: Sequence[Row]) -> Iterator[Finding]:
    """That other rows have the row's name, or its slot."""
    if len(same_name) > 1:
        rows = " and ".join(f"{other.slot} ({other.title})" for other in same_name[:_MOST_NAMED])
        message = (
            f"{rows} would all be the milestone {name}: give all but one another title (rename={row.slot}=TITLE) or "
            "version, or leave them out. None of them is published until then"
        )
        yield row.finding("duplicate", "title", message)
    if len(same_slot) > 1:
        places = " and ".join(f"{other.row} of {other.sheet}" for other in same_slot[:_MOST_NAMED])
        message = f"rows {places} have the number {row.slot}: number them apart. None of them is published until then"
        yield row.finding("duplicate", "slot", message)


def _named(known: Sequence[Known]) -> str:
    named = [f"{one.title} ({one.name})" for one in known[:_MOST_NAMED]]
    more = [f"{len(known) - _MOST_NAMED} more"] if len(known) > _MOST_NAMED else []
    return " or ".join([*named, *more])
