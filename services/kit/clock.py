"""The clock of the world, which every service is given and no decision reads."""

import datetime as dt


def utc_now() -> dt.datetime:
    """Now, in UTC."""
    return dt.datetime.now(dt.UTC)
