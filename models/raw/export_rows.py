"""Rows for exports: counted up to a limit, and streamed from one snapshot."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from models.database.engine import Database
from models.metrics.dimensions import AUTOMATED, TEST_APPS

from .sessions import IS_AUTOMATED, IS_PERSON

COUNT_MS = 1500
QUERY_CANCELED = "57014"
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ExportSource:
    """A table to export: the column `at` is the time of a row, `columns` are read in this order.

    Rows that last, from `at` to the column `last`, are those that reach into the range. JSON and
    UUIDs come as text.
    """

    table: Table
    at: str
    columns: Sequence[str]
    filters: Sequence[str]
    last: str = ""

    @property
    def selected(self) -> str:
        """The SELECT list."""
        return ", ".join(
            f'"{name}"::text' if isinstance(self.table.c[name].type, JSONB | Uuid) else f'"{name}"'
            for name in self.columns
        )


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Rows of [start, end) whose columns have the values of `filters` (`None`: unknown).

    Rows of crawlers and probes are left out, unless a filter `automated` asks for them alone.
    """

    start: datetime
    end: datetime
    filters: Mapping[str, str | None] = field(default_factory=dict)

    def condition(self, source: ExportSource) -> str:
        """The WHERE clause. Raises `ValueError` for a filter that the source does not have."""
        if not set(self.filters) <= set(source.filters):
            raise ValueError(f"only {', '.join(source.filters)} can be filtered")
        return " AND ".join(
            [f"{source.last or source.at} >= %(start)s AND {source.at} < %(end)s"]
            + self._of_people_or_automated(source)
            + [
                f"{name} = %({name})s"
                if value is not None
                else f"coalesce({name}, 'unknown') = 'unknown'"
                for name, value in self.filters.items()
                if name != AUTOMATED
            ]
        )

    def _of_people_or_automated(self, source: ExportSource) -> list[str]:
        if AUTOMATED not in source.filters:
            return []
        is_of_tests = self.filters.get("app") in TEST_APPS
        return [IS_AUTOMATED if AUTOMATED in self.filters or is_of_tests else IS_PERSON]

    @property
    def values(self) -> dict[str, Any]:
        """The bound values of the clause."""
        return {**self.filters, "start": self.start, "end": self.end}


def count_up_to(
    database: Database, source: ExportSource, request: ExportRequest, most: int
) -> int | None:
    """Number of rows, at most `most`; `None` when counting takes longer than `COUNT_MS`.

    Raises `DatabaseAway`.
    """
    query = (
        f"SELECT count(*) FROM (SELECT 1 FROM {source.table.name} "
        f"WHERE {request.condition(source)} LIMIT {most}) AS rows"
    )
    with database.transaction() as connection:
        connection.execute(text(f"SET LOCAL statement_timeout = {COUNT_MS}"))
        try:
            cursor = connection.exec_driver_sql(query, request.values)
        except DBAPIError as fault:
            if getattr(fault.orig, "pgcode", None) != QUERY_CANCELED:
                raise
            return None
        return int(cursor.scalar_one())


def estimated_rows(database: Database, source: ExportSource, request: ExportRequest) -> int:
    """The planner's estimate of the number of rows. Raises `DatabaseAway`."""
    query = (
        f"EXPLAIN (FORMAT JSON) SELECT 1 FROM {source.table.name} WHERE {request.condition(source)}"
    )
    with database.transaction() as connection:
        (plan,) = connection.exec_driver_sql(query, request.values).scalar_one()
    return int(plan["Plan"]["Plan Rows"])


@contextmanager
def read_rows(
    database: Database, source: ExportSource, request: ExportRequest, batch: int
) -> Iterator[Iterator[list[Row]]]:
    """The rows in batches, of one snapshot, by day. Raises `DatabaseAway`.

    A server-side cursor of the driver: SQLAlchemy's streaming fetched 300,000 rows at once
    (measured).
    """
    query = f"SELECT {source.selected} FROM {source.table.name} WHERE {request.condition(source)}"
    with database.transaction() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        _in_the_order_of_the_table(connection)
        raw = connection.connection.cursor("export")
        try:
            raw.execute(query, request.values)
            yield iter(lambda: list(raw.fetchmany(batch)), [])
        finally:
            raw.close()


def _in_the_order_of_the_table(connection: Connection) -> None:
    """Scan from the first page, in one process: nearly in the order of insertion."""
    connection.execute(text("SET LOCAL synchronize_seqscans = off"))
    connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
    connection.execute(text("SET LOCAL jit = off"))
