"""What alert rules ask of the past: sums per step and value of one dimension, from rollup cells.

Weights are in the cells; beside each sum stands its n, without weights. Reports are not weighted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from models.rollups.client_rollups import COUNTS, SPLIT_BY, TRIALS
from models.rollups.report_aggregates import GAUGES
from models.rollups.server_rollups import COUNTS as SERVER_COUNTS
from models.rollups.server_rollups import DURATIONS as SERVER_DURATIONS

from . import alert_labels
from .alert_windows import PLACE, WindowQuery, most_seen

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
class Scope:
    """Which cells hold what is asked for: of a `table`, `divided` by a dimension or by none ('');
    `by_value` are the columns of the dimensions' values."""

    table: str
    condition: str
    by_value: list[str]
    divided: str


def is_kept(question: WindowQuery) -> bool:
    """Whether cells hold all that is asked for."""
    try:
        _columns(question)
    except LookupError:
        return False
    divided = [name for name in question.dimensions if name != "app"]
    return question.source == "server" or len(divided) <= 1


def ask(connection: Connection, question: WindowQuery) -> Sequence[Sequence[Any]]:
    """Rows of the step's number, each dimension's value, (sum, n) of each sum, then (glued
    histogram, n) of each kind of durations; of the `most` values with the most behind them."""
    scope = scope_of(question)
    statement, values = _statement(question, scope)
    values |= question.values | {"d": scope.divided}
    return [tuple(row) for row in connection.execute(text(statement), values)]


def scope_of(question: WindowQuery) -> Scope:
    """Where to look; the value of `divided` is bound as `d`."""
    is_client = question.source == "client"
    divided = next((name for name in question.dimensions if name in SPLIT_BY), "")
    level = "hours" if divided or question.step >= HOUR else "minutes"
    condition = "t >= :start AND t < :end"
    if is_client:
        condition += " AND dimension = :d" + ("" if divided else " AND value = ''")
    names = ["value" if name == divided else name for name in question.dimensions]
    told = [f"{column} AS d{place}" for place, column in enumerate(names)]
    return Scope(f"{question.source}_{level}", condition, told, divided)


def _statement(question: WindowQuery, scope: Scope) -> tuple[str, dict[str, Any]]:
    labels = [f"d{place}" for place in range(len(scope.by_value))]
    found, values = _columns(question)
    columns = [f"{column} AS c{place}" for place, column in enumerate(found)]
    observed = "reports" if question.source == "client" else "samples"
    selected = [f"{STEP} AS t", *scope.by_value, *columns, f"sum({observed}) AS observed"]
    return (
        f"WITH cells AS MATERIALIZED (SELECT {', '.join(selected)} FROM {scope.table} "
        f"WHERE {scope.condition} GROUP BY {', '.join(['1', *labels])}) "
        f"SELECT {', '.join([PLACE, *labels, *(f'c{place}' for place in range(len(columns)))])} "
        f"FROM cells {most_seen(labels)}"
    ), values


def _columns(question: WindowQuery) -> tuple[list[str], dict[str, Any]]:
    """And the values bound in them. Raises `LookupError` for what no cell holds."""
    sums = _client_sum if question.source == "client" else _server_sum
    found: list[str] = []
    values: dict[str, Any] = {}
    for place, name in enumerate(question.sums):
        try:
            found += sums(name)
        except LookupError:
            column, bound = alert_labels.total(question.source, name, f"s{place}")
            found += [column, column]  # of a count n is that of the reports or samples
            values |= bound
    for name in question.durations:
        kept = CLIENT_DURATIONS[name] if question.source == "client" else _server_durations(name)
        n = f"sum({kept}_n)" if question.source == "client" else "NULL"
        found += [f"string_agg({kept}, ''::bytea)", n]
    return found, values


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
