"""Settings of alerting: those every service shares, the mail server, and how often a delivery is tried."""

from pydantic import Field

from services.kit.settings import Settings


class AlertingSettings(Settings):
    """`smtp_host` and `smtp_port` are the mail server, `mail_from` the address that mails come from.

    `retry_seconds` are the waits after the first, second ... failed attempt (the schedule of Standard Webhooks: about
    three days in all); when they are used up the notification is undelivered. A milestone that is blocked for more than
    `blocked_days` raises an alert; a subscriber who has had `most_messages` on a day gets the rest as a daily digest.
    """

    port: int = 8002
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    blocked_days: int = Field(10, ge=0)
    most_messages: int = Field(20, ge=1)
    mail_from: str = "milepost@localhost"
    retry_seconds: tuple[float, ...] = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
