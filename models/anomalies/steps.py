"""Steps of series: what was observed and expected, the band, and how far out of it the value was.

Of steps yet to come there is the expectation alone. Values have seven digits (`real`). All
who write take rows in one order, by series and time: none waits for another that waits for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    REAL,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Integer,
    SmallInteger,
    Table,
    text,
)

from models.database.base import Base

FIGURES = ("observed", "expected", "low", "high", "rho", "slow_rho")

anomaly_steps = Table(
    "anomaly_steps",
    Base.metadata,
    Column(
        "series_id", Integer(), ForeignKey("anomaly_series.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("starts_at", DateTime(timezone=True), primary_key=True),
    *(Column(name, Integer()) for name in ("n", "sessions")),
    *(Column(name, REAL()) for name in FIGURES),
    Column("state", SmallInteger()),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnomalyStep:
    """One step of a series. `n` single values and `sessions` are behind `observed`; `expected`,
    `low` and `high` are in the metric's units; `rho` and `slow_rho` are the distances from the
    expected value over that of the limit, of one step and sustained. `state` is a `StepState`,
    `None` for a step yet to come."""

    series_id: int
    starts_at: datetime
    observed: float | None
    n: int | None
    sessions: int | None
    expected: float | None
    low: float | None
    high: float | None
    rho: float | None
    slow_rho: float | None
    state: int | None


COLUMNS = AnomalyStep.__slots__
_types = {
    **dict.fromkeys(COLUMNS, "real[]"),
    **{"series_id": "integer[]", "starts_at": "timestamptz[]", "state": "smallint[]"},
    **{"n": "integer[]", "sessions": "integer[]"},
}
_WRITTEN = COLUMNS[2:]
STORE = text(
    f"INSERT INTO anomaly_steps AS stored ({', '.join(COLUMNS)}) SELECT * FROM unnest("
    + ", ".join(f"CAST(:{name} AS {_types[name]})" for name in COLUMNS)
    + ") ORDER BY 1, 2 ON CONFLICT (series_id, starts_at) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _WRITTEN)
    + f" WHERE ({', '.join(f'stored.{name}' for name in _WRITTEN)}) IS DISTINCT FROM "
    f"({', '.join(f'excluded.{name}' for name in _WRITTEN)})"
)
# Of a step that has been judged meanwhile the expectation stays as it was then.
STORE_AHEAD = text(
    "INSERT INTO anomaly_steps AS stored (series_id, starts_at, expected, low, high) "
    "SELECT * FROM unnest(CAST(:series_id AS integer[]), CAST(:starts_at AS timestamptz[]), "
    "CAST(:expected AS real[]), CAST(:low AS real[]), CAST(:high AS real[])) ORDER BY 1, 2 "
    "ON CONFLICT (series_id, starts_at) DO UPDATE SET expected = excluded.expected, "
    "low = excluded.low, high = excluded.high WHERE stored.state IS NULL"
)
AHEAD_COLUMNS = ("series_id", "starts_at", "expected", "low", "high")
READ = text(
    f"SELECT {', '.join(COLUMNS)} FROM anomaly_steps WHERE series_id = ANY(:ids) "
    "AND starts_at >= :start AND starts_at < :end ORDER BY series_id, starts_at"
)
# By series, as each has its own length of steps: an index scan for each.
FORGET = text(
    "DELETE FROM anomaly_steps AS t USING anomaly_series AS s WHERE t.series_id = s.id "
    "AND s.step_seconds = :step_seconds AND t.starts_at < :before"
)


def between(
    connection: Connection, ids: Sequence[int], start: datetime, end: datetime
) -> list[AnomalyStep]:
    """The steps of these series that begin in [start, end), by series and time."""
    values = {"ids": list(ids), "start": start, "end": end}
    return [AnomalyStep(*row) for row in connection.execute(READ, values)]


def store(connection: Connection, columns: Mapping[str, Sequence[Any]]) -> int:
    """Write steps, as columns of one length by the names of `COLUMNS`; how many were new or
    changed."""
    if not len(columns["series_id"]):
        return 0
    values = {name: list(columns[name]) for name in COLUMNS}
    return connection.execute(STORE, values).rowcount


def store_ahead(connection: Connection, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write the expectation of steps yet to come, as columns by the names of `AHEAD_COLUMNS`."""
    if len(columns["series_id"]):
        connection.execute(STORE_AHEAD, {name: list(columns[name]) for name in AHEAD_COLUMNS})


def forget(connection: Connection, step_seconds: int, before: datetime) -> int:
    """Delete steps of this length that begin before; how many."""
    values = {"step_seconds": step_seconds, "before": before}
    return connection.execute(FORGET, values).rowcount
