"""Whether two stores hold the same: of each table the number of its rows, and a sum of hashes."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from models.database.engine import Database

_TABLES = text(
    "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Of a table: the number of its rows, and the sum of a hash of each row's text."""

    rows: int
    total: int


def of_store(url: str) -> dict[str, Fingerprint]:
    """By table, partitions apart, of one snapshot. Reads everything. Raises `DatabaseAway`."""
    database = Database(url, pool_size=1, statement_ms=0)
    try:
        with database.transaction() as connection:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            names = [str(name) for (name,) in connection.execute(_TABLES)]
            return {name: _of_table(connection, name) for name in names}
    finally:
        database.dispose()


def _of_table(connection: Connection, name: str) -> Fingerprint:
    query = text(f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {name} t")
    ((rows, total),) = connection.execute(query)
    return Fingerprint(int(rows), int(total))
