"""Settings that every service shares, from the environment (prefix `MILEPOST_`)."""

from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each default works on the local stack.

    `namespace` prefixes topics, databases, consumer groups and transactional ids, so that several Mileposts can share
    servers; `replica` names this process among its equals (a static member of its consumer group).
    """

    model_config = SettingsConfigDict(env_prefix="MILEPOST_", frozen=True)

    mode: Literal["local", "production"] = "local"
    namespace: str = "milepost"
    replica: str = "1"
    kafka: str = "127.0.0.1:9092"
    mongo: str = "mongodb://127.0.0.1:27017"
    host: str = "127.0.0.1"
    port: int = 8000
    session_secret: str = "local stack only"  # noqa: S105 - refused outside local mode
    plans_url: str = "http://127.0.0.1:8000"
    ingest_url: str = "http://127.0.0.1:8001"
    alerts_url: str = "http://127.0.0.1:8002"
    metrics_url: str = "http://127.0.0.1:8003"
    log_level: str = "INFO"

    def database(self, service: str) -> str:
        """The name of a service's own Mongo database."""
        return f"{self.namespace}_{service}"

    def group(self, service: str) -> str:
        """The consumer group of a service, and the prefix of its transactional ids."""
        return f"{self.namespace}.{service}"
