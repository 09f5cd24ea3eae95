"""Single rows, as exports give them away: counted up to a limit, streamed from one snapshot."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from models.database.engine import Database

COUNT_MS = 1500
QUERY_CANCELED = "57014"
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows belong to the instant `at`; `columns` are read in this order.

    JSON and UUIDs come as text.
    """

    table: Table
    at: str
    columns: Sequence[str]
    filters: Sequence[str]

    @property
    def selected(self) -> str:
        """The columns as SQL."""
        return ", ".join(
            f'"{name}"::text' if isinstance(self.table.c[name].type, JSONB | Uuid) else f'"{name}"'
            for name in self.columns
        )


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Rows of [start, end) whose columns have the chosen values, `None` for unknown ones."""

    start: datetime
    end: datetime
    chosen: Mapping[str, str | None] = field(default_factory=dict)

    def condition(self, source: Source) -> str:
        """The WHERE clause of our own names. Raises `ValueError` for a foreign filter."""
        if not set(self.chosen) <= set(source.filters):
            raise ValueError(f"only {', '.join(source.filters)} can be filtered")
        return " AND ".join(
            [f"{source.at} >= %(start)s AND {source.at} < %(end)s"]
            + [
                f"{name} = %({name})s"
                if value is not None
                else f"coalesce({name}, 'unknown') = 'unknown'"
                for name, value in self.chosen.items()
            ]
        )

    @property
    def values(self) -> dict[str, Any]:
        """The values bound to the names in the clause."""
        return {**self.chosen, "start": self.start, "end": self.end}


def count_up_to(database: Database, source: Source, asked: ExportRequest, most: int) -> int | None:
    """How many rows, at most `most`; `None` when counting takes too long.

    Raises `DatabaseAway`.
    """
    query = (
        f"SELECT count(*) FROM (SELECT 1 FROM {source.table.name} "
        f"WHERE {asked.condition(source)} LIMIT {most}) AS found"
    )
    with database.transaction() as connection:
        connection.execute(text(f"SET LOCAL statement_timeout = {COUNT_MS}"))
        try:
            found = connection.exec_driver_sql(query, asked.values)
        except DBAPIError as fault:
            if getattr(fault.orig, "pgcode", None) != QUERY_CANCELED:
                raise
            return None
        return int(found.scalar_one())


def expected(database: Database, source: Source, asked: ExportRequest) -> int:
    """How many rows the planner expects. Raises `DatabaseAway`."""
    query = (
        f"EXPLAIN (FORMAT JSON) SELECT 1 FROM {source.table.name} WHERE {asked.condition(source)}"
    )
    with database.transaction() as connection:
        (plan,) = connection.exec_driver_sql(query, asked.values).scalar_one()
    return int(plan["Plan"]["Plan Rows"])


@contextmanager
def reading(
    database: Database, source: Source, asked: ExportRequest, batch: int
) -> Iterator[Iterator[list[Row]]]:
    """The rows in batches, of one snapshot, day after day. Raises `DatabaseAway`.

    A server-side cursor of the driver itself: SQLAlchemy's own streaming handed over 300,000 rows
    at once (measured).
    """
    query = f"SELECT {source.selected} FROM {source.table.name} WHERE {asked.condition(source)}"
    with database.transaction() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        _in_the_order_of_the_table(connection)
        raw = connection.connection.cursor("export")
        try:
            raw.execute(query, asked.values)
            yield iter(lambda: list(raw.fetchmany(batch)), [])
        finally:
            raw.close()


def _in_the_order_of_the_table(connection: Connection) -> None:
    """From its first page on, by one process: nearly in the order in which the rows came."""
    connection.execute(text("SET LOCAL synchronize_seqscans = off"))
    connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
    connection.execute(text("SET LOCAL jit = off"))
