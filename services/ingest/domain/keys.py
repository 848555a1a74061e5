"""Keys: 256 random bits, kept only as a SHA-256 digest."""

import hashlib
import secrets

PREFIX = "mp_"


def new_key() -> str:
    """A fresh key; shown once, never stored."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
