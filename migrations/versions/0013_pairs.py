"""Day cells by pairs of dimensions, and how far they are made; the views of 0012 go.

Beside running processes of the version before: nothing of theirs reads or writes what changes. A
process of 0011 that still runs can insert no more.
"""

import time
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import OperationalError

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

LOCK_MS = 400  # as in 0012: whoever reads or writes waits behind us for so long at most
PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 60
LOCK_NOT_AVAILABLE = "55P03"


def upgrade() -> None:
    for view in VIEWS:
        _execute(f"DROP VIEW {view}")
    op.create_table(TABLE, *_columns(), sa.PrimaryKeyConstraint(*KEY, name=f"pk_{TABLE}"))
    op.create_index(f"ix_{TABLE}_t", TABLE, ["t"])
    op.execute(IN_ROW)
    _execute(f"LOCK TABLE {STATE} IN ACCESS EXCLUSIVE MODE")
    op.add_column(STATE, sa.Column("pairs_from", sa.DateTime(timezone=True)))
    op.add_column(STATE, sa.Column("pairs_until", sa.DateTime(timezone=True)))
    op.add_column(
        STATE,
        sa.Column(
            "pairs_stale", ARRAY(sa.DateTime(timezone=True)), server_default="{}", nullable=False
        ),
    )


def downgrade() -> None:
    _execute(f"LOCK TABLE {STATE} IN ACCESS EXCLUSIVE MODE")
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


def _execute(statement: str) -> None:
    """Execute what needs an exclusive lock, again and again: between two tries everybody who waits
    goes on. Raises `OperationalError` when a reader or writer keeps the lock for a minute."""
    connection = op.get_bind()
    connection.execute(sa.text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with connection.begin_nested():
                connection.execute(sa.text(statement))
        except OperationalError as fault:
            is_busy = getattr(fault.orig, "pgcode", None) == LOCK_NOT_AVAILABLE
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return
