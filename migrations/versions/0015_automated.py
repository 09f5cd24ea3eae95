"""The names of crawlers, headless checks and uptime probes, apart from people.

Beside running processes of the version before: the columns may be null, and their inserts name the
columns they write; what they store counts as people's, as all rows from before do. Downgrading
drops the names, and nothing else: their rows count as people's again.
"""

import sqlalchemy as sa
from alembic import op

from models.database import schema_locks

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = ("client_reports", "sessions")
INDEX = "ix_sessions_automated"


def upgrade() -> None:
    schema_locks.lock_tables(op.get_bind(), TABLES)
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
    schema_locks.lock_tables(op.get_bind(), TABLES)
    for table in TABLES:
        op.drop_column(table, "automated")
