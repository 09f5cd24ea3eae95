"""What alert rules ask of the raw figures: sums per step and values of dimensions, in one pass.

Steps are counted from `start`, so windows slide with the asking. A value that is absent is called
`unknown`; of very many value sets only those with the most rows are told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from models.raw.server_samples import COUNTERS, GAUGES, HISTOGRAMS, PROCESS
from models.rollups.client_rollups import COUNTS

from . import alert_labels
from .report_scope import DIMENSIONS

MOST_LABEL_SETS = 200
UNKNOWN = "unknown"
CLIENT_GAUGES = (
    *("longest_silence_ms", "rtt_ms", "downlink_mbps", "page_load_ms"),
    *("lcp_ms", "inp_ms", "cls"),
)
SERVER_DIMENSIONS = ("app", "service")
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
    **_averaged(CLIENT_GAUGES),
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
PLACE = (
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
        """What every statement binds."""
        return {name: getattr(self, name) for name in ("start", "end", "step", "most")}


@dataclass(frozen=True, slots=True)
class WindowRows:
    """`rows` hold the step's number, the sample rate, each dimension's value, each sum, each kind
    of durations glued; `latest` is the newest period's end."""

    rows: Sequence[Sequence[Any]]
    latest: datetime | None


def ask(connection: Connection, question: WindowQuery) -> WindowRows:
    """Raises `ValueError` for a name that is not known, before anything is asked."""
    statement, values = _statement(question)
    found = connection.execute(text(statement), values | question.values)
    rows = [tuple(row) for row in found]
    latest = max((row[0] for row in rows), default=None)
    return WindowRows([row[1:] for row in rows], latest)


def spoke(connection: Connection, source: str, since: datetime, until: datetime) -> bool:
    """Whether the source told anything in [since, until)."""
    statement = f"SELECT 1 FROM {TABLES[source]} WHERE period_end >= :since AND period_end < :until"
    values = {"since": since, "until": until}
    return connection.execute(text(f"{statement} LIMIT 1"), values).first() is not None


def _statement(question: WindowQuery) -> tuple[str, dict[str, str]]:
    source = question.source
    named, by_value = by_values(question)
    durations = CLIENT_DURATIONS if source == "client" else SERVER_DURATIONS
    bound: dict[str, str] = {}
    wanted = []
    for place, name in enumerate(question.sums):
        expression, values = _sum(source, name, f"s{place}")
        wanted.append(expression)
        bound |= values
    wanted += [durations[name] for name in question.durations]
    columns = [f"{expression} AS c{place}" for place, expression in enumerate(wanted)]
    selected = [
        "max(period_end) AS latest", f"{STEP} AS t", f"{RATES[source]} AS rate", *by_value,
        *columns, "count(*) AS observed",
    ]  # fmt: skip
    told = ["latest", PLACE, "rate", *named, *(f"c{place}" for place in range(len(wanted)))]
    return (
        f"WITH cells AS MATERIALIZED (SELECT {', '.join(selected)} FROM {TABLES[source]} "
        f"WHERE {rows_of(question)} GROUP BY {', '.join(['t', 'rate', *named])}) "
        f"SELECT {', '.join(told)} FROM cells {most_seen(named)}"
    ), bound


def by_values(question: WindowQuery) -> tuple[list[str], list[str]]:
    """The names of the dimensions in a statement, and the columns of their values by those."""
    known = DIMENSIONS if question.source == "client" else SERVER_DIMENSIONS
    if not set(question.dimensions) <= set(known):
        raise ValueError(f"only {', '.join(known)} can be told apart")
    named = [f"d{place}" for place in range(len(question.dimensions))]
    pairs = zip(question.dimensions, named, strict=True)
    return named, [f"coalesce({column}, '{UNKNOWN}') AS {name}" for column, name in pairs]


def rows_of(question: WindowQuery) -> str:
    """Which rows are asked about. Those of a process have no app."""
    is_of_app = question.source == "server" and "app" in question.dimensions
    return "period_end >= :start AND period_end < :end" + (
        " AND app IS NOT NULL" if is_of_app else ""
    )


def most_seen(named: Sequence[str]) -> str:
    """Only the value sets with the most rows; the limit is asked for without dimensions as well."""
    if not named:
        return "WHERE :most > 0"
    names = ", ".join(named)
    return (
        f"JOIN (SELECT {names} FROM cells GROUP BY {names} "
        f"ORDER BY sum(observed) DESC, {names} LIMIT :most) AS kept USING ({names})"
    )


def _sum(source: str, name: str, prefix: str) -> tuple[str, dict[str, str]]:
    known = CLIENT_SUMS if source == "client" else SERVER_SUMS
    if name in known:
        return known[name], {}
    custom = _custom.fullmatch(name) if source == "client" else None
    if custom is not None:
        value = f"CAST(custom ->> '{custom[1]}' AS double precision)"
        return f"count({value})" if custom[2] else f"sum({value})", {}
    try:
        return alert_labels.total(source, name, prefix)
    except LookupError:
        raise ValueError(f"nothing is called {name!r}") from None
