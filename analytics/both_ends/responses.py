"""The answers of API and pages about both ends of connections."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from analytics.stats.estimates import Share
from models.both_ends.end_reading import ConnectionRow

from .agreement import EndsVerdict, verdict_of
from .sentences import sentence_of


class EndingCount(msgspec.Struct, frozen=True, kw_only=True):
    """Connections whose server and browser saw these endings."""

    server: str
    browser: str
    connections: int
    verdict: EndsVerdict


class BothEnds(msgspec.Struct, frozen=True, kw_only=True):
    """Connections with an id that ended in the full hours of [`start`, `end`). Both ends told of
    `met`; `agree` is the share of those whose codes can be compared."""

    start: datetime
    end: datetime
    filters: dict[str, str]
    connections: int
    met: int
    only_server: int
    only_browser: int
    not_comparable: int
    agree: Share
    endings: Sequence[EndingCount]


class BrowserEnding(msgspec.Struct, frozen=True, kw_only=True):
    """What the page saw. `open_ms` is null of what never opened, `code` of a page that was left;
    `own_code` is what the page gave to `close`."""

    ended_at: datetime
    open_ms: int | None
    code: int | None
    by: str
    own_code: int | None
    sent: int
    received: int
    session_id: UUID
    endpoint: str | None


class ServerEnding(msgspec.Struct, frozen=True, kw_only=True):
    """What the server saw. `code` and `by` are null where its software does not tell them."""

    ended_at: datetime
    open_ms: int
    code: int | None
    by: str | None
    error: str | None
    sent: int
    received: int
    service: str


class ConnectionStory(msgspec.Struct, frozen=True, kw_only=True):
    """One connection; a side is null that told nothing, or not yet."""

    id: UUID
    app: str
    ended_at: datetime
    verdict: EndsVerdict
    sentence: str
    server_ending: str
    browser_ending: str
    server: ServerEnding | None
    browser: BrowserEnding | None


class ConnectionStories(msgspec.Struct, frozen=True, kw_only=True):
    """The newest connections that ended in [`start`, `end`)."""

    start: datetime
    end: datetime
    filters: dict[str, str]
    connections: Sequence[ConnectionStory]


def story_of(row: ConnectionRow) -> ConnectionStory:
    """A stored connection as an answer."""
    return ConnectionStory(
        id=row.connection_id,
        app=row.app,
        ended_at=row.ended_at,
        verdict=verdict_of(row.server, row.browser),
        sentence=sentence_of(row),
        server_ending=row.server,
        browser_ending=row.browser,
        server=_server(row),
        browser=_browser(row),
    )


def _server(row: ConnectionRow) -> ServerEnding | None:
    if row.server_ended_at is None:
        return None
    return ServerEnding(**_fields(ServerEnding.__struct_fields__, row, "server"))


def _browser(row: ConnectionRow) -> BrowserEnding | None:
    if row.browser_ended_at is None:
        return None
    return BrowserEnding(**_fields(BrowserEnding.__struct_fields__, row, "browser"))


def _fields(names: Sequence[str], row: ConnectionRow, prefix: str) -> dict[str, Any]:
    columns = ConnectionRow.__struct_fields__
    return {
        name: getattr(row, f"{prefix}_{name}" if f"{prefix}_{name}" in columns else name)
        for name in names
    }
