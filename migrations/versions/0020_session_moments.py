"""Day cells of session moments, from which intervals follow.

Beside running processes of the version before: a new table alone, which they neither read nor
write. Days they roll up have no moments until a process of this version makes them: until then
intervals over these are not known. One of the version before that rebuilds a stale day leaves its
moments as they were, without the late rows.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | None = None
depends_on: str | None = None

TABLE, KEY = "client_moment_days", ("dimension", "value", "t", "app")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("sessions", sa.BigInteger(), nullable=False),
        sa.Column("moments", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name=f"pk_{TABLE}"),
    )
    op.create_index(f"ix_{TABLE}_t", TABLE, ["t"])


def downgrade() -> None:
    op.drop_table(TABLE)
