"""One read-only transaction for all statements of an answer, so that they agree."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, text

from models.database.engine import Database

# JIT and parallel workers cost more than they save here; sorts are to stay in memory.
SETTINGS = text(
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL jit = off; "
    "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '32MB'"
)


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A read-only transaction on one snapshot. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        connection.execute(SETTINGS)
        yield connection


def now(connection: Connection) -> datetime:
    """The database's clock at the start of the snapshot."""
    moment: datetime = connection.execute(text("SELECT now()")).scalar_one()
    return moment
