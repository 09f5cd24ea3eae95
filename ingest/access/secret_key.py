"""The key that signs cookies: from the settings, or generated once and stored under `DATA_DIR`."""

import os
import secrets
import time
from contextlib import suppress

from settings import Settings

LEAST_BYTES = 32
WAIT_SECONDS = 2


def secret_key(settings: Settings) -> str:
    """The key; processes that start at the same time agree on it. Raises `OSError`."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(LEAST_BYTES))
    deadline = time.monotonic() + WAIT_SECONDS
    while not (key := path.read_text(encoding="ascii").strip()) and time.monotonic() < deadline:
        time.sleep(0.01)  # another process has created the file and is about to write it
    if len(key) < LEAST_BYTES:
        raise OSError(f"{path} is damaged: remove it, and everybody signs in anew")
    return key
