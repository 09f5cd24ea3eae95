"""Sums of raw samples per step: the input of server cells."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from models.database.intervals import condition
from models.metrics.intervals import Interval
from models.metrics.server_columns import COUNTERS, DURATIONS, SUMS

from .report_aggregates import Rows

_US = "CAST(extract(epoch FROM period_end - period_start) * 1000000 AS bigint)"
_counts = ", ".join(f"CAST(sum({name}) AS bigint) AS {name}" for name in (*COUNTERS, *SUMS))
_concatenated = ", ".join(
    f"string_agg({name}, ''::bytea) AS {name}, CAST(sum({name}_sum_us) AS bigint) AS {name}_sum_us"
    for name in DURATIONS
)
_labels = ", ".join(
    f"jsonb_agg({name}) FILTER (WHERE {name} <> '{empty}') AS {name}"
    for name, empty in (
        *((name, "{}") for name in ("closed", "rejected", "errors", "by_type")),
        ("top_rooms", "[]"),
    )
)
# The sums of an app's samples, here and in models.queries.sample_queries.
SUMS_OF_APP = (
    "count(*) AS samples, min(period_start) AS first_start, max(period_end) AS latest, "
    f"{_counts}, {_concatenated}, "
    f"CAST(sum(active * {_US}) AS bigint) AS connection_us, "
    f"CAST(sum(rooms * {_US}) AS bigint) AS room_us, "
    f"CAST(sum(members * {_US}) AS bigint) AS member_us, "
    f"CAST(sum({_US}) AS bigint) AS sampled_us"
)
SUMS_OF_WORKER = (
    f"count(*) AS samples, CAST(sum({_US}) AS bigint) AS sampled_us, "
    "string_agg(loop_lag, ''::bytea) AS loop_lag, "
    "CAST(sum(loop_lag_sum_us) AS bigint) AS loop_lag_sum_us, "
    "CAST(coalesce(sum(cpu_ms), 0) AS bigint) AS cpu_ms, "
    f"CAST(coalesce(sum({_US}) FILTER (WHERE cpu_ms IS NOT NULL), 0) AS bigint) AS cpu_us, "
    "max(memory_bytes) AS memory_bytes, max(descriptors) AS descriptors, "
    f"CAST(coalesce(sum(active * {_US}) FILTER (WHERE app IS NOT NULL), 0) AS bigint) "
    "AS active_us, "
    "CAST(sum(sent + received) AS bigint) AS messages"
)


def by_app(connection: Connection, level: str, intervals: Sequence[Interval]) -> Rows:
    """Sums per `service`, `app` and `t` (start of the minute or hour)."""
    where, values = condition(intervals)
    return _rows(
        connection,
        f"SELECT service, app, date_trunc('{level}', period_end, 'UTC') AS t, {SUMS_OF_APP}, "
        f"{_labels} FROM server_samples WHERE {where} AND app IS NOT NULL GROUP BY 1, 2, 3",
        values,
    )


def by_worker(connection: Connection, level: str, intervals: Sequence[Interval]) -> Rows:
    """Sums per `service`, `instance` and `t`."""
    where, values = condition(intervals)
    return _rows(
        connection,
        f"SELECT service, instance, date_trunc('{level}', period_end, 'UTC') AS t, "
        f"{SUMS_OF_WORKER} FROM server_samples WHERE {where} GROUP BY 1, 2, 3",
        values,
    )


def first_sample(connection: Connection) -> datetime | None:
    """The oldest `period_end`."""
    oldest: datetime | None = connection.execute(
        text("SELECT min(period_end) FROM server_samples")
    ).scalar_one()
    return oldest


def _rows(connection: Connection, statement: str, values: dict[str, Any]) -> Rows:
    return [dict(row) for row in connection.execute(text(statement), values).mappings()]
