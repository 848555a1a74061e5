"""Hands the contact of a key to alerting, which makes it the departments' first subscriber."""

from collections.abc import Sequence

import httpx


async def hand(alerts: httpx.AsyncClient, departments: Sequence[str], mailbox: str, token: str) -> str | None:
    """Why alerting has not taken the mailbox, None when it has, for every department; again, it changes nothing there.

    `token` is a key or a session of all these departments.
    """
    headers = {"Authorization": f"Bearer {token}"}
    try:
        for department in departments:
            contact = {"department": department, "mailbox": mailbox}
            answer = await alerts.post("/api/alerting/contacts", json=contact, headers=headers)
            answer.raise_for_status()
    except httpx.HTTPError as error:
        return f"{type(error).__name__}: {error}"
    return None
