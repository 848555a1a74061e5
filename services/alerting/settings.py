"""Settings of alerting: those every service shares, the mail server, and how often a delivery is tried."""

from typing import Literal, Self

from pydantic import Field, FilePath, SecretStr, model_validator

from services.kit.settings import Settings

MailSecurity = Literal["auto", "starttls", "tls"]
"""`auto` uses TLS where the server offers it; the others send nothing without: from the start, or by STARTTLS."""


class AlertingSettings(Settings):
    """`smtp_host` and `smtp_port` are the mail server, `mail_from` the address that mails come from.

    With `smtp_user` and `smtp_password` it is asked to let us in. `smtp_ca` is a file of certificates in PEM that its
    certificate is signed by; without it the system's are trusted.

    What moves is told when its cause has not moved for `quiet_seconds`.
    `inside_hosts` are hosts of your own network, as `host:port`, that notifications may be sent to, without TLS too.
    `retry_seconds` are the waits after the first, second ... failed attempt (the schedule of Standard Webhooks: about
    three days in all); when they are used up the notification is undelivered. A milestone that is blocked for more than
    `blocked_days` raises an alert; what nobody has answered for `escalate_days` working days goes to the lead of the
    plan; a subscriber who has had `most_messages` on a day gets the rest as a daily digest.
    """

    port: int = 8002
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    smtp_security: MailSecurity = "auto"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_ca: FilePath | None = None
    quiet_seconds: float = Field(2, ge=0, le=30)
    inside_hosts: frozenset[str] = frozenset()
    blocked_days: int = Field(10, ge=0)
    escalate_days: int = Field(5, ge=1)
    most_messages: int = Field(20, ge=1)
    mail_from: str = "milepost@localhost"
    retry_seconds: tuple[float, ...] = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)

    @model_validator(mode="after")
    def _no_password_in_the_open(self) -> Self:
        if bool(self.smtp_user) != bool(self.smtp_password.get_secret_value()):
            raise ValueError("set both MILEPOST_SMTP_USER and MILEPOST_SMTP_PASSWORD, or neither")
        if self.smtp_user and self.smtp_security == "auto" and self.mode != "local":
            raise ValueError(
                "MILEPOST_SMTP_SECURITY is auto: whoever is in between could ask for the password in the open. Set "
                "it to starttls (mostly port 587) or tls (mostly port 465)"
            )
        return self
