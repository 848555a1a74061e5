"""Settings that every service shares, from the environment (prefix `MILEPOST_`)."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, FilePath, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kit.access import Access, Mechanism, Protocol

SECRETS = Path("/run/secrets")
"""Where a container's secrets are files: one named after each setting, such as `milepost_session_secret`."""

LOCAL_SECRET = "local stack only"  # noqa: S105 - refused outside local mode
SHORTEST_SECRET = 32
"""Characters."""


class Settings(BaseSettings):
    """Each default works on the local stack.

    `namespace` prefixes topics, databases, consumer groups and transactional ids, so that several Mileposts can share
    servers; `replica` names this process among its equals (a static member of its consumer group). The `_url`s are how
    services reach each other; links that people are given begin with `public_url` where a proxy shows all services as
    one origin. `replication` is how many brokers must hold each partition. What the environment does not say is read
    from SECRETS.
    """

    model_config = SettingsConfigDict(
        env_prefix="MILEPOST_",
        frozen=True,
        hide_input_in_errors=True,
        secrets_dir=SECRETS if SECRETS.is_dir() else None,
    )

    mode: Literal["local", "production"] = "local"
    namespace: str = "milepost"
    replica: str = "1"
    kafka: str = "127.0.0.1:9092"
    kafka_security: Protocol = "PLAINTEXT"
    kafka_mechanism: Mechanism = "SCRAM-SHA-512"
    kafka_user: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_ca: FilePath | None = None
    replication: int = Field(1, ge=1)
    mongo: str = Field("mongodb://127.0.0.1:27017", repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    session_secret: str = Field(LOCAL_SECRET, repr=False)
    public_url: str = ""
    plans_url: str = "http://127.0.0.1:8000"
    ingest_url: str = "http://127.0.0.1:8001"
    alerts_url: str = "http://127.0.0.1:8002"
    metrics_url: str = "http://127.0.0.1:8003"
    log_level: str = "INFO"

    @model_validator(mode="after")
    def _fit_for_its_mode(self) -> Self:
        if self.mode != "local" and (self.session_secret == LOCAL_SECRET or len(self.session_secret) < SHORTEST_SECRET):
            raise ValueError(
                f"MILEPOST_SESSION_SECRET must be a secret of {SHORTEST_SECRET} characters or more, the same for every "
                "service (`openssl rand -hex 32` makes one): whoever knows it can sign in as any department"
            )
        if self.kafka_security.startswith("SASL") and not (self.kafka_user and self.kafka_password.get_secret_value()):
            raise ValueError(
                f"MILEPOST_KAFKA_SECURITY is {self.kafka_security}: set MILEPOST_KAFKA_USER and MILEPOST_KAFKA_PASSWORD"
            )
        return self

    @property
    def kafka_access(self) -> Access:
        """Kafka as every client of it is made."""
        return Access(
            self.kafka,
            self.kafka_security,
            self.kafka_mechanism,
            self.kafka_user,
            self.kafka_password.get_secret_value(),
            self.kafka_ca,
        )

    def public(self, own: str) -> str:
        """What the links to a service begin with: the one origin where there is one, else the service's `own` URL."""
        return self.public_url.rstrip("/") or own

    @property
    def links(self) -> dict[str, str]:
        """What the addresses of the services' pages begin with."""
        own = {"plans": self.plans_url, "ingest": self.ingest_url, "alerts": self.alerts_url}
        return {name: self.public(url).rstrip("/") for name, url in own.items()}

    def database(self, service: str) -> str:
        """The name of a service's own Mongo database."""
        return f"{self.namespace}_{service}"

    def group(self, service: str) -> str:
        """The consumer group of a service, and the prefix of its transactional ids."""
        return f"{self.namespace}.{service}"
