"""Sums for alert rules from raw rows: per step and values of dimensions, in one pass.

Steps begin at `start`, not at full minutes, so windows slide. An absent value is `unknown`; of more
than `most` value sets only those with the most rows are answered.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from models.metrics.client_columns import COUNTS
from models.metrics.client_columns import GAUGES as CLIENT_GAUGES
from models.metrics.dimensions import DIMENSIONS, SERVER_DIMENSIONS, UNKNOWN
from models.metrics.server_columns import COUNTERS, GAUGES, HISTOGRAMS, PROCESS

from . import alert_labels

MOST_LABEL_SETS = 200
_MS = "extract(epoch FROM period_end - period_start) * 1000"
_COVERED_MS = (
    "least(extract(epoch FROM CAST(:step AS interval)), "
    "extract(epoch FROM max(period_end) - min(period_start))) * 1000"
)


def _averaged(names: Sequence[str]) -> dict[str, str]:
    return {name: f"sum({name})" for name in names} | {
        f"{name}_n": f"count({name})" for name in names
    }


CLIENT_SUMS = {
    **{name: f"sum({name})" for name in COUNTS},
    **_averaged((*CLIENT_GAUGES, "page_load_ms")),
    "reports": "count(*)",
    "watched_ms": f"sum({_MS})",
}
CLIENT_DURATIONS = {
    "latency": "string_agg(latency, ''::bytea)",
    "setup": "string_agg(setup, ''::bytea)",
    "recovery_ms": "string_agg(array_to_string(recovery_ms, ','), ',') "
    "FILTER (WHERE recovery_ms <> '{}')",
}
SERVER_SUMS = {
    **{name: f"sum({name})" for name in COUNTERS},
    **_averaged((*PROCESS, "outbox_bytes")),
    **{f"{name}_x_ms": f"sum({name} * {_MS})" for name in GAUGES},
    "samples": "count(*)",
    "covered_ms": _COVERED_MS,
}
SERVER_DURATIONS = {name: f"string_agg({name}, ''::bytea)" for name in HISTOGRAMS}
TABLES = {"client": "client_reports", "server": "server_samples"}
RATES = {"client": "sample_rate", "server": "1.0"}
STEP = "date_bin(:step, period_end, :start)"
STEP_NUMBER = (
    "CAST(round(extract(epoch FROM t - CAST(:start AS timestamptz)) "
    "/ extract(epoch FROM CAST(:step AS interval))) AS integer)"
)  # the number of a step
_custom = re.compile(r"custom\.([a-z0-9_]{1,48}?)(_n)?")


@dataclass(frozen=True, slots=True)
class WindowQuery:
    """Sums and durations by name, per `dimensions`, over steps of [start, end)."""

    source: str
    dimensions: tuple[str, ...]
    sums: tuple[str, ...]
    durations: tuple[str, ...]
    start: datetime
    end: datetime
    step: timedelta
    most: int = MOST_LABEL_SETS

    @property
    def values(self) -> dict[str, Any]:
        """The values every statement binds."""
        return {name: getattr(self, name) for name in ("start", "end", "step", "most")}


@dataclass(frozen=True, slots=True)
class WindowRows:
    """`rows` are step number, sample rate, the value of each dimension, each sum, and each kind of
    durations concatenated; `latest` is the newest `period_end`."""

    rows: Sequence[Sequence[Any]]
    latest: datetime | None


def window_rows(connection: Connection, query: WindowQuery) -> WindowRows:
    """The sums of a query. Raises `ValueError` for an unknown name, before any statement runs."""
    statement, values = _statement(query)
    cursor = connection.execute(text(statement), values | query.values)
    rows = [tuple(row) for row in cursor]
    latest = max((row[0] for row in rows), default=None)
    return WindowRows([row[1:] for row in rows], latest)


def has_data(connection: Connection, source: str, since: datetime, until: datetime) -> bool:
    """Whether the source has rows in [since, until)."""
    statement = f"SELECT 1 FROM {TABLES[source]} WHERE period_end >= :since AND period_end < :until"
    values = {"since": since, "until": until}
    return connection.execute(text(f"{statement} LIMIT 1"), values).first() is not None


def _statement(query: WindowQuery) -> tuple[str, dict[str, str]]:
    source = query.source
    named, by_value = dimension_columns(query)
    durations = CLIENT_DURATIONS if source == "client" else SERVER_DURATIONS
    bound: dict[str, str] = {}
    expressions = []
    for index, name in enumerate(query.sums):
        expression, values = _sum(source, name, f"s{index}")
        expressions.append(expression)
        bound |= values
    expressions += [durations[name] for name in query.durations]
    columns = [f"{expression} AS c{index}" for index, expression in enumerate(expressions)]
    selected = [
        "max(period_end) AS latest", f"{STEP} AS t", f"{RATES[source]} AS rate", *by_value,
        *columns, "count(*) AS observed",
    ]  # fmt: skip
    sums = [f"c{index}" for index in range(len(expressions))]
    result_columns = ["latest", STEP_NUMBER, "rate", *named, *sums]
    return (
        f"WITH cells AS MATERIALIZED (SELECT {', '.join(selected)} FROM {TABLES[source]} "
        f"WHERE {row_condition(query)} GROUP BY {', '.join(['t', 'rate', *named])}) "
        f"SELECT {', '.join(result_columns)} FROM cells {largest_label_sets(named)}"
    ), bound


def dimension_columns(query: WindowQuery) -> tuple[list[str], list[str]]:
    """The aliases of the dimensions in a statement, and their columns with these aliases."""
    dimensions = DIMENSIONS if query.source == "client" else SERVER_DIMENSIONS
    if not set(query.dimensions) <= set(dimensions):
        raise ValueError(f"only {', '.join(dimensions)} can be told apart")
    named = [f"d{index}" for index in range(len(query.dimensions))]
    pairs = zip(query.dimensions, named, strict=True)
    return named, [f"coalesce({column}, '{UNKNOWN}') AS {name}" for column, name in pairs]


def row_condition(query: WindowQuery) -> str:
    """The WHERE clause of a query. Rows of a process have no app."""
    is_of_app = query.source == "server" and "app" in query.dimensions
    return "period_end >= :start AND period_end < :end" + (
        " AND app IS NOT NULL" if is_of_app else ""
    )


def largest_label_sets(named: Sequence[str]) -> str:
    """A JOIN that limits `cells` to the `:most` largest value sets."""
    if not named:
        return "WHERE :most > 0"
    names = ", ".join(named)
    return (
        f"JOIN (SELECT {names} FROM cells GROUP BY {names} "
        f"ORDER BY sum(observed) DESC, {names} LIMIT :most) AS top USING ({names})"
    )


def _sum(source: str, name: str, prefix: str) -> tuple[str, dict[str, str]]:
    sums = CLIENT_SUMS if source == "client" else SERVER_SUMS
    if name in sums:
        return sums[name], {}
    custom = _custom.fullmatch(name) if source == "client" else None
    if custom is not None:
        value = f"CAST(custom ->> '{custom[1]}' AS double precision)"
        return f"count({value})" if custom[2] else f"sum({value})", {}
    try:
        return alert_labels.total(source, name, prefix)
    except LookupError:
        raise ValueError(f"nothing is called {name!r}") from None
