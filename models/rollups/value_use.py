"""How many sessions of people use each value of a dimension: what decides about its place."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from models.metrics.dimensions import CELL_DIMENSIONS, UNKNOWN
from models.raw.sessions import IS_PERSON

from .tracked_values import Value


def sessions_by_value(
    connection: Connection, dimension: str, start: datetime, end: datetime
) -> Mapping[Value, int]:
    """The sessions that reported each value in [start, end); of `app` those of each app, whose
    dimension and value are ''. Raises `ValueError` for another dimension."""
    if dimension not in (*CELL_DIMENSIONS, "app"):
        raise ValueError(f"{dimension!r} has no cells")
    columns = (
        "'', ''" if dimension == "app" else f"'{dimension}', coalesce({dimension}, '{UNKNOWN}')"
    )
    is_reported = "true" if dimension != "protocol" else "protocol IS NOT NULL"
    query = text(
        f"SELECT app, {columns}, count(DISTINCT session_id) FROM client_reports "
        f"WHERE period_end >= :start AND period_end < :end AND {IS_PERSON} AND {is_reported} "
        "GROUP BY 1, 2, 3"
    )
    rows = connection.execute(query, {"start": start, "end": end})
    return {(app, name, value): int(number) for app, name, value, number in rows}


def used_values(connection: Connection, since: datetime) -> set[Value]:
    """The values with cells of complete hours since; of apps themselves the others are ''."""
    query = text("SELECT DISTINCT app, dimension, value FROM client_hours WHERE t >= :since")
    return {(app, name, value) for app, name, value in connection.execute(query, {"since": since})}
