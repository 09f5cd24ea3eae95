"""Series that are judged: how they were fitted, their band, and how far they are judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Float,
    Identity,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base
from models.metrics.anomalies.series_key import SeriesKey

LEARNING = "learning"
KEY = ("source", "app", "metric", "dimension", "value")

anomaly_series = Table(
    "anomaly_series",
    Base.metadata,
    Column("id", Integer(), Identity(always=True), primary_key=True),
    *(Column(name, Text(), nullable=False) for name in KEY),
    Column("step_seconds", Integer(), nullable=False),
    *(Column(name, Text(), nullable=False) for name in ("zone", "method", "state")),
    *(Column(name, JSONB()) for name in ("errors", "bands", "memory")),
    *(Column(name, Float(53)) for name in ("designed_rate", "measured_rate")),
    *(
        Column(name, DateTime(timezone=True))
        for name in ("fitted_at", "judged_until", "retired_at")
    ),
    UniqueConstraint(*KEY),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalySeries:
    """One series. `method` is what its expected values come from (`prophet`, `usual hour`,
    `learning`), `errors` the one-step-ahead error by method; `state` is that of its newest judged
    step. `designed_rate` and `measured_rate` are shares of steps beyond the band.

    Every step before `judged_until` is judged (`None`: none yet). `retired_at`: since then it is
    not judged any more, as its value is no longer among the most frequent.
    """

    id: int
    key: SeriesKey
    step_seconds: int
    zone: str
    method: str
    state: str
    errors: Mapping[str, float]
    designed_rate: float | None
    measured_rate: float | None
    fitted_at: datetime | None
    judged_until: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFit:
    """What a fit found out about one series; `bands` as `StoredBands.record` makes it."""

    series_id: int
    zone: str
    method: str
    errors: Mapping[str, float]
    bands: Mapping[str, Any] | None
    designed_rate: float | None
    measured_rate: float | None
    fitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesProgress:
    """How far one series is judged; `memory` as `StoredMemory.record` makes it."""

    series_id: int
    state: str
    memory: Mapping[str, Any]
    judged_until: datetime


@dataclass(frozen=True, slots=True)
class SeriesDetector:
    """The stored band and memory of one series."""

    bands: Mapping[str, Any]
    memory: Mapping[str, Any] | None


_columns = [
    anomaly_series.c[name]
    for name in (
        "id", *KEY, "step_seconds", "zone", "method", "state", "errors", "designed_rate",
        "measured_rate", "fitted_at", "judged_until", "retired_at",
    )
]  # fmt: skip
ADD = text(
    f"INSERT INTO anomaly_series AS s ({', '.join(KEY)}, step_seconds, zone, method, state) "
    f"SELECT {', '.join(KEY)}, step_seconds, 'UTC', '{LEARNING}', '{LEARNING}' "
    "FROM json_populate_recordset(NULL::anomaly_series, CAST(:rows AS json)) "
    f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET retired_at = NULL "
    "WHERE s.retired_at IS NOT NULL"
)
RETIRE = text("UPDATE anomaly_series SET retired_at = :now WHERE id = ANY(:ids)")
FITTED = ("zone", "method", "errors", "bands", "designed_rate", "measured_rate", "fitted_at")
PROGRESSED = ("state", "memory", "judged_until")


def _change(names: Sequence[str]) -> str:
    return (
        f"UPDATE anomaly_series AS s SET {', '.join(f'{name} = c.{name}' for name in names)} "
        "FROM (SELECT r.* FROM json_populate_recordset(NULL::anomaly_series, CAST(:rows AS json)) "
        "AS r JOIN anomaly_series AS own USING (id) ORDER BY id FOR NO KEY UPDATE OF own) AS c "
        "WHERE s.id = c.id"
    )


def all_series(connection: Connection) -> list[AnomalySeries]:
    """Every series, those that are retired too, by id."""
    rows = connection.execute(select(*_columns).order_by(anomaly_series.c.id))
    return [_series_of(row) for row in rows]


def find(connection: Connection, key: SeriesKey) -> AnomalySeries | None:
    """The series of a key; `None`: there is none."""
    conditions = [anomaly_series.c[name] == getattr(key, name) for name in KEY]
    row = connection.execute(select(*_columns).where(*conditions)).one_or_none()
    return None if row is None else _series_of(row)


def state_counts(connection: Connection, source: str, app: str | None = None) -> dict[str, int]:
    """How many series of a source are in each state, those that are retired left out."""
    counting = select(anomaly_series.c.state, func.count().label("n")).group_by(
        anomaly_series.c.state
    )
    counting = counting.where(
        anomaly_series.c.source == source, anomaly_series.c.retired_at.is_(None)
    )
    if app is not None:
        counting = counting.where(anomaly_series.c.app == app)
    return {row.state: row.n for row in connection.execute(counting)}


def detectors(connection: Connection, ids: Sequence[int]) -> dict[int, SeriesDetector]:
    """Band and memory by series id, of those that have a band."""
    query = select(anomaly_series.c.id, anomaly_series.c.bands, anomaly_series.c.memory)
    query = query.where(anomaly_series.c.id.in_(ids), anomaly_series.c.bands.is_not(None))
    return {row[0]: SeriesDetector(row[1], row[2]) for row in connection.execute(query)}


def add(connection: Connection, keys: Iterable[SeriesKey]) -> None:
    """Add series that do not exist, and take up those that were retired."""
    rows = [
        {name: getattr(key, name) for name in KEY} | {"step_seconds": key.step_seconds}
        for key in keys
    ]
    if rows:
        connection.execute(ADD, {"rows": _json(rows)})


def retire(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Judge these series no longer."""
    if ids:
        connection.execute(RETIRE, {"ids": list(ids), "now": now})


def store_fits(connection: Connection, fits: Iterable[SeriesFit]) -> None:
    """Write the results of fits."""
    rows = [
        {"id": each.series_id} | {name: getattr(each, name) for name in FITTED} for each in fits
    ]
    if rows:
        connection.execute(text(_change(FITTED)), {"rows": _json(rows)})


def store_progress(connection: Connection, progress: Iterable[SeriesProgress]) -> None:
    """Write how far series are judged."""
    rows = [
        {"id": each.series_id} | {name: getattr(each, name) for name in PROGRESSED}
        for each in progress
    ]
    if rows:
        connection.execute(text(_change(PROGRESSED)), {"rows": _json(rows)})


def forget(connection: Connection, retired_before: datetime) -> int:
    """Delete series retired before, with their steps and parts of incidents; how many."""
    old = anomaly_series.c.retired_at < retired_before
    return connection.execute(delete(anomaly_series).where(old)).rowcount


def _series_of(row: Sequence[Any]) -> AnomalySeries:
    series_id, *key = row[:6]
    names = AnomalySeries.__slots__[2:]
    values = dict(zip(names, row[6:], strict=True))
    values["errors"] = values["errors"] or {}
    return AnomalySeries(id=series_id, key=SeriesKey(*key), **values)


def _json(rows: Sequence[object]) -> str:
    return msgspec.json.encode(rows).decode()
