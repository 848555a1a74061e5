"""`make secrets`: the secrets of docker-compose.yml, made once; the standard library is all it needs."""

import base64
import os
import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "secrets"

STORES = {"plan_tracking": "milepost_plan_tracking", "ingest": "milepost_ingest", "alerting": "milepost_alerting"}
"""The services that keep something in MongoDB, and the database of each."""


def wanted() -> dict[str, str]:
    """Every secret by its file's name, freshly made."""
    stores = {
        f"{user}_mongo": f"mongodb://{user}:{secrets.token_hex(24)}@mongo:27017/{database}?replicaSet=rs0"
        for user, database in STORES.items()
    }
    return {
        "milepost_session_secret": secrets.token_hex(32),
        "mongo_root_password": secrets.token_hex(24),
        "mongo_keyfile": base64.b64encode(secrets.token_bytes(512)).decode(),
        "grafana_admin_password": secrets.token_hex(12),
        **stores,
    }


def make(folder: Path) -> list[str]:
    """Writes what is missing, and answers with its names; what is there stays as it is.

    The folder is its owner's alone; the files in it are readable, because a container's user is another than theirs.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    missing = {name: value for name, value in wanted().items() if not (folder / name).exists()}
    for name, value in missing.items():
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(value)
        (folder / name).chmod(0o444)
    return sorted(missing)


if __name__ == "__main__":
    made = make(FOLDER)
    sys.stdout.write(f"made {', '.join(made)} in {FOLDER}\n" if made else f"every secret is there, in {FOLDER}\n")
