"""Stores ends of connections: of each side the first that comes stays."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, TextClause, text

from .connection_ends import BrowserEnd, ServerEnd

_KEY = ("app", "connection_id")
End = BrowserEnd | ServerEnd


def _statement(kind: type[msgspec.Struct], ended_at: str) -> TextClause:
    """Rows go in by the order of their key, so that two workers cannot deadlock."""
    names = kind.__struct_fields__
    columns = ", ".join(names)
    others = ", ".join(f"{name} = excluded.{name}" for name in names if name not in _KEY)
    return text(
        f"""
INSERT INTO connection_ends AS e ({columns}, ended_at)
SELECT {columns}, {ended_at}
FROM json_populate_recordset(NULL::connection_ends, CAST(:rows AS json))
ORDER BY app, connection_id
ON CONFLICT (app, connection_id) DO UPDATE SET {others}, is_counted = false
WHERE e.{ended_at} IS NULL
"""
    )


OF_BROWSERS = _statement(BrowserEnd, "browser_ended_at")
OF_SERVERS = _statement(ServerEnd, "server_ended_at")


def record(connection: Connection, ends: Sequence[End]) -> None:
    """Store what one side saw; nothing of what is stored of it changes."""
    for statement, kind in ((OF_BROWSERS, BrowserEnd), (OF_SERVERS, ServerEnd)):
        rows: dict[tuple[str, Any], End] = {}
        for end in ends:
            if isinstance(end, kind):
                rows.setdefault((end.app, end.connection_id), end)
        if rows:
            encoded = msgspec.json.encode([*rows.values()]).decode()
            connection.execute(statement, {"rows": encoded})
