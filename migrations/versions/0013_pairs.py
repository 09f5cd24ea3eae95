"""Day cells by pairs of dimensions, and how far they are made; the views of 0012 go.

Beside running processes of the version before: nothing of theirs reads or writes what changes. A
process of 0011 that still runs can insert no more.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from models.database import schema_locks

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = "client_pair_days"
STATE = "rollup_state"
VIEWS = {"ingest_minutes": "ingest_outcomes", "touched": "dirty_minutes"}
COUNTS = (
    *("attempts", "opened", "failed", "drops", "reconnect_attempts", "reconnect_successes"),
    *("open_ms", "downtime_ms", "abnormal_closes"),
    *("sent", "received", "queued", "errors", "bytes_sent", "bytes_received"),
    *("ux_errors", "interactions", "lost_reports", "recovered_soon", "watched_ms"),
)
TRIALS = ("attempts", "reconnect_attempts", "sent", "received")
HISTOGRAMS = ("latency", "setup", "recovery", "page_load")
KEY = ("dimension", "value", "t", "app")
# Histograms stay in the row: fetching them from beside it costs more than the longer row.
IN_ROW = "ALTER TABLE client_pair_days SET (toast_tuple_target = 8160)"


def upgrade() -> None:
    for view in VIEWS:
        schema_locks.execute(op.get_bind(), f"DROP VIEW {view}")
    op.create_table(TABLE, *_columns(), sa.PrimaryKeyConstraint(*KEY, name=f"pk_{TABLE}"))
    op.create_index(f"ix_{TABLE}_t", TABLE, ["t"])
    op.execute(IN_ROW)
    schema_locks.lock_tables(op.get_bind(), [STATE])
    op.add_column(STATE, sa.Column("pairs_from", sa.DateTime(timezone=True)))
    op.add_column(STATE, sa.Column("pairs_until", sa.DateTime(timezone=True)))
    op.add_column(
        STATE,
        sa.Column(
            "pairs_stale", ARRAY(sa.DateTime(timezone=True)), server_default="{}", nullable=False
        ),
    )


def downgrade() -> None:
    schema_locks.lock_tables(op.get_bind(), [STATE])
    for name in ("pairs_stale", "pairs_until", "pairs_from"):
        op.drop_column(STATE, name)
    op.drop_table(TABLE)
    for view, table in VIEWS.items():
        op.execute(f"CREATE VIEW {view} AS SELECT * FROM {table}")


def _columns() -> list[sa.Column[Any]]:
    types: dict[str, Any] = {
        **dict.fromkeys(("dimension", "value"), sa.Text()),
        "t": sa.DateTime(timezone=True),
        "app": sa.Text(),
        "reports": sa.BigInteger(),
        "latest": sa.DateTime(timezone=True),
        **dict.fromkeys(COUNTS, sa.Float(53)),
        **{f"{name}_n": sa.BigInteger() for name in TRIALS},
        **dict.fromkeys(("close_codes", "networks", "measures"), JSONB()),
        **dict.fromkeys(HISTOGRAMS, sa.LargeBinary()),
        **{f"{name}_n": sa.BigInteger() for name in HISTOGRAMS},
        **{f"{name}_sum_us": sa.Float(53) for name in HISTOGRAMS},
    }
    return [sa.Column(name, kind, nullable=False) for name, kind in types.items()]
