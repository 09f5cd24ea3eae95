"""Sessions that are to be erased from the archive too, and links to dashboards on a wall.

Beside running processes of the version before: new tables alone, which they neither read nor write.
Downgrading drops them: links end, and days of the archive that were not searched yet keep what they
have of a session.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | None = None
depends_on: str | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "session_erasures",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_session_erasures"),
    )
    op.create_table(
        "wall_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tabs", JSONB(), nullable=False),
        sa.Column("tab_seconds", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wall_links"),
        sa.UniqueConstraint("token_hash", name="uq_wall_links_token_hash"),
    )


def downgrade() -> None:
    op.drop_table("wall_links")
    op.drop_table("session_erasures")
