"""Names for a return's milestones: project, slug of the title, version."""

import re

from schemas.names import LONGEST_SLUG, slugify

_LONGEST_ENDING = 20


def milestone_name(department: str, project: str | None, title: str, *endings: str | None) -> str:
    """The name of a milestone of a return: `dft/are-0024/obc-approval-1`; its endings tell equal titles apart.

    Raises ValueError when the project, the title or an ending has no letter or digit that a name can be made of.
    """
    ending = "".join(f"-{slugify(said)[:_LONGEST_ENDING].rstrip('-')}" for said in endings if said)
    slug = slugify(title)[: LONGEST_SLUG - len(ending)].rstrip("-") + ending
    return f"{department}/{slugify(project or '')}/{slug}"


def slug_of(text: str | None) -> str | None:
    """The slug of a text; None where there is none, as of signs alone."""
    try:
        return slugify(text or "")
    except ValueError:
        return None


def squashed(slug: str) -> str:
    """A slug without its dashes but those between digits: equal for what differs in case, dash, space or accent only.

    "hand-over" and "handover" are one; "phase-1-1" and "phase-11" are two.
    """
    return re.sub(r"(?<!\d)-|-(?!\d)", "", slug)
