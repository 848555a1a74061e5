"""How Kafka is reached: in the open on one machine, by TLS and with a user's name and password elsewhere."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"]

_BY_PASSWORD = {"SCRAM-SHA-512": SASLScram512, "SCRAM-SHA-256": SASLScram256, "PLAIN": SASLPlaintext}


@dataclass(frozen=True, slots=True)
class Access:
    """Kafka's addresses (`host:port`, with `,` between them) and the security of the connection, in Kafka's own words.

    `ca` is a file of certificates in PEM that the brokers' are signed by; without it the system's are trusted.
    """

    servers: str
    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None

    def options(self) -> dict[str, Any]:
        """The arguments of aiokafka's clients."""
        by_password = {
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }
        return {
            "bootstrap_servers": self.servers.split(","),
            "security_protocol": self.protocol,
            "ssl_context": self._tls(),
            **(by_password if self.protocol.startswith("SASL") else {}),
        }

    def security(self) -> BaseSecurity:
        """The same in FastStream's words."""
        tls = self._tls()
        if self.protocol.startswith("SASL"):
            return _BY_PASSWORD[self.mechanism](self.user, self.password, tls)
        return BaseSecurity(tls)

    def _tls(self) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=self.ca) if self.protocol.endswith("SSL") else None


Kafka: TypeAlias = str | Access
"""A Kafka to connect to; a bare address is reached in the open."""


def access(kafka: Kafka) -> Access:
    """How a Kafka is reached."""
    return Access(kafka) if isinstance(kafka, str) else kafka
