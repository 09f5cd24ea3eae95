"""Daily partitions: made ahead, and taken out at retention without stopping readers or writers.

A plain `CREATE ... PARTITION OF` or `DROP` waits behind a long reader and blocks all writers
meanwhile (measured). So a partition is created beside the table and attached, and detached
concurrently before it is dropped. There is no default partition: it would have to be searched.

A day leaves in three steps, each of which is finished by the next run when it was cut off: detached
(`client_reports_20260302` stands alone), set aside under a name no insert can bring back
(`client_reports_20260302_detached_16543`), dropped. What is set aside changes no more.
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
    """A long reader holds a partition; the next run goes on with it."""


@dataclass(frozen=True, slots=True)
class Detached:
    """A day set aside: the table called `name` holds what `table` held of it."""

    table: str
    day: date
    name: str


def partition_name(table: str, day: date) -> str:
    """`client_reports_20260302`."""
    return f"{table}_{day:%Y%m%d}"


def day_of(name: str) -> date | None:
    """The day a partition's name says, attached or not; `None` when it is none of ours."""
    found = _NAME.fullmatch(name)
    if found is None or found["table"] not in PARTITIONED:
        return None
    try:
        return datetime.strptime(found["day"], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def table_of(name: str) -> str:
    """The table a partition's name says; any other name stays as it is."""
    found = _NAME.fullmatch(name)
    return found["table"] if found is not None and day_of(name) is not None else name


def days_around(now: datetime) -> list[date]:
    """The days that may receive rows from now to a week ahead."""
    today = now.astimezone(UTC).date()
    return [today + timedelta(days=n) for n in range(-DAYS_BEHIND, DAYS_AHEAD + 1)]


def ensure(database: Database, table: str, days: Iterable[date]) -> list[str]:
    """Make the missing partitions of `days`; the names of those made. Raises `DatabaseAway`."""
    made = []
    with database.transaction() as connection:
        _begin_change(connection, table)
        present = set(_attached(connection, table))
        for day in sorted(set(days)):
            name = partition_name(table, day)
            if name not in present:
                _create(connection, table, name, day)
                made.append(name)
    return made


def days_before(database: Database, table: str, oldest: date) -> list[date]:
    """The days before `oldest` that are in the table, or on their way out of it, in order."""
    with database.transaction() as connection:
        names = {*_attached(connection, table), *_alone(connection, f"^{table}_[0-9]{{8}}$")}
    days = (day_of(name) for name in sorted(names))
    return [day for day in days if day is not None and day < oldest]


def set_aside(database: Database, table: str, day: date) -> None:
    """Take a day out of its table; its rows stay, under another name.

    Raises `DatabaseAway`, and `PartitionBusy` when a long reader keeps it; what was begun is
    finished by the next call.
    """
    name = partition_name(table, day)
    with database.transaction() as connection:
        is_pending = _attached(connection, table).get(name)
    if is_pending is not None:
        how = "FINALIZE" if is_pending else "CONCURRENTLY"
        with _outside_transactions(database) as connection:
            connection.execute(text(f'ALTER TABLE {table} DETACH PARTITION "{name}" {how}'))
    with _patient(), database.transaction() as connection:
        _begin_change(connection, table)
        for oid in _oids_of_detached(connection, name):
            connection.execute(text(f'ALTER TABLE "{name}" RENAME TO "{name}_detached_{oid}"'))


def detached(database: Database, table: str) -> list[Detached]:
    """What is set aside of a table, oldest day first."""
    with database.transaction() as connection:
        names = _alone(connection, f"^{table}_[0-9]{{8}}_detached_[0-9]+$")
    days = ((name, day_of(name)) for name in sorted(names))
    return [Detached(table, day, name) for name, day in days if day is not None]


def drop(
    database: Database, gone: Detached, confirm: Callable[[Connection], None] = lambda _: None
) -> None:
    """Drop what was set aside; `confirm` may still stop it, in the same transaction."""
    with _patient(), database.transaction() as connection:
        confirm(connection)
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
        connection.execute(text(f'DROP TABLE IF EXISTS "{gone.name}"'))


def drop_before(database: Database, table: str, oldest: date) -> list[str]:
    """Drop all days before `oldest` without keeping anything of them; their names.

    Raises as `set_aside`.
    """
    days = days_before(database, table, oldest)
    for day in days:
        set_aside(database, table, day)
    leaving = [gone for gone in detached(database, table) if gone.day < oldest]
    for gone in leaving:
        drop(database, gone)
    return [partition_name(table, day) for day in sorted({gone.day for gone in leaving})]


@contextmanager
def one_at_a_time(database: Database) -> Iterator[None]:
    """Days leave and come back one at a time. Raises `PartitionBusy` after two seconds."""
    with _outside_transactions(database) as connection:
        connection.execute(text("SELECT pg_advisory_lock(hashtext('wsmon days'))"))
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(hashtext('wsmon days'))"))


def _begin_change(connection: Connection, table: str) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": table})


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


def _alone(connection: Connection, pattern: str) -> list[str]:
    """Tables that are nobody's partition, by their name."""
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
def _outside_transactions(database: Database) -> Iterator[Connection]:
    with _patient(), database.autocommit() as connection:
        connection.execute(text(f"SET lock_timeout = {LOCK_MS}"))
        try:
            yield connection
        finally:
            connection.execute(text("RESET lock_timeout"))


@contextmanager
def _patient() -> Iterator[None]:
    """Locks are waited for a short time only; then it is the next run's turn."""
    try:
        yield
    except DBAPIError as fault:
        if getattr(fault.orig, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise PartitionBusy(str(fault.orig).splitlines()[0]) from fault
        raise
