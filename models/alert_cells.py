"""What alert rules ask of the past: sums per step and value of one dimension, from rollup cells.

Weights are in the cells; beside each sum stands its n, without weights. Reports are not weighted.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from .alert_windows import Question
from .client_rollups import COUNTS, SPLIT_BY, TRIALS
from .report_groups import GAUGES
from .server_rollups import COUNTS as SERVER_COUNTS
from .server_rollups import DURATIONS as SERVER_DURATIONS

HOUR = timedelta(hours=1)
CLIENT_DURATIONS = {"latency": "latency", "setup": "setup", "recovery_ms": "recovery"}
SERVER_LEVELS = {
    "active_x_ms": "connection_us",
    "rooms_x_ms": "room_us",
    "members_x_ms": "member_us",
}
_custom = re.compile(r"custom\.([a-z0-9_]{1,48}?)(_n)?")
_COVERED_MS = (
    "least(extract(epoch FROM CAST(:step AS interval)), "
    "extract(epoch FROM max(latest) - min(first_start))) * 1000"
)


def is_kept(question: Question) -> bool:
    """Whether cells hold all that is asked for."""
    try:
        _columns(question)
    except LookupError:
        return False
    divided = [name for name in question.dimensions if name != "app"]
    return question.source == "server" or len(divided) <= 1


def ask(connection: Connection, question: Question) -> Sequence[Sequence[Any]]:
    """Rows of the step's number, each dimension's value, (sum, n) of each sum, then (glued
    histogram, n) of each kind of durations; of the `most` values with the most behind them."""
    values = {
        "start": question.start, "end": question.end, "step": question.step,
        "most": question.most,
    }  # fmt: skip
    divided = next((name for name in question.dimensions if name in SPLIT_BY), "")
    statement = _statement(question, divided)
    return [tuple(row) for row in connection.execute(text(statement), values | {"d": divided})]


def _statement(question: Question, divided: str) -> str:
    is_client = question.source == "client"
    level = "hours" if divided or question.step >= HOUR else "minutes"
    table = f"{question.source}_{level}"
    names = {name: "value" if name == divided else name for name in question.dimensions}
    told = [f"{column} AS d{place}" for place, column in enumerate(names.values())]
    labels = [f"d{place}" for place in range(len(names))]
    columns = [f"{column} AS c{place}" for place, column in enumerate(_columns(question))]
    which = "AND dimension = :d" if is_client else ""
    if is_client and not divided:
        which += " AND value = ''"
    observed = "reports" if is_client else "samples"
    selected = ["date_bin(:step, t, :start) AS t", *told, *columns, f"sum({observed}) AS observed"]
    kept = (
        f"JOIN (SELECT {', '.join(labels)} FROM cells GROUP BY {', '.join(labels)} "
        f"ORDER BY sum(observed) DESC, {', '.join(labels)} LIMIT :most) AS kept "
        f"USING ({', '.join(labels)})"
        if labels
        else "WHERE :most > 0"
    )
    return (
        f"WITH cells AS MATERIALIZED (SELECT {', '.join(selected)} FROM {table} "
        f"WHERE t >= :start AND t < :end {which} GROUP BY {', '.join(['1', *labels])}) "
        "SELECT CAST(round(extract(epoch FROM t - CAST(:start AS timestamptz)) "
        "/ extract(epoch FROM CAST(:step AS interval))) AS integer), "
        f"{', '.join([*labels, *(f'c{place}' for place in range(len(columns)))])} FROM cells {kept}"
    )


def _columns(question: Question) -> list[str]:
    """Raises `LookupError` for what no cell holds."""
    sums = _client_sum if question.source == "client" else _server_sum
    found = [column for name in question.sums for column in sums(name)]
    for name in question.durations:
        kept = CLIENT_DURATIONS[name] if question.source == "client" else _server_durations(name)
        n = f"sum({kept}_n)" if question.source == "client" else "NULL"
        found += [f"string_agg({kept}, ''::bytea)", n]
    return found


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
