"""Sizes of the tables on disk, and PostgreSQL's estimates of their rows."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from models.database.partitions import day_of, table_of

# A table that was not analysed yet has reltuples -1; the statistics know what was inserted since.
SIZES = text(
    """
SELECT c.relname, c.relispartition, coalesce(pg_total_relation_size(c.oid), 0)::bigint,
       greatest(c.reltuples, coalesce(s.n_live_tup, 0), 0)::bigint,
       coalesce(pg_relation_size(c.oid), 0) = 0
FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1
"""
)
DATABASE = text("SELECT pg_database_size(current_database())::bigint")


@dataclass(frozen=True, slots=True)
class RelationSize:
    """One relation on disk, indexes included; `day` when it is a daily partition of `table`.

    `is_leaving`: it is detached; `is_empty`: its file has no byte. `rows` is an estimate.
    """

    table: str
    day: date | None
    is_leaving: bool
    is_empty: bool
    rows: int
    size_bytes: int


def sizes(connection: Connection) -> list[RelationSize]:
    """Every table, and every day of partitioned ones."""
    return [
        RelationSize(
            table=table_of(name),
            day=day_of(name),
            is_leaving=day_of(name) is not None and not is_part,
            is_empty=is_empty,
            rows=rows,
            size_bytes=size,
        )
        for name, is_part, size, rows, is_empty in connection.execute(SIZES)
    ]


def database_bytes(connection: Connection) -> int:
    """The size of the database with its catalogues, without the write-ahead log."""
    size: int = connection.execute(DATABASE).scalar_one()
    return size
