"""A flag on ended alerts whose resolve notice was suppressed and is still to be sent."""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    owes: sa.Column[bool] = sa.Column(
        "owes_end", sa.Boolean(), server_default="false", nullable=False
    )
    op.add_column("alerts", owes)
    op.create_index("ix_alerts_owing", "alerts", ["id"], postgresql_where=sa.text("owes_end"))


def downgrade() -> None:
    op.drop_index("ix_alerts_owing", table_name="alerts")
    op.drop_column("alerts", "owes_end")
