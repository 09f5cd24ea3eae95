"""What the browser monitor 2.0 tells: kinds of ends, replies, protocols, the state of sessions.

Beside running processes of the version before: every new column may be null, and their inserts and
rollups name the columns they write. What they store while they still run was counted by the old
rule. Downgrading drops the new columns with what they hold, and nothing else.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.database import schema_locks

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None

KINDS = ("lost", "ended_by_server", "replaced", "never_back", "abandoned")
TIMES = ("silent_ms", "downtime_hidden_ms", "suspended_ms")
REPORT: dict[str, Any] = {
    "protocol": sa.Text(),
    "may_be_blind": JSONB(),
    "leaving": sa.Boolean(),
    **dict.fromkeys(KINDS, sa.Integer()),
    "silent_ms": sa.BigInteger(),
    **dict.fromkeys((*TIMES[1:], "open_losses"), sa.Integer()),
    "close_codes_given": JSONB(),
    "reply": sa.LargeBinary(),
    "reply_sum_us": sa.BigInteger(),
}
COUNTS: dict[str, Any] = {
    **dict.fromkeys((*KINDS, *TIMES), sa.Float(53)),
    **dict.fromkeys(("tries_n", "judged_reports_n"), sa.BigInteger()),
    **dict.fromkeys(("judged_reports", "judged_ms", "without_connection_ms"), sa.Float(53)),
}
CELL: dict[str, Any] = {
    **COUNTS,
    "close_codes_given": JSONB(),
    "reply": sa.LargeBinary(),
    "reply_n": sa.BigInteger(),
    "reply_sum_us": sa.Float(53),
}
SESSION: dict[str, Any] = {
    "open_losses": sa.Integer(),
    "leaving": sa.Boolean(),
    "may_be_blind": JSONB(),
}
CELLS = ("client_minutes", "client_hours", "client_days", "client_pair_days")
ADDED: dict[str, dict[str, Any]] = {
    "client_reports": REPORT,
    "sessions": SESSION,
    **dict.fromkeys(CELLS, CELL),
    "client_cube_days": COUNTS,
    "rollup_state": {"states_until": sa.DateTime(timezone=True)},
}
STATES = ("heard", "without_connection", "silent")  # sessions, added up over minutes
STATE_TABLES = ("session_state_minutes", "session_state_hours")
BLIND = "ix_sessions_blind"


def upgrade() -> None:
    schema_locks.lock_tables(op.get_bind(), ADDED)
    for table, columns in ADDED.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind))
    for table in STATE_TABLES:
        op.create_table(
            table,
            *(sa.Column(name, sa.Text(), nullable=False) for name in ("dimension", "value")),
            sa.Column("t", sa.DateTime(timezone=True), nullable=False),
            sa.Column("app", sa.Text(), nullable=False),
            *(sa.Column(name, sa.BigInteger(), nullable=False) for name in STATES),
            sa.PrimaryKeyConstraint("dimension", "value", "t", "app", name=f"pk_{table}"),
        )
        op.create_index(f"ix_{table}_t", table, ["t"])
    with op.get_context().autocommit_block():
        # An interrupted build leaves an invalid index.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {BLIND}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {BLIND} ON sessions (last_seen) "
            "WHERE may_be_blind IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {BLIND}")
    schema_locks.lock_tables(op.get_bind(), ADDED)
    for table in STATE_TABLES:
        op.drop_table(table)
    for table, columns in ADDED.items():
        for name in columns:
            op.drop_column(table, name)
