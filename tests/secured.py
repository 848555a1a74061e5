"""A Kafka and a store that ask who is there, over TLS: as in production, on free ports and in temporary folders."""

import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization

from deploy.local.kafka import kafka
from deploy.local.ports import HOST, free_base
from deploy.local.stack import running
from deploy.local.store import store
from services.kit.access import Access
from services.kit.mongo import connect

SERVICES = ("plan_tracking", "ingest", "alerting", "metrics")

_PROPERTIES = """
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller},SASL_SSL://{host}:{secured}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.ssl.keystore.type=PEM
listener.name.sasl_ssl.ssl.keystore.location={keystore}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""
"""The open listener is the broker's own, and of whoever administers it; the services are given the other."""


@dataclass(frozen=True, slots=True)
class Secured:
    """Addresses, the file of the authority that signed the servers' certificates, and each service's password."""

    kafka: str
    open_kafka: str
    store: str
    ca: Path
    passwords: dict[str, str]

    def access(self, service: str, password: str | None = None) -> Access:
        """Kafka as a service reaches it."""
        said = password or self.passwords[service]
        return Access(self.kafka, "SASL_SSL", "SCRAM-SHA-512", service, said, self.ca)

    def mongo(self, service: str, password: str | None = None) -> str:
        """The store's address for a service: its own database is where its user is kept."""
        who = f"{service}:{password or self.passwords[service]}"
        return f"mongodb://{who}@{self.store}/milepost_{service}?tls=true&tlsCAFile={self.ca}"

    def env(self, service: str) -> dict[str, str]:
        """The settings by which a service reaches both."""
        return {
            "MILEPOST_KAFKA": self.kafka,
            "MILEPOST_KAFKA_SECURITY": "SASL_SSL",
            "MILEPOST_KAFKA_USER": service,
            "MILEPOST_KAFKA_PASSWORD": self.passwords[service],
            "MILEPOST_KAFKA_CA": str(self.ca),
            "MILEPOST_MONGO": self.mongo(service),
        }


@contextlib.asynccontextmanager
async def secured(directory: Path) -> AsyncIterator[Secured]:
    """Both servers, running."""
    base = free_base(4)
    authority = trustme.CA()
    ca, keystore, certificate, key = (directory / f"{name}.pem" for name in ("ca", "keystore", "certificate", "key"))
    authority.cert_pem.write_to_path(ca)
    issued = authority.issue_cert(HOST)
    certificate.write_bytes(issued.cert_chain_pems[0].bytes())
    key.write_bytes(_pkcs8(issued.private_key_pem.bytes()))
    keystore.write_bytes(key.read_bytes() + certificate.read_bytes())
    passwords = {service: secrets.token_urlsafe(24) for service in SERVICES}
    found = Secured(f"{HOST}:{base + 2}", f"{HOST}:{base}", f"{HOST}:{base + 3}", ca, passwords)
    properties = _PROPERTIES.format(host=HOST, port=base, controller=base + 1, secured=base + 2, keystore=keystore)
    await _provision(directory, base + 3, passwords)
    options = ["--auth", "--tls-cert-file", str(certificate), "--tls-key-file", str(key)]
    starting = [
        kafka(directory, base, more=properties, users=passwords),
        store(directory, base + 3, more=options, uri=found.mongo("ingest")),
    ]
    async with running(starting):
        yield found


def _pkcs8(pem: bytes) -> bytes:
    """A private key in the one form that Kafka reads."""
    key = serialization.load_pem_private_key(pem, None)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


async def _provision(directory: Path, port: int, passwords: dict[str, str]) -> None:
    """Makes each service's user, in its own database, while the store is still open."""
    async with running([store(directory, port)]):
        client = connect(f"mongodb://{HOST}:{port}")
        for service, password in passwords.items():
            name = f"milepost_{service}"
            await client[name].command("createUser", service, pwd=password, roles=[{"role": "readWrite", "db": name}])
        client.close()
