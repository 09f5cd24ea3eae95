"""The names of crawlers, headless checks and uptime probes, apart from people.

Beside running processes of the version before: the columns may be null, and their inserts name the
columns they write; what they store counts as people's, as all rows from before do. Downgrading
drops the names, and nothing else: their rows count as people's again.
"""

import time

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import OperationalError

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = ("client_reports", "sessions")
INDEX = "ix_sessions_automated"

LOCK_MS = 400  # as in 0014: whoever reads or writes waits behind us for so long at most
PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 60
LOCK_NOT_AVAILABLE = "55P03"


def upgrade() -> None:
    _lock()
    for table in TABLES:
        op.add_column(table, sa.Column("automated", sa.Text()))
    with op.get_context().autocommit_block():
        # An interrupted build leaves an invalid index.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {INDEX} ON sessions (last_seen) WHERE automated IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
    _lock()
    for table in TABLES:
        op.drop_column(table, "automated")


def _lock() -> None:
    """Take both locks at once, or none and try again: between two tries everybody who waits goes
    on. Raises `OperationalError` when a reader or writer keeps one of them for a minute."""
    connection = op.get_bind()
    connection.execute(sa.text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
    statement = sa.text(f"LOCK TABLE {', '.join(TABLES)} IN ACCESS EXCLUSIVE MODE")
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with connection.begin_nested():
                connection.execute(statement)
        except OperationalError as fault:
            is_busy = getattr(fault.orig, "pgcode", None) == LOCK_NOT_AVAILABLE
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return
