"""What each rule is called, wherever people read of it."""

from schemas.alerts import Rule

CALLED: dict[Rule, str] = {
    "slipped": "Late",
    "inherited-slip": "Late because of another",
    "overdue": "Overdue",
    "blocked": "Blocked",
    "declared-green": "Declared green, and late",
    "cycle": "Waits in a circle",
    "unplanned": "Waits for something unplanned",
    "disputed": "Disputed dependency",
    "uncontrolled-baseline": "Agreed date changed, not approved",
    "reopened": "Open again",
    "engagement-unmet": "Met without the engagement",
    "silent": "Return missing",
    "unlisted": "Taken off the plan",
    "unreachable": "Nobody there can be told",
    "withdrawn": "Plan withdrawn",
    "target-moved": "Target moved, not approved",
    "tolerance-moved": "Tolerance moved, not approved",
    "stuck": "Plan stands still",
    "money-at-risk": "Money at risk",
    "outcome-off-path": "Outcome off its path",
    "refused": "Refused",
}
