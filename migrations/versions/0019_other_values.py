"""What counts as `other` in rollups is listed.

Downgrading drops the list, which is made again every hour, and nothing else.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None

TABLE, KEY = "other_values", ("app", "dimension", "value")


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in KEY),
        sa.Column("sessions", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name=f"pk_{TABLE}"),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
