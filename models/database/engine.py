"""The way to PostgreSQL: one engine per process, short transactions, one error when it is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import psycopg2
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

CONNECT_SECONDS = 2
POOL_WAIT_SECONDS = 2
IDLE_RECYCLE_SECONDS = 1800
# Connection exceptions, insufficient resources (a full disk), operator intervention, system error.
AWAY_CLASSES = frozenset({"08", "53", "57", "58"})
AWAY_CODES = frozenset({"25006"})  # read-only: a standby, or one told to save its disk


class DatabaseAway(Exception):
    """The database cannot be reached, or did not answer in time. Nothing was committed for sure."""


class Database:
    """A lazily opened pool. Create it after fork; `statement_ms` bounds every statement.

    `pre_ping` asks a pooled connection whether it still lives before each use, a round trip that
    spares callers the first failure after the server was away.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 5,
        statement_ms: int = 5000,
        name: str = "wsmon",
        pre_ping: bool = True,
    ) -> None:
        self.url = url
        self._pool_size = pool_size
        self._statement_ms = statement_ms
        self._name = name
        self._pre_ping = pre_ping

    @cached_property
    def engine(self) -> Engine:
        """The engine, opened on first use."""
        options = f"-c statement_timeout={self._statement_ms} -c timezone=UTC"
        return create_engine(
            self.url,
            pool_size=self._pool_size,
            max_overflow=0,
            pool_timeout=POOL_WAIT_SECONDS,
            pool_pre_ping=self._pre_ping,
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
        with _away_is_one_error(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """A connection each statement of which is a transaction. Raises as `transaction`."""
        with _away_is_one_error(), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def ping(self) -> None:
        """Ask the server for a sign of life. Raises `DatabaseAway`."""
        with self.transaction() as connection:
            connection.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


@contextmanager
def _away_is_one_error() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as fault:
        raise DatabaseAway("no free connection within 2 s") from fault
    except DBAPIError as fault:
        code = getattr(fault.orig, "pgcode", None)
        if fault.connection_invalidated or _means_away(fault, code):
            raise DatabaseAway(str(fault.orig).strip()) from fault
        raise
    except psycopg2.Error as fault:  # of a cursor of the driver itself
        if _means_away(fault, fault.pgcode):
            raise DatabaseAway(str(fault).strip()) from fault
        raise


def _means_away(fault: Exception, code: str | None) -> bool:
    """Whether the store, not the statement, is at fault (PostgreSQL appendix A)."""
    if code is None:
        return isinstance(fault, OperationalError | psycopg2.OperationalError)
    return code[:2] in AWAY_CLASSES or code in AWAY_CODES
