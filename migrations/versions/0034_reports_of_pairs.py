"""How many reports each value of a pair of dimensions has, by an index that holds them.

Whether cells of pairs hold all reports of a value was asked of the whole table; its rows are wide.

Beside running processes of the version before: one more index, which they keep up. While it is
built, in about a second for a hundred thousand cells, cells of pairs are not written. Downgrading
drops it.
"""

from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | None = None
depends_on: str | None = None

INDEX, TABLE = "ix_client_pair_days_reports", "client_pair_days"


def upgrade() -> None:
    op.create_index(
        INDEX, TABLE, ["dimension", "t", "value", "app"], postgresql_include=["reports"]
    )


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
