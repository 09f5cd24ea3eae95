"""Session starts counted by minute, and an index of long sessions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None

COLUMNS = ("started_by_minute", "abnormal_by_minute")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("session_hours", sa.Column(name, ARRAY(sa.Integer())))
    with op.get_context().autocommit_block():
        # An interrupted build leaves an invalid index.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_sessions_long")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_sessions_long ON sessions (last_seen) "
            "WHERE last_seen - first_seen > interval '1 hour'"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_sessions_long")
    for name in COLUMNS:
        op.drop_column("session_hours", name)
