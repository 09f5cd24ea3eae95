"""The way to PostgreSQL: one engine per process, short transactions, one error when it is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

CONNECT_SECONDS = 2
POOL_WAIT_SECONDS = 2
IDLE_RECYCLE_SECONDS = 1800


class DatabaseAway(Exception):
    """The database cannot be reached, or did not answer in time. Nothing was committed for sure."""


class Database:
    """A lazily opened pool. Create it after fork; `statement_ms` bounds every statement."""

    def __init__(
        self, url: str, *, pool_size: int = 5, statement_ms: int = 5000, name: str = "wsmon"
    ) -> None:
        self.url = url
        self._pool_size = pool_size
        self._statement_ms = statement_ms
        self._name = name

    @cached_property
    def engine(self) -> Engine:
        """The engine, opened on first use."""
        options = f"-c statement_timeout={self._statement_ms} -c timezone=UTC"
        return create_engine(
            self.url,
            pool_size=self._pool_size,
            max_overflow=0,
            pool_timeout=POOL_WAIT_SECONDS,
            pool_pre_ping=True,
            pool_recycle=IDLE_RECYCLE_SECONDS,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "application_name": self._name,
                "options": options,
            },
        )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back when an exception passes.

        Raises `DatabaseAway` when the server is unreachable, too slow, or goes away meanwhile.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except PoolTimeout as fault:
            raise DatabaseAway("no free connection within 2 s") from fault
        except OperationalError as fault:
            raise DatabaseAway(str(fault.orig)) from fault
        except DBAPIError as fault:
            if fault.connection_invalidated:
                raise DatabaseAway(str(fault.orig)) from fault
            raise

    def ping(self) -> None:
        """Ask the server for a sign of life. Raises `DatabaseAway`."""
        with self.transaction() as connection:
            connection.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()
