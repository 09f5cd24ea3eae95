"""Sessions counted by the hour in which they were first heard of, per app and dimension."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from .report_groups import BY_VALUE, OF_VALUE

STARTS = text(
    f"SELECT app, date_trunc('hour', first_seen, 'UTC') AS t, {OF_VALUE}, count(*) AS started, "
    "count(*) FILTER (WHERE abnormal_closes > 0) AS abnormal "
    "FROM sessions WHERE first_seen >= :start AND first_seen < :end "
    f"GROUP BY 1, 2, {BY_VALUE} ORDER BY 2, 1, 3, 4"
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


def add_up_day(connection: Connection, start: datetime, end: datetime) -> None:
    """Make the day's cells from those of its hours."""
    connection.execute(DAYS, {"start": start, "end": end})
