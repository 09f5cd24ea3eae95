"""A unit of rollup: a transaction with an exclusive lock on the rollup of a source.

Marks are read before the rows they stand for, and cleared in the commit that stores the cells: a
row inserted in between is counted now, and its mark stays for the next run.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from models.database.engine import Database
from models.database.signs_of_life import IDLE_MS, signs_of_life

SIGNS = 4  # of life within the limit, however long a process computes between two statements


class RollupBusy(Exception):
    """Another process rolls up the source now; the next run continues."""


@contextmanager
def unit(database: Database, source: str, *, idle_ms: int = IDLE_MS) -> Iterator[Connection]:
    """A transaction under the lock of `source`, which the server ends `idle_ms` after the last sign
    of life of this process. Raises `RollupBusy`, `DatabaseAway`."""
    with database.transaction() as connection:
        connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {idle_ms}"))
        connection.execute(text("SET LOCAL jit = off"))
        is_locked = connection.execute(
            text("SELECT pg_try_advisory_xact_lock(hashtext(:name))"), {"name": f"rollup {source}"}
        ).scalar_one()
        if not is_locked:
            raise RollupBusy(f"another process rolls up {source}")
        with signs_of_life(connection, idle_ms / 1000 / SIGNS):
            yield connection
