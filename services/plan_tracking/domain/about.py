"""What an event is about: its plan, a milestone, or a fact beside the milestones (outcome, money, experience)."""

from functools import cache
from urllib.parse import quote

from schemas import events as said
from schemas.network import LinksJudged, LinksReported, PortMoved, PortWanted, RebuildRequested
from schemas.topics import milestone_key

PLAN = ""
"""What an event about the plan itself is about."""

FUNDING = "funding|"
"""What facts about money begin with: they are loaded with the network, for they pay for milestones."""
NETWORK_FACTS = "network|"
"""What all facts about dependencies across plans begin with: they are loaded with the network."""
OUT, IN, LINKED = f"{NETWORK_FACTS}out|", f"{NETWORK_FACTS}in|", f"{NETWORK_FACTS}links|"
"""Before a milestone of the plan that others need; before a port (`plan|milestone`); before a plan with its links."""

_PLAN_EVENTS = (
    said.PlanPublished,
    said.PlanWithdrawn,
    said.PlanDated,
    RebuildRequested,
    LinksJudged,
    said.ContributorListed,
    said.ContributorUnlisted,
)
_FACTS: dict[type, str] = {
    said.OutcomeDefined: "outcome",
    said.OutcomeObserved: "outcome",
    said.FundingAllocated: FUNDING[:-1],
    said.ExperienceReported: "experience",
}


def about(event: said.LogRecord) -> str:
    """PLAN, a milestone's name (`dft/rail-2`), or a fact's (`outcome|dft/footfall`, `network|in|dwp/jobs|dwp/x`).

    Each series of a fact is one of its own, so that none grows with the number of places:
    `outcome|dft/footfall@E06000001@Women`, a place and a group (a fund, a theme), percent-encoded, either may be empty.
    """
    if _of_a_milestone(type(event)):
        return event.subject
    if isinstance(event, PortWanted | PortMoved | LinksReported):
        return _between(event)
    if isinstance(event, _PLAN_EVENTS) or (isinstance(event, said.ConfidenceAssessed) and event.data.of != "milestone"):
        return PLAN
    noun = _FACTS.get(type(event))
    return f"{noun}|{event.subject}{_series(event)}" if noun else event.subject


@cache
def _of_a_milestone(kind: type) -> bool:
    """Whether such events are about the milestone that they name, whatever they say; to ask each would take longer."""
    return issubclass(kind, said.MilestoneEvent)


def _series(event: said.LogRecord) -> str:
    match event:
        case said.OutcomeObserved(data=data):
            parts = (data.place, data.group)
        case said.FundingAllocated(data=data):
            parts = (data.place, data.fund)
        case said.ExperienceReported(data=data):
            parts = (data.place, data.theme)
        case _:
            return ""
    return "".join(f"@{quote(part or '', safe='')}" for part in parts)


def _between(event: PortWanted | PortMoved | LinksReported) -> str:
    if isinstance(event, PortMoved):
        return IN + milestone_key(event.data.of, event.data.milestone)
    return OUT + event.data.milestone if isinstance(event, PortWanted) else LINKED + event.data.of


def is_fact(name: str) -> bool:
    """Whether what `about` answered is a fact."""
    return "|" in name


def names_its_plan(event: said.LogRecord) -> bool:
    """Whether the event's subject must be its plan."""
    if _of_a_milestone(type(event)):
        return False
    of_plan = isinstance(event, said.ConfidenceAssessed) and event.data.of == "plan"
    return isinstance(event, (*_PLAN_EVENTS, PortWanted, PortMoved, LinksReported)) or of_plan
