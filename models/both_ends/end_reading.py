"""Reads how connections ended at both ends: counts by hours, and single connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from models.database.engine import Database

from .end_counts import BROWSER, SERVER

MOST_CELLS = 5000
COUNTS = text(
    f"""
SELECT app, server, browser, CAST(sum(connections) AS bigint) AS connections
FROM connection_end_counts
WHERE hour >= :start AND hour < :end AND (CAST(:app AS text) IS NULL OR app = :app)
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT {MOST_CELLS}
"""
)
CONNECTIONS = text(
    f"""
SELECT *, {SERVER} AS server, {BROWSER} AS browser FROM connection_ends
WHERE ended_at >= :start AND ended_at < :end AND (CAST(:app AS text) IS NULL OR app = :app)
  AND (CAST(:server AS text) IS NULL OR {SERVER} = :server)
  AND (CAST(:browser AS text) IS NULL OR {BROWSER} = :browser)
  AND (CAST(:id AS uuid) IS NULL OR connection_id = :id)
ORDER BY ended_at DESC, connection_id LIMIT :limit
"""
)


@dataclass(frozen=True, slots=True)
class EndCount:
    """Connections of an app that ended so."""

    app: str
    server: str
    browser: str
    connections: int


class ConnectionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One connection as it is stored; `server` and `browser` are its endings as `EndCount` has
    them."""

    app: str
    connection_id: UUID
    ended_at: datetime
    server: str
    browser: str
    browser_ended_at: datetime | None
    browser_open_ms: int | None
    browser_code: int | None
    browser_by: str | None
    browser_own_code: int | None
    browser_sent: int | None
    browser_received: int | None
    session_id: UUID | None
    endpoint: str | None
    server_ended_at: datetime | None
    server_open_ms: int | None
    server_code: int | None
    server_by: str | None
    server_error: str | None
    server_sent: int | None
    server_received: int | None
    service: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndFilter:
    """Which connections: of an app, with these endings, of one id."""

    app: str | None = None
    server: str | None = None
    browser: str | None = None
    id: UUID | None = None


def counts(
    database: Database, start: datetime, end: datetime, app: str | None
) -> Sequence[EndCount]:
    """Counts of the hours that begin in [start, end), the largest first. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        rows = connection.execute(COUNTS, {"start": start, "end": end, "app": app})
        return [EndCount(*row) for row in rows]


def connections(
    database: Database, start: datetime, end: datetime, selected: EndFilter, limit: int
) -> Sequence[ConnectionRow]:
    """The newest connections that ended in [start, end). Raises `DatabaseAway`."""
    values: dict[str, Any] = {name: getattr(selected, name) for name in EndFilter.__slots__}
    values |= {"start": start, "end": end, "limit": limit}
    names = ConnectionRow.__struct_fields__
    with database.transaction() as connection:
        rows = connection.execute(CONNECTIONS, values).mappings()
        return [ConnectionRow(**{name: row[name] for name in names}) for row in rows]
