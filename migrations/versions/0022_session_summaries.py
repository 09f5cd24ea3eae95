"""Sessions summed up, one row each, and how many of its reports the row of a session counts.

Beside running processes of the version before: a column with a default, and new tables, which they
neither read nor write. Sessions that they delete take their rows with them. Every session that is
stored is summed up by the scheduler of this version, the latest first. Downgrading drops what the
next upgrade makes again, of sessions whose reports are still there.
"""

import sqlalchemy as sa
from alembic import op

from models.database import schema_locks

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | None = None
depends_on: str | None = None

SUMMARIES, SEGMENTS, INDEX = "session_summaries", "session_segments", "ix_sessions_not_summarized"
DIMENSIONS = ("app", "country", "effective_type", "network_type", "browser", "release")


def upgrade() -> None:
    schema_locks.lock_tables(op.get_bind(), ["sessions"])
    op.add_column(
        "sessions",
        sa.Column("summarized_reports", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.create_table(
        SEGMENTS,
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in DIMENSIONS),
        sa.PrimaryKeyConstraint("id", name=f"pk_{SEGMENTS}"),
        sa.UniqueConstraint(*DIMENSIONS, name=f"uq_{SEGMENTS}"),
    )
    op.create_table(
        SUMMARIES,
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.Column("ages", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=f"pk_{SUMMARIES}"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.session_id"],
            name=f"fk_{SUMMARIES}_session_id_sessions", ondelete="CASCADE",
        ),
    )  # fmt: skip
    op.create_index(f"ix_{SUMMARIES}_started_at", SUMMARIES, ["started_at"])
    with op.get_context().autocommit_block():
        # An interrupted build leaves an invalid index.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {INDEX} ON sessions (last_seen) "
            "WHERE reports <> summarized_reports"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
    schema_locks.lock_tables(op.get_bind(), ["sessions"])
    op.drop_table(SUMMARIES)
    op.drop_table(SEGMENTS)
    op.drop_column("sessions", "summarized_reports")
