"""Delivery of the outbox's messages: claimed, sent, retried, dead after a day.

A claim locks the rows and checks their state, so no two senders get the same row. At most one
message per recipient is claimed at a time, so a slow recipient delays nobody else. It is made of
all waiting rows of a cause (`message_batches`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from models.database.engine import Database
from models.database.leases import Lease

from .message_batches import LONGEST_WAIT, MessagePart, due_batch

LONGEST_RESPONSE = 1000
MOST_PARTS = 500
STATES = ("waiting", "sent", "dead")
FIRST_WAIT = timedelta(minutes=1)
DEAD_AFTER = timedelta(hours=24)
CLAIMED_FOR = timedelta(seconds=60)  # longer than one try may take

DUE = text(
    """
SELECT DISTINCT o.recipient_id FROM outbox o JOIN recipients r ON r.id = o.recipient_id
WHERE o.state = 'waiting' AND NOT r.paused
  AND (o.next_try_at <= :now OR o.next_try_at > :furthest)
  AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.recipient_id = o.recipient_id
                  AND b.state = 'waiting' AND b.claimed_until > :now AND b.claimed_until <= :until)
"""
)
# Causes that are due come first, so that many that wait for their next try hold up no other.
WAITING = text(
    """
SELECT r.kind, r.address, r.name, o.claimed_until, o.id, o.subject, o.group_key, o.content, o.tries,
  o.created_at, o.next_try_at
FROM outbox o JOIN recipients r ON r.id = o.recipient_id
WHERE o.recipient_id = :recipient AND o.state = 'waiting' AND NOT r.paused
ORDER BY o.group_key IN (
    SELECT group_key FROM outbox
    WHERE recipient_id = :recipient AND state = 'waiting'
      AND (next_try_at <= :now OR next_try_at > :furthest)
  ) DESC, o.created_at, o.id
LIMIT :most FOR UPDATE OF o
"""
)
CLAIM = text(
    """
UPDATE outbox SET tries = tries + 1, claimed_until = :until,
  next_try_at = :now + LEAST(:longest, :first * power(2, LEAST(tries, 16)))
WHERE id = ANY(:ids)
"""
)
CLAIMED = """
FROM unnest(CAST(:ids AS uuid[]), CAST(:tries AS integer[])) AS claimed (id, tries)
WHERE outbox.id = claimed.id AND outbox.tries = claimed.tries AND outbox.state = 'waiting'
"""
FINISHED = text(
    "UPDATE outbox SET state = :state, finished_at = :now, answer = :answer, claimed_until = NULL"
    + CLAIMED
)
FAILED = text("UPDATE outbox SET answer = :answer, claimed_until = NULL" + CLAIMED)
GIVE_UP = text(
    """
UPDATE outbox SET state = 'dead', finished_at = :now, claimed_until = NULL,
  answer = COALESCE(outbox.answer, CASE WHEN r.paused THEN 'The recipient was paused.' END)
FROM recipients r
WHERE r.id = outbox.recipient_id AND state = 'waiting' AND outbox.created_at <= :before
  AND (outbox.claimed_until IS NULL OR outbox.claimed_until <= :now)
  AND (outbox.tries > 0 OR r.paused)
"""
)
LATEST = text(
    """
SELECT o.id, o.created_at, r.kind, r.name, o.subject, o.group_key, o.state, o.tries,
  CASE WHEN o.state = 'waiting' THEN o.next_try_at END AS next_try_at, o.finished_at, o.answer
FROM outbox o JOIN recipients r ON r.id = o.recipient_id
WHERE CAST(:state AS text) IS NULL OR o.state = :state
ORDER BY o.created_at DESC, o.id LIMIT :most
"""
)
COUNTS = text("SELECT state, count(*) FROM outbox WHERE created_at >= :since GROUP BY state")
DEAD = text(
    """
SELECT count(*) FROM outbox o JOIN recipients r ON r.id = o.recipient_id
WHERE o.state = 'dead' AND o.created_at >= :since AND o.finished_at >= :since
  AND r.kind = ANY(:kinds) AND NOT r.paused
"""
)
NOTICES = text(
    "SELECT content FROM outbox WHERE subject = 'alerts' AND created_at >= :start "
    "AND created_at < :end ORDER BY created_at LIMIT :most"
)
SENT_AT = text(
    "SELECT created_at, group_key, state, count(*) FROM outbox "
    "WHERE subject = 'alerts' AND created_at = ANY(:times) GROUP BY 1, 2, 3"
)
DIGEST_RECIPIENTS = text(
    "SELECT recipient_id FROM outbox WHERE subject = 'digest' AND group_key = :week"
)
FORGET = text("DELETE FROM outbox WHERE state <> 'waiting' AND created_at < :before")


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """One message to be sent now, of at least one row of the outbox, in order of creation. What is
    sent has the identity of the newest row: with each further row it is another message."""

    kind: str
    address: str
    name: str
    parts: tuple[MessagePart, ...]

    @property
    def newest(self) -> MessagePart:
        """The row that the message is named after."""
        return self.parts[-1]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message and its state. `response` is the last reply of the server, or the error."""

    id: UUID
    created_at: datetime
    kind: str
    name: str
    subject: str
    group_key: str
    state: str
    tries: int
    next_try_at: datetime | None
    finished_at: datetime | None
    response: str | None


class Deliveries:
    """The repository of queued messages. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> list[UUID]:
        """The recipients with a message due and none claimed."""
        with self._database.transaction() as connection:
            values = {"now": now, "furthest": now + LONGEST_WAIT, "until": now + CLAIMED_FOR}
            return list(connection.execute(DUE, values).scalars())

    def claim(self, recipient_id: UUID, now: datetime, lease: Lease) -> ClaimedMessage | None:
        """The recipient's due message that waits longest, with this try counted; `None` also while
        another is claimed. Raises `LeaseLost`."""
        with self._database.transaction() as connection:
            lease.confirm(connection)
            values = {
                "recipient": recipient_id,
                "most": MOST_PARTS,
                "now": now,
                "furthest": now + LONGEST_WAIT,
            }
            rows = connection.execute(WAITING, values).all()
            claimed = (row.claimed_until for row in rows if row.claimed_until is not None)
            if any(now < until <= now + CLAIMED_FOR for until in claimed):
                return None
            parts = sorted(
                (MessagePart(*row[4:]) for row in rows), key=attrgetter("created_at", "id")
            )
            batch = due_batch(parts, now)
            if not batch:
                return None
            values = {
                "ids": [part.id for part in batch],
                "now": now,
                "until": now + CLAIMED_FOR,
                "first": FIRST_WAIT,
                "longest": LONGEST_WAIT,
            }
            connection.execute(CLAIM, values)
        counted = tuple(replace(part, tries=part.tries + 1) for part in batch)
        kind, address, name = rows[0][:3]
        return ClaimedMessage(kind, address, name, counted)

    def sent(self, message: ClaimedMessage, response: str, now: datetime) -> None:
        """Mark as sent, with the reply of the server."""
        self._finish(FINISHED, message, response, now, state="sent")

    def failed(self, message: ClaimedMessage, response: str, now: datetime) -> None:
        """Store the error and leave the message for its next try."""
        self._finish(FAILED, message, response, now)

    def refused(self, message: ClaimedMessage, response: str, now: datetime) -> None:
        """Store the error and try no more."""
        self._finish(FINISHED, message, response, now, state="dead")

    def give_up(self, now: datetime, lease: Lease) -> int:
        """Mark as dead what could not be sent within `DEAD_AFTER`; how many. Raises `LeaseLost`."""
        values = {"now": now, "before": now - DEAD_AFTER}
        with self._database.transaction() as connection:
            lease.confirm(connection)
            return connection.execute(GIVE_UP, values).rowcount

    def latest(self, most: int = 100, state: str | None = None) -> list[Delivery]:
        """The newest messages first, of one state or of all."""
        with self._database.transaction() as connection:
            rows = connection.execute(LATEST, {"most": most, "state": state})
            return [Delivery(*row) for row in rows]

    def counts(self, since: datetime) -> dict[str, int]:
        """Number of messages created since then by state: waiting, sent, dead."""
        with self._database.transaction() as connection:
            rows = connection.execute(COUNTS, {"since": since})
            numbers = {str(state): int(number) for state, number in rows}
        return {state: numbers.get(state, 0) for state in STATES}

    def states_at(self, times: Sequence[datetime]) -> dict[tuple[datetime, str], dict[str, int]]:
        """Number of messages about alerts by state, per (`created_at`, group key)."""
        numbers: dict[tuple[datetime, str], dict[str, int]] = {}
        with self._database.transaction() as connection:
            for at, group, state, number in connection.execute(SENT_AT, {"times": list(times)}):
                numbers.setdefault((at, group), {})[state] = number
        return numbers

    def dead(self, since: datetime, kinds: Sequence[str]) -> int:
        """Number of dead messages created since then, to recipients of these kinds."""
        with self._database.transaction() as connection:
            values = {"since": since, "kinds": list(kinds)}
            return int(connection.execute(DEAD, values).scalar_one())

    def forget(self, before: datetime) -> int:
        """Delete sent and dead messages created before; how many."""
        with self._database.transaction() as connection:
            return connection.execute(FORGET, {"before": before}).rowcount

    def _finish(
        self,
        statement: TextClause,
        message: ClaimedMessage,
        response: str,
        now: datetime,
        **values: object,
    ) -> None:
        values |= {
            "ids": [part.id for part in message.parts],
            "tries": [part.tries for part in message.parts],
            "answer": response.replace("\x00", "")[:LONGEST_RESPONSE],
            "now": now,
        }
        with self._database.transaction() as connection:
            connection.execute(statement, values)


def notices_between(connection: Connection, start: datetime, end: datetime, most: int) -> list[str]:
    """The notices (JSON lists) of messages created in [start, end), oldest first."""
    values = {"start": start, "end": end, "most": most}
    return list(connection.execute(NOTICES, values).scalars())


def digest_recipients(connection: Connection, week: str) -> frozenset[UUID]:
    """The recipients whose digest of that week is in the outbox."""
    return frozenset(connection.execute(DIGEST_RECIPIENTS, {"week": week}).scalars())
