"""Restores a file of `dump` into an empty database: all of it in one transaction, or nothing."""

import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from models.database import migrate
from models.database.engine import Database

from . import connection
from .clients import Client, client_for
from .dump import server_major, tail

Process = subprocess.Popen[bytes]
HEAD_LINES = 60  # settings of the session stand before the first object
# Written by clients from 17 on, and not known to older servers.
NEWER_SETTING = b"SET transaction_timeout = 0;\n"
_revision = re.compile(r"^COPY public\.alembic_version .*;\n(\w+)\n", re.MULTILINE)
_RELATIONS = text(
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast' "
    "AND c.relkind IN ('r', 'p', 'v', 'm', 'S')"
)


class StoreNotRestored(Exception):
    """Nothing was restored; the database is as it was. The text says why."""


def restore(url: str, path: Path) -> None:
    """Restore `path` into the empty database at `url`, and bring its tables up to date.

    Raises `StoreNotRestored`, `ClientMissing` and `DatabaseAway`.
    """
    load(url, path)
    migrate.upgrade(url)


def load(url: str, path: Path) -> None:
    """Restore as `restore`, with the tables as they were."""
    if not path.is_file():
        raise StoreNotRestored(f"There is no file {path}.")
    client = client_for(server_major(url))
    _check_file(client, path)
    _refuse_filled(url)
    _load(client, url, path)


def _check_file(client: Client, path: Path) -> None:
    """It is a backup of ours, whole, and not of a version to come."""
    command = [client.program("pg_restore"), "--data-only", "--table=alembic_version", "--file=-"]
    result = subprocess.run([*command, path], capture_output=True, text=True, check=False)
    match = _revision.search(result.stdout)
    if result.returncode or match is None:
        raise StoreNotRestored(
            f"{path} is no backup of WebSocket Analytics that PostgreSQL {client.major} can read. "
            f"{tail(result.stderr)}".strip()
        )
    if not _is_migration(match[1]):
        raise StoreNotRestored(
            f"{path} is of a newer version of WebSocket Analytics (its tables are of {match[1]}): "
            "restore it with that version."
        )
    complete = subprocess.run(
        [client.program("pg_restore"), "--file=/dev/null", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if complete.returncode:
        raise StoreNotRestored(f"{path} is damaged: {tail(complete.stderr)}")


def _is_migration(revision: str) -> bool:
    scripts = ScriptDirectory.from_config(migrate.configuration(""))
    try:
        return scripts.get_revision(revision) is not None
    except CommandError:
        return False


def _refuse_filled(url: str) -> None:
    database = Database(url, pool_size=1)
    try:
        with database.transaction() as open_connection:
            number = open_connection.execute(_RELATIONS).scalar_one()
    finally:
        database.dispose()
    if number:
        raise StoreNotRestored(
            f"The store is not empty: it has {number} tables and sequences. Restore into a new "
            "one: an empty database in DATABASE_URL, or a new folder in DATA_DIR."
        )


def _load(client: Client, url: str, path: Path) -> None:
    """The file's SQL through `psql`. It commits at the end of what `pg_restore` has read without a
    fault: a client that dies earlier leaves nothing."""
    reading = [client.program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(path)]
    writing = [
        client.program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
        "--output=/dev/null", *connection.arguments(url),
    ]  # fmt: skip
    with (
        tempfile.TemporaryFile("w+", errors="replace") as errors,
        subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=errors) as source,
        subprocess.Popen(
            writing, stdin=subprocess.PIPE, stderr=errors, env=connection.environment(url)
        ) as sink,
    ):
        with suppress(BrokenPipeError):  # psql has ended with an error, which it wrote
            _copy(source, sink)
        source.kill()
        if sink.wait() or source.wait():
            errors.seek(0)
            raise StoreNotRestored(f"{path} was not restored: {_first_line(errors.read())}")


def _copy(reader: Process, writer: Process) -> None:
    """Raises `BrokenPipeError`."""
    source, sink = cast(IO[bytes], reader.stdout), cast(IO[bytes], writer.stdin)
    try:
        sink.write(b"BEGIN;\n")
        for _ in range(HEAD_LINES):
            line = source.readline()
            if line != NEWER_SETTING:
                sink.write(line)
        shutil.copyfileobj(source, sink, 1 << 20)
        if reader.wait() == 0:
            sink.write(b"\nCOMMIT;\nANALYZE;\n")
    finally:
        sink.close()


def _first_line(errors: str) -> str:
    """Without the lines after it, which may hold values of rows."""
    return next(iter(errors.strip().splitlines()), "the client was ended")
