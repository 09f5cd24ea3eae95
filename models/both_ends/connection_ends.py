"""Connections with an id of their own, and how each end saw them end: one row a connection.

The browser's monitor makes the id and puts it into the address of the socket; whoever measures the
server reads it there. Either end may come first, or alone. Rows are kept for days, their counts
(`end_counts`) as long as rollups.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from models.database.base import Base
from models.metrics.close_codes import BrowserBy, ServerBy

RETENTION = timedelta(days=7)

_INSTANT = DateTime(timezone=True)
connection_ends = Table(
    "connection_ends",
    Base.metadata,
    Column("app", Text(), primary_key=True),
    Column("connection_id", Uuid(), primary_key=True),
    Column("ended_at", _INSTANT, nullable=False),
    Column("is_counted", Boolean(), nullable=False, server_default=text("false")),
    Column("browser_ended_at", _INSTANT),
    Column("browser_open_ms", BigInteger()),
    Column("browser_code", Integer()),
    Column("browser_by", Text()),
    Column("browser_own_code", Integer()),
    Column("browser_sent", BigInteger()),
    Column("browser_received", BigInteger()),
    Column("session_id", Uuid()),
    Column("endpoint", Text()),
    Column("server_ended_at", _INSTANT),
    Column("server_open_ms", BigInteger()),
    Column("server_code", Integer()),
    Column("server_by", Text()),
    Column("server_error", Text()),
    Column("server_sent", BigInteger()),
    Column("server_received", BigInteger()),
    Column("service", Text()),
    Index(None, "ended_at"),
    Index("ix_connection_ends_uncounted", "ended_at", postgresql_where=text("NOT is_counted")),
)


class BrowserEnd(msgspec.Struct, frozen=True, kw_only=True):
    """What a page saw. `browser_open_ms` is `None` of what never opened; `browser_code` is what it
    read, `None` of a page that was left before; `browser_own_code` what it gave to `close`."""

    app: str
    connection_id: UUID
    browser_ended_at: datetime
    browser_open_ms: int | None
    browser_code: int | None
    browser_by: BrowserBy
    browser_own_code: int | None
    browser_sent: int
    browser_received: int
    session_id: UUID
    endpoint: str | None


class ServerEnd(msgspec.Struct, frozen=True, kw_only=True):
    """What a server saw. Code and who closed first are `None` where its software does not tell."""

    app: str
    connection_id: UUID
    server_ended_at: datetime
    server_open_ms: int
    server_code: int | None
    server_by: ServerBy | None
    server_error: str | None
    server_sent: int
    server_received: int
    service: str
