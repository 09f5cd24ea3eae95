"""Reports of crawlers and probes by app and time: a month of a probe is not looked for among the
reports of people. Partitions get it one by one, beside running writers.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | None = None
depends_on: str | None = None

INDEX = "ix_client_reports_automated"
COLUMNS = "(app, period_end) WHERE automated IS NOT NULL"
WITHOUT_INDEX = sa.text(
    "SELECT CAST(p.inhrelid AS regclass)::text FROM pg_inherits p "
    "WHERE p.inhparent = 'client_reports'::regclass AND NOT p.inhdetachpending "
    "AND NOT EXISTS (SELECT FROM pg_inherits i JOIN pg_index x ON x.indexrelid = i.inhrelid "
    "WHERE i.inhparent = CAST(:index AS regclass) AND x.indrelid = p.inhrelid)"
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"CREATE INDEX IF NOT EXISTS {INDEX} ON ONLY client_reports {COLUMNS}")
        for partition in op.get_bind().scalars(WITHOUT_INDEX, {"index": INDEX}).all():
            name = f"{partition}_automated"
            # An interrupted build leaves an invalid index.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {partition} {COLUMNS}")
            op.execute(f"ALTER INDEX {INDEX} ATTACH PARTITION {name}")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="client_reports")
