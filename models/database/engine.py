"""Access to PostgreSQL: one engine per process, short transactions, one error for any outage."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import msgspec
import psycopg2
from sqlalchemy import Connection, Engine, Table, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from . import patience

__all__ = ["Connection", "Database", "DatabaseAway", "Table"]

CONNECT_SECONDS = 2
POOL_WAIT_SECONDS = 2
IDLE_RECYCLE_SECONDS = 1800
# Connection exceptions, insufficient resources (a full disk), operator intervention, system error.
AWAY_CLASSES = frozenset({"08", "53", "57", "58"})
AWAY_CODES = frozenset({"25006"})  # read-only: a standby, or one that protects a full disk


class DatabaseAway(Exception):
    """The database is unreachable or did not answer in time. Whether it committed is unknown."""


class Database:
    """A lazily opened pool. Create it after fork; `statement_ms` bounds every statement.

    `pre_ping` tests a pooled connection before each use: one round trip, which spares callers the
    first failure after an outage.
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
            json_deserializer=msgspec.json.decode,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "application_name": self._name,
                "options": options,
            },
        )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back on an exception.

        Raises `DatabaseAway` when the server is unreachable, too slow, or lost meanwhile, or when
        the request that this is for has waited long enough.
        """
        _check_patience()
        with _raising_database_away(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """A connection in autocommit mode. Raises as `transaction`."""
        with _raising_database_away(), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def ping(self) -> None:
        """Run an empty query. Raises `DatabaseAway`."""
        with self.transaction() as connection:
            connection.execute(text("SELECT 1"))

    def server_version(self) -> int:
        """PostgreSQL's version as it numbers itself: 180004 for 18.4. Raises `DatabaseAway`."""
        with self.transaction() as connection:
            return int(connection.execute(text("SHOW server_version_num")).scalar_one())

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _check_patience() -> None:
    of_request = patience.current()
    if of_request is not None and (fault := of_request.fault()):
        raise DatabaseAway(fault)


@contextmanager
def _raising_database_away() -> Iterator[None]:
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
    """Whether the server, not the statement, is at fault (PostgreSQL, appendix A)."""
    if code is None:
        return isinstance(fault, OperationalError | psycopg2.OperationalError)
    return code[:2] in AWAY_CLASSES or code in AWAY_CODES
