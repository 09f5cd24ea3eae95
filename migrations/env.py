"""Alembic's way in: the configured database, started for the length of the run when it is ours."""

import time

from alembic import context
from sqlalchemy import Connection, create_engine, text

from models import tables
from models.database import migrate
from models.database.partitions import day_of
from models.embedded import running
from settings import Settings

LOCK_MS = 5000  # a table somebody holds: writers would wait in line behind us
TURN_SECONDS = 300  # another migration, however much it has to do
ASK_AGAIN_SECONDS = 0.1


def _migrate(connection: Connection) -> None:
    _wait_for_turn(connection)
    connection.execute(text(f"SET lock_timeout = {LOCK_MS}"))
    of_days = _partitions(connection)
    connection.commit()  # a migration may need to be outside of a transaction
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        include_name=lambda name, kind, _parents: (
            not (kind in ("table", "index") and name in of_days)
        ),
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


def _wait_for_turn(connection: Connection) -> None:
    """Asked again and again, since an index that is built beside writers waits for everybody who
    waits within a statement. Raises `TimeoutError`."""
    query = text("SELECT pg_try_advisory_lock(hashtext('wsmon migrations'))")
    until = time.monotonic() + TURN_SECONDS
    while not connection.execute(query).scalar_one():
        connection.commit()
        if time.monotonic() > until:
            raise TimeoutError(f"another migration has not ended for {TURN_SECONDS} s")
        time.sleep(ASK_AGAIN_SECONDS)


def _partitions(connection: Connection) -> set[str]:
    """Partitions and their indexes, and those of days on their way out: no table is missing."""
    rows = connection.execute(
        text(
            "SELECT c.relname, coalesce(t.relname, c.relname), c.relispartition FROM pg_class c "
            "LEFT JOIN pg_index i ON i.indexrelid = c.oid "
            "LEFT JOIN pg_class t ON t.oid = i.indrelid"
        )
    )
    return {name for name, table, is_part in rows if is_part or day_of(table) is not None}


def _run(url: str) -> None:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            _migrate(connection)
    finally:
        engine.dispose()


if (given := context.config.attributes.get(migrate.URL)) is not None:
    _run(given)
else:
    with running(Settings.from_environment()) as configured:
        _run(configured)
