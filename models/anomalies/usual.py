"""Stored bands added up over the steps of a chart, and the incidents of the same series.

One statement for all metrics of a page: a row per series and step of the chart, then a row per part
of an incident.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, text

from models.metrics.anomalies.series_key import SeriesKey


@dataclass(frozen=True, slots=True)
class BandSums:
    """The steps of a series that begin in step `number` of the chart and have a value: how many,
    of `step_seconds` each, how many of them with a band, and sums over those. `n` counts single
    values; `weighted_` sums are of the value times its n. `below` and `above`: squares of the
    distances from what is expected to the bounds; where a bound is cut to what is possible, and so
    says little of how far values vary, to the other. `value` is that of its dimension."""

    source: str
    app: str
    metric: str
    number: int
    step_seconds: int
    steps: int
    banded: int
    n: int
    expected: float
    low: float
    high: float
    below: float
    above: float
    weighted_expected: float
    weighted_low: float
    weighted_high: float
    weighted_below: float
    weighted_above: float
    value: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class IncidentSpan:
    """When a series of `metric` took part in an incident; `until` is the end of its last step
    beyond the band."""

    source: str
    metric: str
    incident_id: int
    severity: str
    started_at: datetime
    until: datetime


def _sum(value: str) -> str:
    return f"coalesce(sum({value}) FILTER (WHERE b), 0)::float8"


def _sums(weight: str) -> str:
    plain = [_sum(f"{value}::float8 * {weight}") for value in ("t.expected", "t.low", "t.high")]
    return ", ".join([*plain, *(_sum(f"({value} * {weight}) ^ 2") for value in ("below", "above"))])


READ = text(f"""
WITH judged AS (
  SELECT id, source, app, metric, value, step_seconds FROM anomaly_series
  WHERE (source, metric) IN (
      SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:metrics AS text[])))
    AND dimension = CASE source WHEN 'client' THEN :dimension ELSE '' END
    AND value = ANY(CASE source WHEN 'client' THEN CAST(:values AS text[]) ELSE ARRAY[''] END)
    AND (CAST(:app AS text) IS NULL OR app IN (:app, '')) AND retired_at IS NULL
)
SELECT j.source, j.app, j.metric,
  width_bucket(date_part('epoch', t.starts_at), CAST(:edges AS float8[])) - 1 AS number,
  j.step_seconds, count(*)::int, count(*) FILTER (WHERE b)::int,
  coalesce(sum(t.n) FILTER (WHERE b), 0)::bigint, {_sums("1.0")},
  {_sums("t.n::float8")}, j.value,
  NULL::bigint AS incident_id, NULL::text, NULL::timestamptz, NULL::timestamptz
FROM judged AS j JOIN anomaly_steps AS t ON t.series_id = j.id,
  LATERAL (SELECT t.low IS NOT NULL AND t.high IS NOT NULL AND t.expected IS NOT NULL AS b,
    t.expected::float8 - t.low AS under, t.high::float8 - t.expected AS over) AS has,
  LATERAL (SELECT CASE WHEN t.low <= 0 THEN greatest(under, over) ELSE under END AS below,
    CASE WHEN t.high = 1 THEN greatest(under, over) ELSE over END AS above) AS reach
WHERE t.starts_at >= :start AND t.starts_at < :end AND t.observed IS NOT NULL
GROUP BY j.id, j.source, j.app, j.metric, j.value, j.step_seconds, number
UNION ALL
SELECT j.source, j.app, j.metric, NULL, NULL, NULL, NULL, NULL, {", ".join(["NULL"] * 10)},
  j.value, p.incident_id, p.severity, p.started_at, p.until
FROM judged AS j JOIN incident_parts AS p ON p.series_id = j.id
WHERE p.started_at < :end AND p.until > :start
""")


def read(
    connection: Connection,
    metrics: Sequence[tuple[str, str]],
    key: SeriesKey,
    edges: Sequence[datetime],
    values: Sequence[str] = (),
) -> tuple[list[BandSums], list[IncidentSpan]]:
    """The bands of `metrics`, as source and key, on the steps between `edges`, ascending, and their
    incidents: of the app of `key` and of processes, without one of all apps; of browsers of its
    dimension and value alone, or of all `values` of it, which servers do not have."""
    rows = connection.execute(
        READ,
        {
            "sources": [source for source, _ in metrics],
            "metrics": [metric for _, metric in metrics],
            "app": key.app or None, "dimension": key.dimension,
            "values": list(values) or [key.value],
            "edges": [edge.timestamp() for edge in edges], "start": edges[0], "end": edges[-1],
        },
    ).all()  # fmt: skip
    width = len(BandSums.__slots__)
    sums = [
        BandSums(*row[: width - 1], value=row[width - 1]) for row in rows if row.incident_id is None
    ]
    spans = [
        IncidentSpan(row.source, row.metric, *row[width:])
        for row in rows
        if row.incident_id is not None
    ]
    return sums, spans
