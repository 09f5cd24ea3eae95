"""How both ends of a connection saw it end: single connections, and their counts per hour.

Beside running processes of the version before: new tables alone, which they neither read nor
write. Downgrading drops what was stored, which nothing makes again.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | None = None
depends_on: str | None = None

INSTANT = sa.DateTime(timezone=True)
OF_SERVER = ("server_open_ms", "server_sent", "server_received")
OF_BROWSER = ("browser_open_ms", "browser_sent", "browser_received")
TEXTS = ("browser_by", "endpoint", "server_by", "server_error", "service")


def upgrade() -> None:
    op.create_table(
        "connection_ends",
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        *(sa.Column(name, INSTANT) for name in ("browser_ended_at", "server_ended_at")),
        *(sa.Column(name, sa.BigInteger()) for name in (*OF_BROWSER, *OF_SERVER)),
        *(
            sa.Column(name, sa.Integer())
            for name in ("browser_code", "browser_own_code", "server_code")
        ),
        *(sa.Column(name, sa.Text()) for name in TEXTS),
        sa.Column("session_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("app", "connection_id", name="pk_connection_ends"),
    )
    op.create_index("ix_connection_ends_ended_at", "connection_ends", ["ended_at"])
    op.create_index(
        "ix_connection_ends_uncounted",
        "connection_ends",
        ["ended_at"],
        postgresql_where=sa.text("NOT is_counted"),
    )
    op.create_table(
        "connection_end_counts",
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("hour", INSTANT, nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("connections", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "app", "hour", "server", "browser", name="pk_connection_end_counts"
        ),
    )


def downgrade() -> None:
    op.drop_table("connection_end_counts")
    op.drop_table("connection_ends")
