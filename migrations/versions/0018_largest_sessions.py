"""Cells tell what their largest sessions bring.

Beside running processes of the version before: the new column may be null, and their rollups name
the columns they write. Downgrading drops the column with what it holds, and nothing else.
"""

import time

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import OperationalError

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None

COLUMN = "largest_sessions"
CELLS = ("client_minutes", "client_hours", "client_days", "client_pair_days")
LOCK_MS = 400  # as in 0012: whoever reads or writes waits behind us for so long at most
PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 60
LOCK_NOT_AVAILABLE = "55P03"


def upgrade() -> None:
    _lock()
    for table in CELLS:
        op.add_column(table, sa.Column(COLUMN, sa.LargeBinary()))


def downgrade() -> None:
    _lock()
    for table in CELLS:
        op.drop_column(table, COLUMN)


def _lock() -> None:
    """Take all locks at once, or none of them and try again: between two tries everybody who waits
    goes on. Raises `OperationalError` when a reader or writer keeps one of them for a minute."""
    connection = op.get_bind()
    connection.execute(sa.text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
    statement = sa.text(f"LOCK TABLE {', '.join(CELLS)} IN ACCESS EXCLUSIVE MODE")
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
