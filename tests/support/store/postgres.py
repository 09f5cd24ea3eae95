"""Databases for tests: creating, truncating, and connecting to them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor
from sqlalchemy import text
from sqlalchemy.engine import make_url

from models.database.engine import Database
from models.embedded.connection import ADMINISTRATOR, ROLE

LEAVES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
      AND (quote_ident(schemaname) || '.' || quote_ident(tablename))::regclass NOT IN (
          SELECT oid FROM pg_class WHERE relkind = 'p')
"""
DETACHED = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition
      AND relnamespace = 'public'::regnamespace AND relname ~ '_[0-9]{8}_detached_[0-9]+$'
"""


def new_database(server_url: str, name: str) -> str:
    """Make an empty database on the embedded server, dropping an existing one; returns its URL.

    Its first connection takes longest, on a busy machine longer than the product waits for any.
    """
    quoted, owner = sql.Identifier(name), sql.Identifier(ROLE)
    execute_as_administrator(
        server_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted)
    )
    execute_as_administrator(
        server_url, sql.SQL("CREATE DATABASE {} OWNER {}").format(quoted, owner)
    )
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    with autocommit_cursor(url) as first:
        first.execute("SELECT 1")
    return url


def truncate_tables(url: str) -> None:
    """Empty every table that holds rows, partitions included; drop the days that were detached."""
    with autocommit_cursor(url) as open_cursor:
        open_cursor.execute(DETACHED)
        for (name,) in open_cursor.fetchall():
            open_cursor.execute(f'DROP TABLE "{name}"')
        open_cursor.execute(LEAVES)
        leaves = [name for (name,) in open_cursor.fetchall()]
        filled = [name for name in leaves if _has_rows(open_cursor, name)]
        if filled:
            open_cursor.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")


def execute_as_administrator(server_url: str, statement: sql.Composable) -> None:
    """Run one statement as the embedded server's administrator, outside a transaction."""
    url = make_url(server_url).set(username=ADMINISTRATOR, database="postgres")
    with autocommit_cursor(url.render_as_string(hide_password=False)) as open_cursor:
        open_cursor.execute(statement)


@contextmanager
def autocommit_cursor(url: str) -> Iterator[cursor]:
    """A cursor on a new connection in autocommit mode."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg2.connect(plain)
    try:
        connection.autocommit = True
        with connection.cursor() as opened:
            yield opened
    finally:
        connection.close()


def _has_rows(open_cursor: cursor, table: str) -> bool:
    open_cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
    return open_cursor.fetchone() is not None


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    """The rows of a query, each as a tuple."""
    with database.transaction() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
