"""What each session of people brings, by the quantities of `client_columns.OF_SESSIONS`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from models.database.intervals import condition
from models.metrics.client_columns import OF_SESSIONS, PACKED
from models.metrics.intervals import Interval
from models.raw.sessions import IS_PERSON
from models.rollups.report_aggregates import TRIES

Rows = Sequence[Sequence[Any]]
_EXPRESSIONS = {
    **{name: f"string_agg({name}, ''::bytea)" for name in PACKED},
    "recovery": "sum(cardinality(recovery_ms))",
    "page_load": "count(page_load_ms)",
    "tries": f"sum({TRIES})",
    "messages": "CAST(sum(CAST(sent AS bigint) + received) AS bigint)",
}
SESSION_ID = "uuid_send(session_id)"
# In the order of `OF_SESSIONS`: sums, and of those in `PACKED` concatenated histograms.
AMOUNTS = tuple(_EXPRESSIONS.get(name, f"sum({name})") for name in OF_SESSIONS)


def by_session(
    connection: Connection, level: str, intervals: Sequence[Interval], dimensions: Sequence[str]
) -> Rows:
    """Rows of app, `t` (start of the minute or hour), the values of `dimensions` (`None`: no
    value), sample rate, session id (16 bytes) and `AMOUNTS`."""
    where, values = condition(intervals)
    listed = "".join(f", {name}" for name in dimensions)
    statement = (
        f"SELECT app, date_trunc('{level}', period_end, 'UTC') AS t{listed}, sample_rate, "
        f"{SESSION_ID}, {', '.join(AMOUNTS)} FROM client_reports WHERE {where} AND {IS_PERSON} "
        f"GROUP BY app, 2{listed}, sample_rate, session_id"
    )
    return connection.execute(text(statement), values).all()
