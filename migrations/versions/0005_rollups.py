"""Rollups of reports and samples, changed minutes, rollup state; slots of job runs."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

COUNTS = (
    *("attempts", "opened", "failed", "drops", "reconnect_attempts", "reconnect_successes"),
    *("open_ms", "downtime_ms", "abnormal_closes"),
    *("sent", "received", "queued", "errors", "bytes_sent", "bytes_received"),
    *("ux_errors", "interactions", "lost_reports"),
)
TRIALS = ("attempts_n", "reconnect_attempts_n", "sent_n", "received_n")
DURATIONS = ("latency", "setup", "recovery", "page_load")
SPLIT_BY = ("country", "effective_type", "browser", "release", "page")
SERVER_COUNTS = (
    *("opened", "sent", "received", "bytes_sent", "bytes_received", "slow_closes", "stale"),
    *("closes", "abnormal_closes", "error_count"),
    *("connection_us", "room_us", "member_us", "sampled_us"),
)
SERVER_DURATIONS = ("latency", "broadcast", "processing", "duration")
LABELS = ("closed", "rejected", "errors", "by_type", "top_rooms")
LEVELS = ("minute", "hour", "day")
# Histograms stay in the row: fetching them from beside it costs more than the longer row.
IN_ROW = "ALTER TABLE {0} SET (toast_tuple_target = 8160)"


def upgrade() -> None:
    for level in LEVELS:
        _client_cells(f"client_{level}s")
        _server_cells(f"server_{level}s")
        _worker_cells(f"worker_{level}s")
    for level in LEVELS[1:]:
        _session_starts(f"session_{level}s")
    _table("dimension_values", _texts("app", "dimension", "value"), ("app", "dimension", "value"))
    cross: list[sa.Column[Any]] = [
        _instant("t"),
        *_texts("app", *SPLIT_BY),
        _big("reports"),
        _instant("latest"),
    ]
    cross += [*map(_double, COUNTS), *map(_big, TRIALS)]
    _table("client_cross_days", cross, ("t", "app", *SPLIT_BY))
    state: list[sa.Column[Any]] = [
        *_texts("source"),
        *map(_instant, ("settled", "crossed")),
    ]
    state.append(sa.Column("divided_from", sa.DateTime(timezone=True)))
    _table("rollup_state", state, ("source",))
    op.create_table(
        "touched",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_texts("source"),
        _instant("minute"),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name="pk_touched"),
    )
    op.create_index("ix_touched_source_minute", "touched", ["source", "minute"])
    op.execute(
        "ALTER TABLE touched SET (autovacuum_vacuum_scale_factor = 0, "
        "autovacuum_vacuum_threshold = 2000)"
    )
    op.add_column(
        "sessions", sa.Column("changed", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("sessions", sa.Column("first_seen_before", sa.DateTime(timezone=True)))
    op.add_column("job_runs", sa.Column("slot", sa.DateTime(timezone=True)))
    op.create_index("ix_job_runs_job_slot", "job_runs", ["job", "slot"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_job_runs_job_slot", "job_runs")
    op.drop_column("job_runs", "slot")
    op.drop_column("sessions", "first_seen_before")
    op.drop_column("sessions", "changed")
    for level in LEVELS:
        for kind in ("client", "server", "worker"):
            op.drop_table(f"{kind}_{level}s")
    for name in (
        *("session_hours", "session_days", "dimension_values", "client_cross_days"),
        *("rollup_state", "touched"),
    ):
        op.drop_table(name)


def _client_cells(name: str) -> None:
    columns = [
        *_texts("dimension", "value"), _instant("t"), *_texts("app"), _big("reports"),
        _instant("latest"), *map(_double, (*COUNTS, "recovered_soon", "watched_ms")),
        *map(_big, TRIALS),
        *map(_json, ("close_codes", "networks", "measures")), *map(_bytes, DURATIONS),
        *(_big(f"{h}_n") for h in DURATIONS), *(_double(f"{h}_sum_us") for h in DURATIONS),
    ]  # fmt: skip
    _table(name, columns, ("dimension", "value", "t", "app"), by_time=True)


def _session_starts(name: str) -> None:
    columns = [
        *_texts("dimension", "value"), _instant("t"), *_texts("app"),
        _big("started"), _big("abnormal"),
    ]  # fmt: skip
    _table(name, columns, ("dimension", "value", "t", "app"), by_time=True)


def _server_cells(name: str) -> None:
    columns = [
        *_texts("service", "app"), _instant("t"), _big("samples"), _instant("first_start"),
        _instant("latest"), *map(_big, SERVER_COUNTS), *map(_json, LABELS),
        *map(_bytes, SERVER_DURATIONS), *(_big(f"{h}_sum_us") for h in SERVER_DURATIONS),
    ]  # fmt: skip
    _table(name, columns, ("service", "app", "t"), by_time=True)


def _worker_cells(name: str) -> None:
    columns = [
        *_texts("service", "instance"), _instant("t"), _big("samples"), _big("sampled_us"),
        _bytes("loop_lag"), _big("loop_lag_sum_us"), _big("cpu_ms"), _big("cpu_us"),
        sa.Column("memory_bytes", sa.BigInteger()), sa.Column("descriptors", sa.BigInteger()),
        _big("active_us"), _big("messages"),
    ]  # fmt: skip
    _table(name, columns, ("service", "instance", "t"), by_time=True)


def _table(
    name: str, columns: list[sa.Column[Any]], key: tuple[str, ...], *, by_time: bool = False
) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"))
    if by_time:
        op.create_index(f"ix_{name}_t", name, ["t"])
        op.execute(IN_ROW.format(name))


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _instant(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _big(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _double(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Float(53), nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), nullable=False)


def _bytes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)
