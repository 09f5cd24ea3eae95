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

from .client_rollups import COUNTS
from .report_scope import DIMENSIONS
from .server_samples import COUNTERS, GAUGES, HISTOGRAMS, PROCESS, SUMS

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
_REJECTED = "(SELECT sum(CAST(value AS bigint)) FROM jsonb_each_text(rejected))"


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
    **{name: f"sum({name})" for name in (*COUNTERS, *SUMS)},
    **_averaged((*PROCESS, "outbox_bytes")),
    **{f"{name}_x_ms": f"sum({name} * {_MS})" for name in GAUGES},
    "rejections": f"sum({_REJECTED})",
    "samples": "count(*)",
    "covered_ms": _COVERED_MS,
}
SERVER_DURATIONS = {name: f"string_agg({name}, ''::bytea)" for name in HISTOGRAMS}
_custom = re.compile(r"custom\.([a-z0-9_]{1,48}?)(_n)?")


@dataclass(frozen=True, slots=True)
class Question:
    """Sums and durations by name, per `dimensions`, over steps of [start, end)."""

    source: str
    dimensions: tuple[str, ...]
    sums: tuple[str, ...]
    durations: tuple[str, ...]
    start: datetime
    end: datetime
    step: timedelta
    most: int = MOST_LABEL_SETS


@dataclass(frozen=True, slots=True)
class Found:
    """`rows` hold the step's number, the sample rate, each dimension's value, each sum, each kind
    of durations glued; `latest` is the newest period's end."""

    rows: Sequence[Sequence[Any]]
    latest: datetime | None


def ask(connection: Connection, question: Question) -> Found:
    """Raises `ValueError` for a name that is not known, before anything is asked."""
    statement = _statement(question)
    values = {
        "start": question.start, "end": question.end, "step": question.step,
        "most": question.most,
    }  # fmt: skip
    found = connection.execute(text(statement), values)
    rows = [tuple(row) for row in found]
    latest = max((row[0] for row in rows), default=None)
    return Found([row[1:] for row in rows], latest)


def spoke(connection: Connection, source: str, since: datetime, until: datetime) -> bool:
    """Whether the source told anything in [since, until)."""
    statement = f"SELECT 1 FROM {_table(source)} WHERE period_end >= :since AND period_end < :until"
    values = {"since": since, "until": until}
    return connection.execute(text(f"{statement} LIMIT 1"), values).first() is not None


def _statement(question: Question) -> str:
    is_client = question.source == "client"
    known = DIMENSIONS if is_client else SERVER_DIMENSIONS
    if not set(question.dimensions) <= set(known):
        raise ValueError(f"only {', '.join(known)} can be told apart")
    durations = CLIENT_DURATIONS if is_client else SERVER_DURATIONS
    rate = "sample_rate" if is_client else "1.0"
    named = [f"d{place}" for place in range(len(question.dimensions))]
    by_value = [
        f"coalesce({dimension}, '{UNKNOWN}') AS {name}"
        for dimension, name in zip(question.dimensions, named, strict=True)
    ]
    wanted = [_sum(question.source, name) for name in question.sums]
    wanted += [durations[name] for name in question.durations]
    columns = [f"{expression} AS c{place}" for place, expression in enumerate(wanted)]
    selected = [
        "max(period_end) AS latest", "date_bin(:step, period_end, :start) AS t",
        f"{rate} AS rate", *by_value, *columns, "count(*) AS observed",
    ]  # fmt: skip
    is_of_app = not is_client and "app" in question.dimensions
    told = ["latest", _place(), "rate", *named, *(f"c{place}" for place in range(len(wanted)))]
    return (
        f"WITH cells AS MATERIALIZED (SELECT {', '.join(selected)} FROM {_table(question.source)} "
        "WHERE period_end >= :start AND period_end < :end "
        f"{'AND app IS NOT NULL ' if is_of_app else ''}GROUP BY {', '.join(['t', 'rate', *named])})"
        f" SELECT {', '.join(told)} FROM cells {_most_seen(named)}"
    )


def _most_seen(named: Sequence[str]) -> str:
    """Only the value sets with the most rows; the limit is asked for without dimensions as well."""
    if not named:
        return "WHERE :most > 0"
    names = ", ".join(named)
    return (
        f"JOIN (SELECT {names} FROM cells GROUP BY {names} "
        f"ORDER BY sum(observed) DESC, {names} LIMIT :most) AS kept USING ({names})"
    )


def _place() -> str:
    return (
        "CAST(round(extract(epoch FROM t - CAST(:start AS timestamptz)) "
        "/ extract(epoch FROM CAST(:step AS interval))) AS integer)"
    )


def _table(source: str) -> str:
    return {"client": "client_reports", "server": "server_samples"}[source]


def _sum(source: str, name: str) -> str:
    known = CLIENT_SUMS if source == "client" else SERVER_SUMS
    if name in known:
        return known[name]
    custom = _custom.fullmatch(name) if source == "client" else None
    if custom is None:
        raise ValueError(f"nothing is called {name!r}")
    value = f"CAST(custom ->> '{custom[1]}' AS double precision)"
    return f"count({value})" if custom[2] else f"sum({value})"
