"""Sessions counted by the hour in which they were first heard of, per app and dimension.

Of the hours without a dimension the minutes are counted too, for ranges that are told by them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from .report_aggregates import BY_VALUE, OF_VALUE

STARTS = text(
    f"SELECT app, date_trunc('hour', first_seen, 'UTC') AS t, {OF_VALUE}, count(*) AS started, "
    "count(*) FILTER (WHERE abnormal_closes > 0) AS abnormal "
    "FROM sessions WHERE first_seen >= :start AND first_seen < :end "
    f"GROUP BY 1, 2, {BY_VALUE} ORDER BY 2, 1, 3, 4"
)
MINUTES = text(
    "SELECT app, date_trunc('hour', first_seen, 'UTC') AS t, "
    "CAST(extract(minute FROM first_seen AT TIME ZONE 'UTC') AS integer) AS minute, "
    "count(*) AS started, count(*) FILTER (WHERE abnormal_closes > 0) AS abnormal "
    "FROM sessions WHERE first_seen >= :start AND first_seen < :end GROUP BY 1, 2, 3"
)
# What came to an hour since it was counted is told by the marks of its minutes.
COUNTED = text(
    """
SELECT h FROM generate_series(CAST(:start AS timestamptz), :end - interval '1 hour', '1 hour') AS h
WHERE NOT EXISTS (SELECT 1 FROM session_hours
                  WHERE t = h AND dimension = '' AND value = '' AND started_by_minute IS NULL)
  AND NOT EXISTS (SELECT 1 FROM touched WHERE source IN ('reports', 'sessions')
                  AND minute >= h AND minute < h + interval '1 hour')
ORDER BY 1
"""
)
DAYS = text(
    """
INSERT INTO session_days (dimension, value, t, app, started, abnormal)
SELECT dimension, value, CAST(:start AS timestamptz), app, sum(started), sum(abnormal)
FROM session_hours WHERE t >= :start AND t < :end GROUP BY 1, 2, 4
ON CONFLICT (dimension, value, t, app)
DO UPDATE SET started = excluded.started, abnormal = excluded.abnormal
"""
)


def starts(connection: Connection, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Per app, hour `t`, `dimension` and `value`: sessions `started`, `abnormal` ones of them."""
    found = connection.execute(STARTS, {"start": start, "end": end})
    return [dict(row) for row in found.mappings()]


def minutes(connection: Connection, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Per app, hour `t` and `minute` of it (0 to 59): `started` and `abnormal` as in `starts`."""
    found = connection.execute(MINUTES, {"start": start, "end": end})
    return [dict(row) for row in found.mappings()]


def counted_hours(connection: Connection, start: datetime, end: datetime) -> list[datetime]:
    """The hours of [start, end), both whole ones and settled, to which nothing came since they
    were counted with their minutes."""
    return list(connection.execute(COUNTED, {"start": start, "end": end}).scalars())


def add_up_day(connection: Connection, start: datetime, end: datetime) -> None:
    """Make the day's cells from those of its hours."""
    connection.execute(DAYS, {"start": start, "end": end})
