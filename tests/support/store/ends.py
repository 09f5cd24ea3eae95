"""Connections whose ends are stored, by their endings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from models.both_ends import end_insert
from models.both_ends.connection_ends import BrowserEnd, ServerEnd
from models.both_ends.end_counts import EndCounts
from models.database.engine import Database


def store_ends(
    database: Database, at: datetime, endings: Sequence[tuple[str, str]], app: str = "portal"
) -> list[UUID]:
    """Store and count connections that ended at that time, each as (server, browser) say; ids."""
    ids = [uuid4() for _ in endings]
    ends: list[BrowserEnd | ServerEnd] = []
    for connection_id, (server, browser) in zip(ids, endings, strict=True):
        if server != "none":
            ends.append(server_end(app, connection_id, at, server))
        if browser != "none":
            ends.append(browser_end(app, connection_id, at, browser))
    with database.transaction() as connection:
        end_insert.record(connection, ends)
    EndCounts(database, lambda _connection: None).count()
    return ids


def server_end(
    app: str, connection_id: UUID, at: datetime, ending: str, **changes: Any
) -> ServerEnd:
    """What a server saw: open for 5 s, two messages sent and three received."""
    code, by = _parts(ending)
    fields: dict[str, Any] = {
        "app": app, "connection_id": connection_id, "server_ended_at": at, "server_code": code,
        "server_by": by or None, "server_open_ms": 5000, "server_error": None, "server_sent": 2,
        "server_received": 3, "service": "chat",
    }  # fmt: skip
    return ServerEnd(**{**fields, **changes})


def browser_end(
    app: str, connection_id: UUID, at: datetime, ending: str, **changes: Any
) -> BrowserEnd:
    """What the browser saw of the same."""
    code, by = _parts(ending)
    fields: dict[str, Any] = {
        "app": app, "connection_id": connection_id, "browser_ended_at": at, "browser_code": code,
        "browser_by": by or ending, "browser_open_ms": 5000, "browser_own_code": None,
        "browser_sent": 3, "browser_received": 2, "session_id": UUID(int=7), "endpoint": "/ws",
    }  # fmt: skip
    return BrowserEnd(**{**fields, **changes})


def _parts(ending: str) -> tuple[int | None, str]:
    code, _, by = ending.partition("/")
    return (int(code) if code.isdigit() else None), by
