"""The transactional outbox: messages written in the commit that causes them, sent afterwards.

A row is one message to one recipient. Claiming it counts the try and sets the time of the next
one, so the row of a sender that dies is due again.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import uuid4

import msgspec
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from models.database.base import Base

from .recipients import Recipient

outbox = Table(
    "outbox",
    Base.metadata,
    Column("id", Uuid(), primary_key=True),
    Column("recipient_id", Uuid(), ForeignKey("recipients.id", ondelete="CASCADE"), nullable=False),
    Column("subject", Text(), nullable=False),
    Column("content", Text(), nullable=False),
    Column("group_key", Text(), nullable=False),
    Column("once_key", Text(), unique=True),
    Column("state", Text(), nullable=False),
    Column("tries", Integer(), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("next_try_at", DateTime(timezone=True), nullable=False),
    Column("claimed_until", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("answer", Text()),
    CheckConstraint("subject IN ('alerts', 'digest')", name="subject"),
    CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="state"),
    Index(
        "ix_outbox_waiting",
        "recipient_id",
        "next_try_at",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(None, "created_at"),
)


class QueuedNotice(Protocol):
    """What the outbox reads of a notice; all of it is stored as JSON."""

    @property
    def kind(self) -> str: ...


class OutgoingMessage(NamedTuple):
    """Notices of one group, `msgspec` structs, and to whom they go."""

    notices: Sequence[QueuedNotice]
    recipients: Sequence[Recipient]
    group_key: str


def enqueue(connection: Connection, messages: Iterable[OutgoingMessage], at: datetime) -> int:
    """Queue each message for each of its recipients, in the caller's transaction: all by one
    statement. Recipients without `wants_resolved` get no notice of kind `resolved`. Returns the
    number of rows."""
    rows = [row for message in messages for row in _rows(message, at)]
    if rows:
        connection.execute(insert(outbox), rows)
    return len(rows)


def _rows(message: OutgoingMessage, at: datetime) -> Iterator[dict[str, object]]:
    unresolved = [notice for notice in message.notices if notice.kind != "resolved"]
    for recipient in message.recipients:
        notices = message.notices if recipient.wants_resolved else unresolved
        if notices:
            content = msgspec.json.encode(notices)
            yield _row(recipient, "alerts", content, message.group_key, at)


def enqueue_digest(
    connection: Connection, digest: msgspec.Struct, recipient: Recipient, week: str, at: datetime
) -> bool:
    """Queue the digest of a week for one recipient; False: it was queued before."""
    row = _row(recipient, "digest", msgspec.json.encode(digest), week, at)
    row["once_key"] = f"digest {week} {recipient.id}"
    statement = insert(outbox).values(row).on_conflict_do_nothing(index_elements=["once_key"])
    return connection.execute(statement).rowcount == 1


def _row(
    recipient: Recipient, subject: str, content: bytes, group_key: str, at: datetime
) -> dict[str, object]:
    return {
        "id": uuid4(),
        "recipient_id": recipient.id,
        "subject": subject,
        "content": content.decode(),
        "group_key": group_key,
        "once_key": None,
        "state": "waiting",
        "tries": 0,
        "created_at": at,
        "next_try_at": at,
    }
