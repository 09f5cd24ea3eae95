"""Cells tell what their largest sessions bring.

Beside running processes of the version before: the new column may be null, and their rollups name
the columns they write. Downgrading drops the column with what it holds, and nothing else.
"""

import sqlalchemy as sa
from alembic import op

from models.database import schema_locks

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None

COLUMN = "largest_sessions"
CELLS = ("client_minutes", "client_hours", "client_days", "client_pair_days")


def upgrade() -> None:
    schema_locks.lock_tables(op.get_bind(), CELLS)
    for table in CELLS:
        op.add_column(table, sa.Column(COLUMN, sa.LargeBinary()))


def downgrade() -> None:
    schema_locks.lock_tables(op.get_bind(), CELLS)
    for table in CELLS:
        op.drop_column(table, COLUMN)
