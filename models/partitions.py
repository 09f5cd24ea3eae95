"""Daily partitions: made ahead and dropped at retention without stopping readers or writers.

A plain `CREATE ... PARTITION OF` or `DROP` waits behind a long reader and blocks all writers
meanwhile (measured). So a partition is created beside the table and attached, and detached
concurrently before it is dropped. There is no default partition: it would have to be searched.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from .database import Database

LOCK_MS = 2000
DAYS_AHEAD = 7
DAYS_BEHIND = 2  # a report may be 48 h old
LOCK_NOT_AVAILABLE = "55P03"


class PartitionBusy(Exception):
    """A long reader holds a partition; the next run goes on with it."""


def partition_name(table: str, day: date) -> str:
    """`client_reports_20260302`."""
    return f"{table}_{day:%Y%m%d}"


def days_around(now: datetime) -> list[date]:
    """The days that may receive rows from now to a week ahead."""
    today = now.astimezone(UTC).date()
    return [today + timedelta(days=n) for n in range(-DAYS_BEHIND, DAYS_AHEAD + 1)]


def ensure(database: Database, table: str, days: Iterable[date]) -> list[str]:
    """Make the missing partitions of `days`; the names of those made. Raises `DatabaseAway`."""
    made = []
    with database.transaction() as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": table})
        present = set(_attached(connection, table))
        for day in sorted(set(days)):
            name = partition_name(table, day)
            if name not in present:
                _create(connection, table, name, day)
                made.append(name)
    return made


def drop_before(database: Database, table: str, oldest: date) -> list[str]:
    """Drop the partitions of all days before `oldest`; their names.

    Raises `DatabaseAway`, and `PartitionBusy` when a long reader keeps one; what was begun is
    finished by the next call.
    """
    limit = partition_name(table, oldest)
    with database.transaction() as connection:
        attached = _attached(connection, table)
        loose = _loose(connection, table)
    dropped = []
    for name in sorted({*attached, *loose}):
        if name < limit:
            if name in attached:
                _detach(database, table, name, pending=attached[name])
            _drop(database, name)
            dropped.append(name)
    return dropped


def _attached(connection: Connection, table: str) -> dict[str, bool]:
    """Partition names, with whether a concurrent detach was interrupted."""
    rows = connection.execute(
        text(
            "SELECT c.relname, i.inhdetachpending FROM pg_inherits i "
            "JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass(:name)"
        ),
        {"name": table},
    )
    return {str(name): bool(pending) for name, pending in rows}


def _loose(connection: Connection, table: str) -> list[str]:
    """Detached but not yet dropped."""
    rows = connection.execute(
        text(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition "
            "AND relnamespace = current_schema()::regnamespace AND relname ~ :pattern"
        ),
        {"pattern": f"^{table}_[0-9]{{8}}$"},
    )
    return [str(row[0]) for row in rows]


def _create(connection: Connection, table: str, name: str, day: date) -> None:
    start, end = (f"{d:%Y-%m-%d} 00:00:00+00" for d in (day, day + timedelta(days=1)))
    connection.execute(text(f'CREATE TABLE IF NOT EXISTS "{name}" (LIKE {table} INCLUDING ALL)'))
    connection.execute(
        text(
            f'ALTER TABLE {table} ATTACH PARTITION "{name}" '
            f"FOR VALUES FROM ('{start}') TO ('{end}')"
        )
    )


def _detach(database: Database, table: str, name: str, *, pending: bool) -> None:
    how = "FINALIZE" if pending else "CONCURRENTLY"
    _alone(database, f'ALTER TABLE {table} DETACH PARTITION "{name}" {how}')


def _drop(database: Database, name: str) -> None:
    _alone(database, f'DROP TABLE IF EXISTS "{name}"')


def _alone(database: Database, statement: str) -> None:
    """Run a statement outside any transaction, waiting for locks a short time only."""
    try:
        with database.autocommit() as connection:
            connection.execute(text(f"SET lock_timeout = {LOCK_MS}"))
            connection.execute(text(statement))
    except DBAPIError as fault:
        if getattr(fault.orig, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise PartitionBusy(f"a long query holds what this needs: {statement}") from fault
        raise
