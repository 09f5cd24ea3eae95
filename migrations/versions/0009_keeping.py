"""Ingest counters, days restored from the archive, and the queue of exports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "ingest_minutes",
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source", "outcome", "reason")),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "source", "outcome", "reason", name="pk_ingest_minutes"),
    )
    op.create_table(
        "ingest_flushes",
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column(
            "flushed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("instance", name="pk_ingest_flushes"),
    )
    op.create_index("ix_ingest_flushes_flushed_at", "ingest_flushes", ["flushed_at"])
    op.create_table(
        "restored_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "restored_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("day", name="pk_restored_days"),
    )
    op.create_table(
        "exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filters", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows_expected", sa.BigInteger()),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("text_bytes", sa.BigInteger()),
        sa.Column("file_bytes", sa.BigInteger()),
        sa.Column("fault", sa.Text()),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worked_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_index("ix_exports_asked_at", "exports", ["asked_at"])


def downgrade() -> None:
    op.drop_table("exports")
    op.drop_table("restored_days")
    op.drop_table("ingest_flushes")
    op.drop_table("ingest_minutes")
