"""One unit of rolling up: a transaction in which nobody else rolls up the same source.

Marks are read before the rows they stand for, and cleared with what was made of those rows: a row
that comes in between is counted now and marked for the next time.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from models.database.engine import Database

IDLE_MS = 20_000  # a frozen process must not hold the others up


class RollupBusy(Exception):
    """Another process rolls up at this moment; the next run goes on."""


@contextmanager
def unit(database: Database, source: str) -> Iterator[Connection]:
    """A transaction of whoever alone rolls up `source`. Raises `RollupBusy`, `DatabaseAway`."""
    with database.transaction() as connection:
        connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {IDLE_MS}"))
        connection.execute(text("SET LOCAL jit = off"))
        alone = connection.execute(
            text("SELECT pg_try_advisory_xact_lock(hashtext(:name))"), {"name": f"rollup {source}"}
        ).scalar_one()
        if not alone:
            raise RollupBusy(f"another process rolls up {source}")
        yield connection
