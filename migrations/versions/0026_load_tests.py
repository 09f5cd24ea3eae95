"""Load tests: reports of runs.

Beside running processes of the version before: a new table alone, which they neither read nor
write. Downgrading drops the runs, which nothing makes again.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | None = None
depends_on: str | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "load_tests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.Column("stored_by", sa.Text(), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_load_tests"),
    )
    op.create_index("ix_load_tests_started_at", "load_tests", ["started_at"])


def downgrade() -> None:
    op.drop_table("load_tests")
