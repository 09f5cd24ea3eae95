"""A database whose transactions are savepoints of a transaction that is open already."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from .engine import Database


class SavepointDatabase(Database):
    """What is done in it is undone with the savepoint that its user sets before, or with the
    transaction."""

    def __init__(self, connection: Connection, url: str) -> None:
        super().__init__(url)
        self._connection = connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A savepoint: released at the end, rolled back on an exception. Raises what the driver
        and SQLAlchemy raise."""
        with self._connection.begin_nested():
            yield self._connection
