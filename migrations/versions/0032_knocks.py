"""What knocks, accepted or refused, and the origins an admin allowed.

Beside running processes of the version before: new tables alone, which they neither read nor
write; they refuse an origin that was allowed here until they are replaced. Downgrading drops who
was allowed, which is then refused again.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0030"
branch_labels: str | None = None
depends_on: str | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "knocks",
        *(sa.Column(name, sa.Text(), nullable=False) for name in KEY),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("count", "sockets", "round_trips")
        ),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("protocol", "blind", "detail")),
        sa.PrimaryKeyConstraint(*KEY, name="pk_knocks"),
    )
    op.create_table(
        "allowed_origins",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("allowed_at", INSTANT, nullable=False),
        sa.Column("allowed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "origin", name="pk_allowed_origins"),
    )


def downgrade() -> None:
    op.drop_table("allowed_origins")
    op.drop_table("knocks")


KEY = ("source", "caller", "app", "refusal")
