"""The question to a mailbox that somebody has subscribed: does it want to be told?"""

import datetime as dt

from services.alerting.domain.letter import LONGEST_SUBJECT
from services.alerting.domain.letterform import Letter
from services.alerting.domain.scopes import Scope
from services.alerting.domain.subscriptions import Subscription
from services.kit.words import counted


def invitation(subscription: Subscription, url: str, good_for: dt.timedelta) -> Letter:
    """The letter; `url` is where the mailbox answers, good for so long."""
    what = covered(subscription.scope)
    return Letter(
        subject=f"Confirm that you want to hear when {what} moves"[:LONGEST_SUBJECT],
        opening=(
            f"{subscription.owner} has asked Milepost to tell this mailbox when {what} moves. Nothing is sent until "
            "somebody here confirms it. If you do not want it, ignore this mail: it is the only one. The link is good "
            f"for {counted(good_for.days, 'day')}."
        ),
        sections=(),
        links=(("Confirm", url),),
    )


def covered(scope: Scope) -> str:
    """What a scope covers, in words that go before "moves"."""
    if scope.kind == "milestone":
        there = f" in the plan {scope.plan}" if scope.plan else ""
        return f"the milestone {scope.name}{there}" + (", or what waits for it," if scope.downstream else "")
    return {
        "department": f"any milestone of {scope.name}",
        "plan": f"any milestone of the plan {scope.name}",
        "place": f"any milestone in the place {scope.name}",
        "mission": f"any milestone of the mission {scope.name}",
    }[scope.kind]
