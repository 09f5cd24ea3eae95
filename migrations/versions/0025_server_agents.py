"""Which server software an agent measures, and what it cannot count there.

Beside running processes of the version before: a new table alone, which they neither read nor
write. Downgrading drops it; the next samples of each agent make it again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "server_agents",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("service", "app", "server")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("face", "version")),
        sa.Column("release", sa.Text()),
        sa.Column("not_counted", JSONB(), nullable=False),
        sa.Column("latest_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service", "app", "server", name="pk_server_agents"),
    )


def downgrade() -> None:
    op.drop_table("server_agents")
