"""One row per session of a browser, kept up to date by the insert of its reports."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base
from models.database.engine import Database

DELETED_AT_ONCE = 10_000
# Sessions carried over into a range: these few long ones, and those that began shortly before it.
IS_BLIND = "may_be_blind IS NOT NULL"
IS_AUTOMATED = "automated IS NOT NULL"
IS_PERSON = "automated IS NULL"  # neither crawler nor probe
IS_LONG = "last_seen - first_seen > interval '1 hour'"

sessions = Table(
    "sessions",
    Base.metadata,
    Column("session_id", Uuid(), primary_key=True),
    Column("app", Text(), nullable=False),
    Column("first_seen", DateTime(timezone=True), nullable=False),
    Column("last_seen", DateTime(timezone=True), nullable=False),
    Column("reports", BigInteger(), nullable=False),
    Column("weight", Float(53), nullable=False),
    Column("abnormal_closes", BigInteger(), nullable=False),
    # Set by the last insert for its own use: which minutes it has to mark dirty.
    Column("changed", Boolean(), nullable=False, server_default="false"),
    Column("first_seen_before", DateTime(timezone=True)),
    # Of the newest report by its period: its gauge, and whether its page was left.
    Column("open_losses", Integer()),
    Column("leaving", Boolean()),
    # Of the newest report that names any: why the monitor may not see everything.
    Column("may_be_blind", JSONB()),
    # How many of its reports its row of `session_summaries` counts.
    Column("summarized_reports", BigInteger(), nullable=False, server_default="0"),
    # The name of a crawler, headless check or uptime probe.
    Column("automated", Text()),
    *(
        Column(name, Text())
        for name in ("release", "page", "country", "browser", "os", "effective_type")
    ),
    Index(None, "first_seen"),
    Index(None, "last_seen"),
    Index("ix_sessions_long", "last_seen", postgresql_where=text(IS_LONG)),
    Index("ix_sessions_blind", "last_seen", postgresql_where=text(IS_BLIND)),
    Index(
        "ix_sessions_not_summarized",
        "last_seen",
        postgresql_where=text("reports <> summarized_reports"),
    ),
    Index("ix_sessions_automated", "last_seen", postgresql_where=text(IS_AUTOMATED)),
)

FORGET = text(
    """
DELETE FROM sessions WHERE session_id IN (
  SELECT session_id FROM sessions WHERE last_seen < :before ORDER BY last_seen LIMIT :most)
"""
)


def forget(database: Database, before: datetime) -> int:
    """Delete sessions last seen before, in short transactions; how many. Raises `DatabaseAway`."""
    total = 0
    while True:
        with database.transaction() as connection:
            values = {"before": before, "most": DELETED_AT_ONCE}
            deleted = connection.execute(FORGET, values).rowcount
        total += deleted
        if deleted < DELETED_AT_ONCE:
            return total
