"""Connections by how both ends saw them end, per app and hour (UTC).

An ending is a text: `1000/client` (code and who closed first), `1000` where a server does not say
who, `unknown` where it does not say the code, `left` of a page that was left before, and `none` of
an end that said nothing (yet). An app whose servers said nothing in an hour is not counted in it:
anybody may name apps in a browser, and counts are kept for long.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, DateTime, Table, Text, text

from models.database.base import Base
from models.database.engine import Database
from models.metrics.close_codes import LEFT, NO_END, UNKNOWN

MOST_HOURS = 200  # of one round

connection_end_counts = Table(
    "connection_end_counts",
    Base.metadata,
    Column("app", Text(), primary_key=True),
    Column("hour", DateTime(timezone=True), primary_key=True),
    Column("server", Text(), primary_key=True),
    Column("browser", Text(), primary_key=True),
    Column("connections", BigInteger(), nullable=False),
)
SERVER = f"""CASE
WHEN server_ended_at IS NULL THEN '{NO_END}'
WHEN server_code IS NULL THEN '{UNKNOWN}'
ELSE server_code || coalesce('/' || server_by, '') END"""
BROWSER = f"""CASE
WHEN browser_ended_at IS NULL THEN '{NO_END}'
WHEN browser_by = '{LEFT}' THEN '{LEFT}'
ELSE browser_code || '/' || browser_by END"""
HOUR = "date_trunc('hour', ended_at, 'UTC')"

# Rows are marked first: what changes meanwhile is unmarked again, and counted by the next round.
MARK = text(
    f"""
WITH oldest AS (
  SELECT DISTINCT {HOUR} AS hour FROM connection_ends WHERE NOT is_counted ORDER BY 1 LIMIT :hours
), marked AS (
  UPDATE connection_ends SET is_counted = true
  WHERE NOT is_counted AND {HOUR} IN (SELECT hour FROM oldest) RETURNING app, ended_at
)
SELECT DISTINCT app, {HOUR} AS hour FROM marked
"""
)
CLEAR = text("DELETE FROM connection_end_counts WHERE app = :app AND hour = :hour")
COUNT = text(
    f"""
INSERT INTO connection_end_counts (app, hour, server, browser, connections)
SELECT :app, :hour, {SERVER}, {BROWSER}, count(*) FROM connection_ends
WHERE app = :app AND ended_at >= :hour AND ended_at < :hour + interval '1 hour'
GROUP BY 3, 4
HAVING bool_or(server_ended_at IS NOT NULL) OR EXISTS (
  SELECT FROM connection_ends
  WHERE app = :app AND ended_at >= :hour AND ended_at < :hour + interval '1 hour'
    AND server_ended_at IS NOT NULL
)
"""
)


class EndCounts:
    """The repository of counts. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database, confirm: Callable[[Connection], None]) -> None:
        """`confirm` raises in a transaction of a scheduler that does not lead any more."""
        self._database, self._confirm = database, confirm

    def count(self) -> int:
        """Count the hours anew that got ends since; how many."""
        with self._database.transaction() as connection:
            self._confirm(connection)
            hours = connection.execute(MARK, {"hours": MOST_HOURS}).mappings().all()
            for hour in hours:
                connection.execute(CLEAR, dict(hour))
                connection.execute(COUNT, dict(hour))
        return len(hours)

    def forget(self, ends_before: datetime, counts_before: datetime) -> None:
        """Delete single connections and counts of before."""
        forget_ends = text("DELETE FROM connection_ends WHERE ended_at < :before")
        forget_counts = text("DELETE FROM connection_end_counts WHERE hour < :before")
        with self._database.transaction() as connection:
            self._confirm(connection)
            connection.execute(forget_ends, {"before": ends_before})
            connection.execute(forget_counts, {"before": counts_before})
