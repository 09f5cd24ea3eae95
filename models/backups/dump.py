"""Writes the store into one file, by `pg_dump` in its custom format: one snapshot, compressed."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from models.database.engine import Database

from . import connection
from .clients import client_for

LOCK_WAIT_MS = 60_000  # a table that is dropped or altered meanwhile
LONGEST_REASON = 600


class NotBackedUp(Exception):
    """No file was written, or it could not be read again. The text says why."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that was written and read again."""

    path: Path
    size_bytes: int


def write(url: str, path: Path) -> Backup:
    """Write the database at `url` to `path`, which appears once it is complete and was read again.

    The file has mode 0600: it holds hashes of passwords and what browsers sent. Raises
    `NotBackedUp`, `ClientMissing` and `DatabaseAway`.
    """
    if path.exists():
        raise NotBackedUp(f"{path} exists already; a backup is never overwritten.")
    partial = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _dump(url, partial)
        size = partial.stat().st_size
        os.link(partial, path)  # never over a file that appeared meanwhile
        _sync(path.parent)
    except OSError as fault:
        raise NotBackedUp(f"{path} cannot be written: {fault.strerror or fault}.") from fault
    finally:
        partial.unlink(missing_ok=True)
    return Backup(path, size)


def server_major(url: str) -> int:
    """The major version of the server at `url`. Raises `DatabaseAway`."""
    database = Database(url, pool_size=1)
    try:
        return database.server_version() // 10_000
    finally:
        database.dispose()


def tail(text: str) -> str:
    """The end of what a program said."""
    return text.strip()[-LONGEST_REASON:]


def _dump(url: str, path: Path) -> None:
    client = client_for(server_major(url))
    options = [
        "--format=custom", "--no-owner", "--no-privileges", f"--file={path}",
        f"--lock-wait-timeout={LOCK_WAIT_MS}",
    ]  # fmt: skip
    _run([client.program("pg_dump"), *options, *connection.arguments(url)], url)
    # Reads and decompresses all of it, as a restore would.
    _run([client.program("pg_restore"), "--file=/dev/null", str(path)], url)


def _run(command: list[str], url: str) -> None:
    result = subprocess.run(
        command, env=connection.environment(url), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    if result.returncode:
        raise NotBackedUp(f"{Path(command[0]).name} failed: {tail(result.stderr)}")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
