"""Incidents, the series that take part in each, and what people said of them.

Reading here; how they change stands in `incident_changes`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base
from models.metrics.anomalies.incident import FeedbackVerdict, IncidentFigures, IncidentPart
from models.metrics.anomalies.series_key import SeriesKey

from .series import KEY

_INSTANT = DateTime(timezone=True)
FIGURES = ("observed", "expected", "low", "high")

incidents = Table(
    "incidents",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    *(Column(name, Text(), nullable=False) for name in ("kind", "severity", *KEY)),
    *(Column(name, _INSTANT, nullable=False) for name in ("started_at", "until")),
    Column("ended_at", _INSTANT),
    Column("peak_at", _INSTANT, nullable=False),
    Column("scale", Text(), nullable=False),
    *(Column(name, Float(53)) for name in (*FIGURES, "deviation", "deviation_percent")),
    Column("rho", Float(53), nullable=False),
    *(Column(name, JSONB()) for name in ("explanation", "causes")),
    Column("updated_at", _INSTANT, nullable=False),
    Index(None, "started_at"),
    Index(None, "until"),
)
incident_parts = Table(
    "incident_parts",
    Base.metadata,
    Column(
        "series_id", Integer(), ForeignKey("anomaly_series.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("started_at", _INSTANT, primary_key=True),
    Column(
        "incident_id", BigInteger(), ForeignKey("incidents.id", ondelete="CASCADE"),
        nullable=False,
    ),
    *(Column(name, Text(), nullable=False) for name in ("kind", "severity")),
    Column("until", _INSTANT, nullable=False),
    Column("ended_at", _INSTANT),
    Column("peak_at", _INSTANT, nullable=False),
    Column("scale", Text(), nullable=False),
    *(Column(name, Float(53)) for name in FIGURES),
    Column("rho", Float(53), nullable=False),
    Column("steps", Integer(), nullable=False),
    Index(None, "incident_id"),
)  # fmt: skip
incident_feedback = Table(
    "incident_feedback",
    Base.metadata,
    Column(
        "incident_id", BigInteger(), ForeignKey("incidents.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    *(Column(name, Text(), nullable=False) for name in ("verdict", "actor", "note")),
    Column("at", _INSTANT, nullable=False),
)  # fmt: skip


class Feedback(msgspec.Struct, frozen=True, gc=False):
    """What a person said of an incident, last."""

    verdict: FeedbackVerdict
    actor: str
    note: str
    at: datetime


class IncidentRow(IncidentFigures, frozen=True, kw_only=True, gc=False):
    """One incident, with the figures of its leading part, over all its parts in time.

    `explanation` as `analytics.anomalies.explain` makes it (`None`: none yet); `causes` are events
    and reconnect storms near its start. `part_count` series take part.
    """

    id: int
    key: SeriesKey
    explanation: Mapping[str, Any] | None
    causes: Sequence[Mapping[str, Any]]
    feedback: Feedback | None
    part_count: int
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """Incidents that overlap [start, end), ongoing ones until now; `None` and () filter nothing.
    `metrics` are those of any part."""

    start: datetime
    end: datetime
    source: str | None = None
    app: str | None = None
    metrics: Sequence[str] = ()
    severities: Sequence[str] = ()
    ongoing_only: bool = False


_figures = IncidentFigures.__struct_fields__
_own = ("id", *KEY, *_figures, "explanation", "causes", "updated_at")
SELECT = f"""
SELECT {", ".join(f"i.{name}" for name in _own)},
  (SELECT count(*) FROM incident_parts AS p WHERE p.incident_id = i.id) AS part_count,
  f.verdict, f.actor, f.note, f.at
FROM incidents AS i LEFT JOIN incident_feedback AS f ON f.incident_id = i.id
"""
SELECT_PARTS = f"""
SELECT p.series_id, {", ".join(f"s.{name}" for name in KEY)}, p.incident_id, p.steps,
  {", ".join(f"p.{name}" for name in _figures)}
FROM incident_parts AS p JOIN anomaly_series AS s ON s.id = p.series_id
"""
OVERLAPS = "i.started_at < :end AND (i.ended_at IS NULL OR i.until > :start)"
HAS_METRIC = (
    "EXISTS (SELECT 1 FROM incident_parts AS p JOIN anomaly_series AS s ON s.id = p.series_id "
    "WHERE p.incident_id = i.id AND s.metric = ANY(:metrics))"
)
PARTS_OF_SERIES = (
    f"{SELECT_PARTS} WHERE p.series_id = ANY(:ids) AND p.started_at < :end "
    "AND (p.ended_at IS NULL OR p.until > :start) ORDER BY p.started_at, p.series_id"
)

OPEN_PARTS = (
    f"{SELECT_PARTS} WHERE p.ended_at IS NULL AND p.series_id = ANY(:ids) "
    "ORDER BY p.series_id, p.started_at"
)
# With all parts of each incident, so that it can be grouped again.
PARTS_SINCE = (
    f"{SELECT_PARTS} JOIN incidents AS i ON i.id = p.incident_id WHERE i.app = :app "
    "AND (i.ended_at IS NULL OR i.until >= :since) ORDER BY p.started_at, p.series_id"
)


def matching(connection: Connection, filters: IncidentFilter, most: int) -> list[IncidentRow]:
    """At most `most` incidents, the newest first."""
    values: dict[str, Any] = {"start": filters.start, "end": filters.end, "most": most}
    conditions = [OVERLAPS]
    for name in ("source", "app"):
        if getattr(filters, name) is not None:
            conditions.append(f"i.{name} = :{name}")
            values[name] = getattr(filters, name)
    if filters.metrics:
        conditions.append(HAS_METRIC)
        values["metrics"] = list(filters.metrics)
    if filters.severities:
        conditions.append("i.severity = ANY(:severities)")
        values["severities"] = list(filters.severities)
    if filters.ongoing_only:
        conditions.append("i.ended_at IS NULL")
    statement = (
        f"{SELECT} WHERE {' AND '.join(conditions)} "
        "ORDER BY i.started_at DESC, i.id DESC LIMIT :most"
    )
    return [incident_of(row) for row in connection.execute(text(statement), values)]


def find(connection: Connection, incident_id: int) -> IncidentRow | None:
    """One incident; `None`: there is none of this id."""
    row = connection.execute(text(f"{SELECT} WHERE i.id = :id"), {"id": incident_id}).one_or_none()
    return None if row is None else incident_of(row)


def parts_of(connection: Connection, ids: Sequence[int]) -> list[IncidentPart]:
    """The parts of these incidents, those with the largest rho first."""
    statement = (
        f"{SELECT_PARTS} WHERE p.incident_id = ANY(:ids) "
        "ORDER BY p.incident_id, p.rho DESC, p.series_id, p.started_at"
    )
    return [_part_of(row) for row in connection.execute(text(statement), {"ids": list(ids)})]


def parts_of_series(
    connection: Connection, ids: Sequence[int], start: datetime, end: datetime
) -> list[IncidentPart]:
    """The parts that these series have in incidents and that overlap [start, end), in time order:
    the marks of a chart."""
    values = {"ids": list(ids), "start": start, "end": end}
    return [_part_of(row) for row in connection.execute(text(PARTS_OF_SERIES), values)]


def open_parts(connection: Connection, ids: Sequence[int]) -> list[IncidentPart]:
    """The parts of these series that have not ended."""
    return [_part_of(row) for row in connection.execute(text(OPEN_PARTS), {"ids": list(ids)})]


def parts_since(connection: Connection, app: str, since: datetime) -> list[IncidentPart]:
    """All parts of the incidents of an app that lasted until `since` or longer, by start."""
    values = {"app": app, "since": since}
    return [_part_of(row) for row in connection.execute(text(PARTS_SINCE), values)]


def incident_of(row: Sequence[Any]) -> IncidentRow:
    """The incident of a row of `SELECT`."""
    values = dict(zip(_own, row[: len(_own)], strict=True))
    part_count, *feedback = row[len(_own) :]
    return msgspec.convert(
        values
        | {"key": SeriesKey(*row[1:6]), "causes": values["causes"] or [], "part_count": part_count}
        | {"feedback": Feedback(*feedback) if feedback[0] is not None else None},
        IncidentRow,
    )


def _part_of(row: Sequence[Any]) -> IncidentPart:
    series_id, *key = row[:6]
    names = ("incident_id", "steps", *_figures)
    values = dict(zip(names, row[6:], strict=True))
    return msgspec.convert(values | {"series_id": series_id, "key": SeriesKey(*key)}, IncidentPart)
