"""What an event is about: its plan, a milestone, or a fact beside the milestones (outcome, money, experience)."""

from schemas import events as said

PLAN = ""
"""What an event about the plan itself is about."""

_PLAN_EVENTS = (
    said.PlanPublished,
    said.PlanWithdrawn,
    said.PlanDated,
    said.ContributorListed,
    said.ContributorUnlisted,
)
_FACTS: dict[type, str] = {
    said.OutcomeDefined: "outcome",
    said.OutcomeObserved: "outcome",
    said.FundingAllocated: "funding",
    said.ExperienceReported: "experience",
}


def about(event: said.LogRecord) -> str:
    """PLAN, a milestone's name (`dft/rail-2`), or a fact's (`outcome|dft/footfall`)."""
    if isinstance(event, _PLAN_EVENTS) or (isinstance(event, said.ConfidenceAssessed) and event.data.of != "milestone"):
        return PLAN
    noun = _FACTS.get(type(event))
    return f"{noun}|{event.subject}" if noun else event.subject


def is_fact(name: str) -> bool:
    """Whether what `about` answered is a fact."""
    return "|" in name


def names_its_plan(event: said.LogRecord) -> bool:
    """Whether the event's subject must be its plan."""
    of_plan = isinstance(event, said.ConfidenceAssessed) and event.data.of == "plan"
    return isinstance(event, _PLAN_EVENTS) or of_plan
