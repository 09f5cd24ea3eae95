"""Alembic's way in: the configured database, started for the length of the run when it is ours."""

from alembic import context
from sqlalchemy import Connection, create_engine, text

from models import migrate, tables
from models.embedded import running
from settings import Settings

LOCK_MS = 5000


def _migrate(connection: Connection) -> None:
    connection.execute(text(f"SET lock_timeout = {LOCK_MS}"))
    connection.execute(text("SELECT pg_advisory_lock(hashtext('wsmon migrations'))"))
    connection.commit()
    partitions = {
        row[0]
        for row in connection.execute(text("SELECT relname FROM pg_class WHERE relispartition"))
    }
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        include_name=lambda name, kind, _parents: (
            not (kind in ("table", "index") and name in partitions)
        ),
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


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
