"""The key that signs cookies: from the settings, or made once and kept."""

import os
import secrets

from app.config import Settings


def secret_key(settings: Settings) -> str:
    """The signing key. Without one in the settings, a random one is kept in the data folder, readable by the owner only."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        # Two processes that start at once must end with the same key: whoever creates the file decides.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text().strip()
