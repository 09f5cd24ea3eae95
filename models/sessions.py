"""One row per session of a browser, kept up to date by the insert of its reports."""

from sqlalchemy import BigInteger, Column, DateTime, Float, Index, Table, Text, Uuid

from .base import Base

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
    *(
        Column(name, Text())
        for name in ("release", "page", "country", "browser", "os", "effective_type")
    ),
    Index(None, "first_seen"),
    Index(None, "last_seen"),
)
