"""Values have their places in rollups from one day to another.

Beside running processes of the version before: their inserts name no days, so they get the default.
Downgrading drops the tenures that have ended, and values that have several are one again.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None

TABLE, KEY = "dimension_values", ("app", "dimension", "value")
ALWAYS = sa.text("'1970-01-01 00:00:00+00'::timestamptz")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        TABLE,
        sa.Column("since", sa.DateTime(timezone=True), nullable=False, server_default=ALWAYS),
    )
    op.add_column(TABLE, sa.Column("until", sa.DateTime(timezone=True)))
    op.drop_constraint(f"pk_{TABLE}", TABLE)
    op.create_primary_key(f"pk_{TABLE}", TABLE, [*KEY, "since"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(f"DELETE FROM {TABLE} WHERE until IS NOT NULL OR dimension = ''")
    op.execute(
        f"DELETE FROM {TABLE} AS v USING {TABLE} AS earlier WHERE v.app = earlier.app "
        "AND v.dimension = earlier.dimension AND v.value = earlier.value "
        "AND v.since > earlier.since"
    )
    op.drop_constraint(f"pk_{TABLE}", TABLE)
    op.drop_column(TABLE, "until")
    op.drop_column(TABLE, "since")
    op.create_primary_key(f"pk_{TABLE}", TABLE, [*KEY])
