"""Alembic's environment: the configured database; the embedded one is started for the run."""

import time

from alembic import context
from sqlalchemy import Connection, create_engine, text

from models import tables
from models.database import migrate
from models.database.partitions import day_of
from models.embedded import running
from settings import Settings

LOCK_MS = 5000  # per lock: writers queue behind a migration that waits
TURN_SECONDS = 300  # for another migration, however long it runs
POLL_SECONDS = 0.1


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
    """Poll for the lock: `CREATE INDEX CONCURRENTLY` of another migration waits for every statement
    in progress, so a blocking wait would deadlock. Raises `TimeoutError`."""
    query = text("SELECT pg_try_advisory_lock(hashtext('wsmon migrations'))")
    until = time.monotonic() + TURN_SECONDS
    while not connection.execute(query).scalar_one():
        connection.commit()
        if time.monotonic() > until:
            raise TimeoutError(f"another migration has not ended for {TURN_SECONDS} s")
        time.sleep(POLL_SECONDS)


def _partitions(connection: Connection) -> set[str]:
    """Names of partitions and detached days, and of their indexes: no model describes them."""
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


if (url := context.config.attributes.get(migrate.URL)) is not None:
    _run(url)
else:
    with running(Settings.from_environment()) as configured_url:
        _run(configured_url)
