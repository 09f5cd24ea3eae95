"""Locks for changes of the schema beside processes that go on reading and writing."""

import time
from collections.abc import Iterable

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

# Shorter than `deadlock_timeout`: a process that holds one of the tables and wants another gets it
# before anybody is cancelled. Readers and writers wait behind us for so long per table at most.
LOCK_MS = 400
PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 60
LOCK_NOT_AVAILABLE = "55P03"


def lock_tables(connection: Connection, relations: Iterable[str]) -> None:
    """Take the exclusive locks of all `relations` at once, or none of them and try again. Raises
    `OperationalError` when a reader or writer keeps one of them for a minute."""
    execute(connection, f"LOCK TABLE {', '.join(relations)} IN ACCESS EXCLUSIVE MODE")


def execute(connection: Connection, statement: str) -> None:
    """Execute what needs an exclusive lock, again and again: between two tries everybody who waits
    goes on. Raises `OperationalError` when a reader or writer keeps the lock for a minute."""
    connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with connection.begin_nested():
                connection.execute(text(statement))
        except OperationalError as fault:
            is_busy = getattr(fault.orig, "pgcode", None) == LOCK_NOT_AVAILABLE
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return
