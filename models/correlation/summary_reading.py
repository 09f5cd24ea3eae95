"""Reads the summaries of a range as they are stored: byte strings, and the segments in use.

A day at a time, by the index: a string of 20 MB takes the server twice the time of thirty short
ones to make, as it grows by copies of itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from models.correlation.session_summaries import Segment
from models.metrics.dimensions import SEGMENTS
from models.metrics.intervals import Interval

_of_range = "started_at >= :start AND started_at < :end"
# Drawn by a hash of the session, so that a page shows the same sessions when it is read again.
_drawn = "CAST(uuid_hash(session_id) AS bigint) + 2147483648 < :share * 4294967296.0"
_CONCATENATED = (
    "SELECT day.figures, day.ages FROM generate_series(CAST(:start AS timestamptz), "
    "CAST(:end AS timestamptz), interval '24 hours') AS part (since) CROSS JOIN LATERAL ("
    "SELECT string_agg(figures, '') AS figures, string_agg(ages, '') AS ages "
    "FROM session_summaries WHERE started_at >= since "
    "AND started_at < since + interval '24 hours' AND {where}) AS day "
    "WHERE day.figures IS NOT NULL"
)
LABELS = text(f"SELECT id, {', '.join(SEGMENTS)} FROM session_segments WHERE id = ANY(:ids)")
FIRST = text("SELECT min(started_at) FROM session_summaries")


@dataclass(frozen=True, slots=True)
class PackedSummaries:
    """`figures` and `ages` of sessions one after the other, both in the same order; `share` of
    those that match are read."""

    figures: bytes
    ages: bytes
    share: float


def packed(
    connection: Connection, interval: Interval, filters: Mapping[str, Collection[str]], most: int
) -> PackedSummaries:
    """The summaries of sessions that began in the interval, with one of the values by dimension of
    `filters`: about `most`, drawn at random, where there are more."""
    where, values = _condition(interval, filters)
    # Those of the range are counted in their index, and only of too many those that match.
    count = _count(connection, *_condition(interval, {}))
    if filters and count > most:
        count = _count(connection, where, values)
    share = min(1.0, most / max(count, 1))
    drawn = where if share == 1 else f"{where} AND {_drawn}"
    statement = text(_CONCATENATED.format(where=drawn))
    days = connection.execute(statement, values | {"share": share}).all()
    return PackedSummaries(
        b"".join(row[0] for row in days), b"".join(row[1] for row in days), share
    )


def labels(connection: Connection, segments: Collection[int]) -> dict[int, Segment]:
    """The values of segments by id."""
    rows = connection.execute(LABELS, {"ids": [int(each) for each in segments]})
    return {row[0]: tuple(row[1:]) for row in rows}


def first_start(connection: Connection) -> datetime | None:
    """When the first session that is summed up began."""
    first: datetime | None = connection.execute(FIRST).scalar_one()
    return first


def _count(connection: Connection, where: str, values: Mapping[str, object]) -> int:
    statement = text(f"SELECT count(*) FROM session_summaries WHERE {where}")
    return int(connection.execute(statement, values).scalar_one())


def _condition(
    interval: Interval, filters: Mapping[str, Collection[str]]
) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {"start": interval[0], "end": interval[1]}
    if not filters:
        return _of_range, values
    values |= {f"of_{name}": list(names) for name, names in filters.items()}
    matching = " AND ".join(f"{name} = ANY(:of_{name})" for name in SEGMENTS if name in filters)
    segments = f"SELECT id FROM session_segments WHERE {matching}"
    return f"{_of_range} AND segment = ANY(ARRAY({segments}))", values
