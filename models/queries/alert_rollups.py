"""Sums for the preview of alert rules: per step and value of one dimension, from rollup cells.

Sums in cells are weighted by the sample rate; each comes with its n, which is not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from models.metrics.client_columns import COUNTS, GAUGES, TRIALS
from models.metrics.dimensions import SPLIT_BY
from models.metrics.server_columns import COUNTS as SERVER_COUNTS
from models.metrics.server_columns import DURATIONS as SERVER_DURATIONS

from . import alert_labels
from .alert_windows import STEP_NUMBER, WindowQuery, largest_label_sets

HOUR = timedelta(hours=1)
CLIENT_DURATIONS = {"latency": "latency", "setup": "setup", "recovery_ms": "recovery"}
SERVER_LEVELS = {
    "active_x_ms": "connection_us",
    "rooms_x_ms": "room_us",
    "members_x_ms": "member_us",
}
STEP = "date_bin(:step, t, :start)"
_custom = re.compile(r"custom\.([a-z0-9_]{1,48}?)(_n)?")
_COVERED_MS = (
    "least(extract(epoch FROM CAST(:step AS interval)), "
    "extract(epoch FROM max(latest) - min(first_start))) * 1000"
)


@dataclass(frozen=True, slots=True)
class CellScope:
    """The cells of a query: a `table`, a `condition`, and the `dimension` they are split by ('':
    none); `by_value` are the columns of the dimensions' values."""

    table: str
    condition: str
    by_value: list[str]
    dimension: str


def has_cells(query: WindowQuery) -> bool:
    """Whether all sums of the query can be read from cells."""
    try:
        _columns(query)
    except LookupError:
        return False
    dimensions = [name for name in query.dimensions if name != "app"]
    return query.source == "server" or len(dimensions) <= 1


def rollup_rows(connection: Connection, query: WindowQuery) -> Sequence[Sequence[Any]]:
    """Rows of step number, the value of each dimension, (sum, n) of each sum, then (concatenated
    histogram, n) of each duration; of the `most` largest value sets."""
    scope = cell_scope(query)
    statement, values = _statement(query, scope)
    values |= query.values | {"d": scope.dimension}
    return [tuple(row) for row in connection.execute(text(statement), values)]


def cell_scope(query: WindowQuery) -> CellScope:
    """The cells to read; `dimension` is to be bound as `d`."""
    is_client = query.source == "client"
    dimension = next((name for name in query.dimensions if name in SPLIT_BY), "")
    level = "hours" if dimension or query.step >= HOUR else "minutes"
    condition = "t >= :start AND t < :end"
    if is_client:
        condition += " AND dimension = :d" + ("" if dimension else " AND value = ''")
    names = ["value" if name == dimension else name for name in query.dimensions]
    columns = [f"{column} AS d{index}" for index, column in enumerate(names)]
    return CellScope(f"{query.source}_{level}", condition, columns, dimension)


def _statement(query: WindowQuery, scope: CellScope) -> tuple[str, dict[str, Any]]:
    labels = [f"d{index}" for index in range(len(scope.by_value))]
    expressions, values = _columns(query)
    columns = [f"{column} AS c{index}" for index, column in enumerate(expressions)]
    observed = "reports" if query.source == "client" else "samples"
    selected = [f"{STEP} AS t", *scope.by_value, *columns, f"sum({observed}) AS observed"]
    result_columns = [STEP_NUMBER, *labels, *(f"c{index}" for index in range(len(columns)))]
    return (
        f"WITH cells AS MATERIALIZED (SELECT {', '.join(selected)} FROM {scope.table} "
        f"WHERE {scope.condition} GROUP BY {', '.join(['1', *labels])}) "
        f"SELECT {', '.join(result_columns)} FROM cells {largest_label_sets(labels)}"
    ), values


def _columns(query: WindowQuery) -> tuple[list[str], dict[str, Any]]:
    """Columns and their bound values. Raises `LookupError` for a sum that is not in cells."""
    sums = _client_sum if query.source == "client" else _server_sum
    expressions: list[str] = []
    values: dict[str, Any] = {}
    for index, name in enumerate(query.sums):
        try:
            expressions += sums(name)
        except LookupError:
            column, bound = alert_labels.total(query.source, name, f"s{index}")
            expressions += [column, column]  # the n of a count by label is the number of rows
            values |= bound
    for name in query.durations:
        duration = CLIENT_DURATIONS[name] if query.source == "client" else _server_durations(name)
        n = f"sum({duration}_n)" if query.source == "client" else "NULL"
        expressions += [f"string_agg({duration}, ''::bytea)", n]
    return expressions, values


def _client_sum(name: str) -> tuple[str, str]:
    if name in TRIALS:
        return f"sum({name})", f"sum({name}_n)"
    if name in (*COUNTS, "watched_ms", "reports"):
        return f"sum({name})", f"sum({name})"
    custom = _custom.fullmatch(name)
    key, is_n = (custom[1], custom[2]) if custom else (name.removesuffix("_n"), name.endswith("_n"))
    if not custom and key not in GAUGES:
        raise LookupError(name)
    parts = (1, 0) if is_n else (2, 2)
    weighted, plain = (
        f"coalesce(sum(CAST(measures -> '{key}' ->> {part} AS double precision)), 0)"
        for part in parts
    )
    return weighted, plain


def _server_sum(name: str) -> tuple[str, str]:
    if name in SERVER_COUNTS or name == "samples":
        return f"sum({name})", f"sum({name})"
    if name in SERVER_LEVELS:
        level = f"sum({SERVER_LEVELS[name]}) / 1000"
        return level, level
    if name == "covered_ms":
        return _COVERED_MS, _COVERED_MS
    raise LookupError(name)


def _server_durations(name: str) -> str:
    if name not in SERVER_DURATIONS:
        raise LookupError(name)
    return name
