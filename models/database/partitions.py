"""Daily partitions: created ahead, and removed at retention without blocking readers or writers.

A plain `CREATE ... PARTITION OF` or `DROP` waits behind a long reader and blocks all writers
meanwhile (measured). So a partition is created as a table and attached, and detached concurrently
before it is dropped. There is no default partition: attaching would have to scan it.

A day is removed in three steps, each of which the next run completes if it was interrupted:
detached (`client_reports_20260302` is a table of its own), renamed so that no insert recreates it
(`client_reports_20260302_detached_16543`), dropped. A detached day changes no more.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from .engine import Database

LOCK_MS = 2000
DAYS_AHEAD = 7
DAYS_BEHIND = 2  # a report may be 48 h old
LOCK_NOT_AVAILABLE = "55P03"
PARTITIONED = ("client_reports", "server_samples")
_NAME = re.compile(r"(?P<table>[a-z_]+)_(?P<day>[0-9]{8})(_detached_[0-9]+)?")


class PartitionBusy(Exception):
    """A long reader locks a partition; the next run tries again."""


@dataclass(frozen=True, slots=True)
class DetachedDay:
    """A detached day of `table`, now the table `name`."""

    table: str
    day: date
    name: str


def partition_name(table: str, day: date) -> str:
    """`client_reports_20260302`."""
    return f"{table}_{day:%Y%m%d}"


def day_of(name: str) -> date | None:
    """The day in a partition's name, attached or not; `None`: not a partition's name."""
    match = _NAME.fullmatch(name)
    if match is None or match["table"] not in PARTITIONED:
        return None
    try:
        return datetime.strptime(match["day"], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def table_of(name: str) -> str:
    """The partitioned table in a partition's name; any other name unchanged."""
    match = _NAME.fullmatch(name)
    return match["table"] if match is not None and day_of(name) is not None else name


def writable_days(now: datetime) -> list[date]:
    """The days that may receive rows from now until a week ahead."""
    today = now.astimezone(UTC).date()
    return [today + timedelta(days=n) for n in range(-DAYS_BEHIND, DAYS_AHEAD + 1)]


def ensure(database: Database, table: str, days: Iterable[date]) -> list[str]:
    """Create the missing partitions of `days`; their names. Raises `DatabaseAway`."""
    created = []
    with database.transaction() as connection:
        _begin_change(connection, table)
        present = set(_attached(connection, table))
        for day in sorted(set(days)):
            name = partition_name(table, day)
            if name not in present:
                _create(connection, table, name, day)
                created.append(name)
    return created


def days_before(database: Database, table: str, oldest: date) -> list[date]:
    """The days before `oldest` that are attached or not renamed yet, in order."""
    with database.transaction() as connection:
        names = {*_attached(connection, table), *_unattached(connection, f"^{table}_[0-9]{{8}}$")}
    days = (day_of(name) for name in sorted(names))
    return [day for day in days if day is not None and day < oldest]


def detach(database: Database, table: str, day: date) -> None:
    """Detach a day and rename it; its rows stay.

    Raises `DatabaseAway`, and `PartitionBusy` when a long reader locks it; the next call completes
    what was begun.
    """
    name = partition_name(table, day)
    with database.transaction() as connection:
        is_pending = _attached(connection, table).get(name)
    if is_pending is not None:
        how = "FINALIZE" if is_pending else "CONCURRENTLY"
        with _autocommit(database) as connection:
            connection.execute(text(f'ALTER TABLE {table} DETACH PARTITION "{name}" {how}'))
    with _raising_busy(), database.transaction() as connection:
        _begin_change(connection, table)
        for oid in _oids_of_detached(connection, name):
            connection.execute(text(f'ALTER TABLE "{name}" RENAME TO "{name}_detached_{oid}"'))


def detached(database: Database, table: str) -> list[DetachedDay]:
    """The detached days of a table, oldest first."""
    with database.transaction() as connection:
        names = _unattached(connection, f"^{table}_[0-9]{{8}}_detached_[0-9]+$")
    days = ((name, day_of(name)) for name in sorted(names))
    return [DetachedDay(table, day, name) for name, day in days if day is not None]


def drop(
    database: Database,
    partition: DetachedDay,
    confirm: Callable[[Connection], None] = lambda _: None,
) -> None:
    """Drop a detached day; `confirm` runs first in the same transaction and may raise."""
    with _raising_busy(), database.transaction() as connection:
        confirm(connection)
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
        connection.execute(text(f'DROP TABLE IF EXISTS "{partition.name}"'))


def drop_before(database: Database, table: str, oldest: date) -> list[str]:
    """Detach and drop all days before `oldest`; their partition names.

    Raises as `detach`.
    """
    days = days_before(database, table, oldest)
    for day in days:
        detach(database, table, day)
    partitions = [partition for partition in detached(database, table) if partition.day < oldest]
    for partition in partitions:
        drop(database, partition)
    return [
        partition_name(table, day) for day in sorted({partition.day for partition in partitions})
    ]


@contextmanager
def exclusive(database: Database) -> Iterator[None]:
    """A lock of whoever removes or restores days. Raises `PartitionBusy` after two seconds."""
    with _autocommit(database) as connection:
        connection.execute(text("SELECT pg_advisory_lock(hashtext('wsmon days'))"))
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(hashtext('wsmon days'))"))


def _begin_change(connection: Connection, table: str) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": table})


def _attached(connection: Connection, table: str) -> dict[str, bool]:
    """Names of attached partitions, with whether a concurrent detach was interrupted."""
    rows = connection.execute(
        text(
            "SELECT c.relname, i.inhdetachpending FROM pg_inherits i "
            "JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass(:name)"
        ),
        {"name": table},
    )
    return {str(name): bool(pending) for name, pending in rows}


def _unattached(connection: Connection, pattern: str) -> list[str]:
    """Names of tables that are no partitions and match `pattern`."""
    rows = connection.execute(
        text(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition "
            "AND relnamespace = current_schema()::regnamespace AND relname ~ :pattern"
        ),
        {"pattern": pattern},
    )
    return [str(row[0]) for row in rows]


def _oids_of_detached(connection: Connection, name: str) -> list[int]:
    rows = connection.execute(
        text("SELECT oid FROM pg_class WHERE oid = to_regclass(:name) AND NOT relispartition"),
        {"name": name},
    )
    return [int(row[0]) for row in rows]


def _create(connection: Connection, table: str, name: str, day: date) -> None:
    start, end = (f"{d:%Y-%m-%d} 00:00:00+00" for d in (day, day + timedelta(days=1)))
    connection.execute(text(f'CREATE TABLE IF NOT EXISTS "{name}" (LIKE {table} INCLUDING ALL)'))
    connection.execute(
        text(
            f'ALTER TABLE {table} ATTACH PARTITION "{name}" '
            f"FOR VALUES FROM ('{start}') TO ('{end}')"
        )
    )


@contextmanager
def _autocommit(database: Database) -> Iterator[Connection]:
    with _raising_busy(), database.autocommit() as connection:
        connection.execute(text(f"SET lock_timeout = {LOCK_MS}"))
        try:
            yield connection
        finally:
            connection.execute(text("RESET lock_timeout"))


@contextmanager
def _raising_busy() -> Iterator[None]:
    """Turns a lock timeout into `PartitionBusy`."""
    try:
        yield
    except DBAPIError as fault:
        if getattr(fault.orig, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise PartitionBusy(str(fault.orig).splitlines()[0]) from fault
        raise
