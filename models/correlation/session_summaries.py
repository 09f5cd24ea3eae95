"""Sessions of people summed up, one row each, once they have ended; deleted with their session.

`figures` is a record of fixed length and `ages` some of another, so that the rows of a range are
read as two values without a step for each row (`analytics.correlation.sessions.packing`). The other
columns repeat of it what rows are searched by. Segments hold the values of a session's dimensions
once for all sessions that share them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from models.database.base import Base
from models.metrics.dimensions import SEGMENTS

Segment = tuple[str, ...]  # a value of each of SEGMENTS

session_segments = Table(
    "session_segments",
    Base.metadata,
    Column("id", Integer(), Identity(always=True), primary_key=True),
    *(Column(name, Text(), nullable=False) for name in SEGMENTS),
    UniqueConstraint(*SEGMENTS, name="uq_session_segments"),
)
session_summaries = Table(
    "session_summaries",
    Base.metadata,
    Column(
        "session_id", Uuid(), ForeignKey("sessions.session_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("segment", Integer(), nullable=False),
    Column("figures", LargeBinary(), nullable=False),
    Column("ages", LargeBinary(), nullable=False),
    Index(None, "started_at"),
)  # fmt: skip

_segment = ", ".join(SEGMENTS)
# Segments that are looked up here may not be forgotten before the rows that name them are there.
ALONE = text("LOCK TABLE session_segments IN SHARE ROW EXCLUSIVE MODE")
IDS = text(
    f"SELECT id, {_segment} FROM session_segments WHERE ({_segment}) IN (SELECT * FROM unnest("
    + ", ".join(f"CAST(:{name} AS text[])" for name in SEGMENTS)
    + "))"
)
# In the order in which inserts of reports take them; those deleted meanwhile are left out.
LOCK = text(
    "SELECT session_id FROM sessions WHERE session_id = ANY(CAST(:ids AS uuid[])) "
    "ORDER BY session_id FOR NO KEY UPDATE"
)
SUMMARIZED = text(
    "UPDATE sessions SET summarized_reports = s.reports "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:reports AS bigint[])) AS s (session_id, reports) "
    "WHERE sessions.session_id = s.session_id"
)
REMOVE = text("DELETE FROM session_summaries WHERE session_id = ANY(CAST(:ids AS uuid[]))")
FORGET = text(
    "DELETE FROM session_segments AS s WHERE NOT EXISTS "
    "(SELECT 1 FROM session_summaries WHERE segment = s.id)"
)


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A row of `session_summaries`."""

    session_id: UUID
    started_at: datetime
    segment: int
    figures: bytes
    ages: bytes


def begin(connection: Connection) -> None:
    """Wait until no other transaction writes summaries."""
    connection.execute(ALONE)


def segment_ids(connection: Connection, segments: Collection[Segment]) -> dict[Segment, int]:
    """The ids of segments; those without one get one. After `begin`."""
    ids = _stored_ids(connection, segments)
    missing = sorted({*segments} - ids.keys())
    if missing:
        rows = [dict(zip(SEGMENTS, segment, strict=True)) for segment in missing]
        connection.execute(session_segments.insert(), rows)
        ids |= _stored_ids(connection, missing)
    return ids


def lock_sessions(connection: Connection, sessions: Iterable[UUID]) -> set[UUID]:
    """Those of the sessions that are stored: until the transaction ends they stay so."""
    return set(connection.execute(LOCK, {"ids": _texts(sessions)}).scalars())


def write(connection: Connection, rows: Sequence[SummaryRow]) -> None:
    """Store rows of sessions that are locked, instead of those stored before."""
    if rows:
        names = ("session_id", "started_at", "segment", "figures", "ages")
        statement = insert(session_summaries)
        replaced = {name: statement.excluded[name] for name in names[1:]}
        statement = statement.on_conflict_do_update(index_elements=names[:1], set_=replaced)
        values = [{name: getattr(row, name) for name in names} for row in rows]
        connection.execute(statement, values)


def remove(connection: Connection, sessions: Iterable[UUID]) -> None:
    """Delete the rows of these sessions."""
    connection.execute(REMOVE, {"ids": _texts(sessions)})


def mark_summarized(connection: Connection, reports: Mapping[UUID, int]) -> None:
    """So many reports of each session are summed up, or never will be."""
    values = {"ids": _texts(reports), "reports": list(reports.values())}
    connection.execute(SUMMARIZED, values)


def forget_segments(connection: Connection) -> int:
    """Delete the segments that no session has any more; how many. After `begin`."""
    return connection.execute(FORGET).rowcount


def _stored_ids(connection: Connection, segments: Collection[Segment]) -> dict[Segment, int]:
    columns = zip(*segments, strict=True) if segments else ((),) * len(SEGMENTS)
    values = {name: list(each) for name, each in zip(SEGMENTS, columns, strict=True)}
    return {tuple(row[1:]): row[0] for row in connection.execute(IDS, values)}


def _texts(sessions: Iterable[UUID]) -> list[str]:
    return [str(session) for session in sessions]
