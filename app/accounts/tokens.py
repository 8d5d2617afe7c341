"""Random secrets: given out once, stored as a hash."""

import hashlib
import secrets


def new_secret() -> str:
    """256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored in its place. A plain hash is enough for a secret that nobody can guess."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
