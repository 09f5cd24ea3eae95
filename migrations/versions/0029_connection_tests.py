"""Connection tests: results of those that admins ran.

Beside running processes of the version before: a new table alone, which they neither read nor
write. Downgrading drops the results, which nothing makes again.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0026"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "connection_tests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_connection_tests"),
    )
    op.create_index("ix_connection_tests_started_at", "connection_tests", ["started_at"])


def downgrade() -> None:
    op.drop_table("connection_tests")
