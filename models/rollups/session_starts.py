"""Sessions of people by the hour of their first report, per app and dimension.

Totals also count by minute, for ranges with steps of minutes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from models.raw.sessions import IS_PERSON

from .report_aggregates import by_value, of_value

STARTS = text(
    f"SELECT app, date_trunc('hour', first_seen, 'UTC') AS t, {of_value()}, count(*) AS started, "
    "count(*) FILTER (WHERE abnormal_closes > 0) AS abnormal "
    f"FROM sessions WHERE first_seen >= :start AND first_seen < :end AND {IS_PERSON} "
    f"GROUP BY 1, 2, {by_value()} ORDER BY 2, 1, 3, 4"
)
MINUTES = text(
    "SELECT app, date_trunc('hour', first_seen, 'UTC') AS t, "
    "CAST(extract(minute FROM first_seen AT TIME ZONE 'UTC') AS integer) AS minute, "
    "count(*) AS started, count(*) FILTER (WHERE abnormal_closes > 0) AS abnormal "
    f"FROM sessions WHERE first_seen >= :start AND first_seen < :end AND {IS_PERSON} "
    "GROUP BY 1, 2, 3"
)
# An hour with dirty minutes has changed since it was counted.
COUNTED = text(
    """
SELECT h FROM generate_series(CAST(:start AS timestamptz), :end - interval '1 hour', '1 hour') AS h
WHERE NOT EXISTS (SELECT 1 FROM session_hours
                  WHERE t = h AND dimension = '' AND value = '' AND started_by_minute IS NULL)
  AND NOT EXISTS (SELECT 1 FROM dirty_minutes WHERE source IN ('reports', 'sessions')
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
    """Sessions `started`, and `abnormal` ones, per app, hour `t`, `dimension` and `value`."""
    cursor = connection.execute(STARTS, {"start": start, "end": end})
    return [dict(row) for row in cursor.mappings()]


def minutes(connection: Connection, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """`started` and `abnormal` as in `starts`, per app, hour `t` and its `minute` (0 to 59)."""
    cursor = connection.execute(MINUTES, {"start": start, "end": end})
    return [dict(row) for row in cursor.mappings()]


def counted_hours(connection: Connection, start: datetime, end: datetime) -> list[datetime]:
    """The hours that are counted by minute and have no dirty minute; `start` and `end` are full
    hours, and [start, end) is complete."""
    return list(connection.execute(COUNTED, {"start": start, "end": end}).scalars())


def add_up_day(connection: Connection, start: datetime, end: datetime) -> None:
    """Add up the hourly cells of a day into its daily cells."""
    connection.execute(DAYS, {"start": start, "end": end})
