"""Reports that were set aside, so that they count for nothing and are lost for nobody."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "set_aside_reports",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "set_aside_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("report", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint(
            "session_id", "report_id", "period_end", name="pk_set_aside_reports"
        ),
    )
    op.create_index("ix_set_aside_reports_period_end", "set_aside_reports", ["period_end"])


def downgrade() -> None:
    op.drop_table("set_aside_reports")
