"""Whose a subscription is: it, and what it was told, are shown to its owner only."""

from fastapi import Request

from services.alerting.domain.subscriptions import Subscription
from services.alerting.store import Store
from services.kit.http import Problem
from services.kit.identity import Identities


async def owned(store: Store, identities: Identities, request: Request, identifier: str) -> Subscription:
    """The caller's subscription; raises a 404 problem where there is none, or it is another's."""
    who, found = await identities.of(request), await store.subscriptions.find(identifier)
    if found is None or found.owner not in who.departments:
        raise Problem(404, "No such subscription", f"{identifier}: there is none, or it is not yours")
    return found
