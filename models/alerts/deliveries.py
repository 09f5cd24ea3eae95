"""What becomes of the messages of the outbox: claimed, sent, tried again, given up.

A claim is an update that names the state it found, so two senders never hold the same row; one
row per recipient is under way at a time, so one slow recipient holds up nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from models.database.engine import Database
from models.database.leases import Lease

LONGEST_ANSWER = 1000
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=60)
GIVEN_UP_AFTER = timedelta(hours=24)
CLAIMED_FOR = timedelta(seconds=60)  # longer than one try may take

DUE = text(
    """
SELECT DISTINCT o.recipient_id FROM outbox o JOIN recipients r ON r.id = o.recipient_id
WHERE o.state = 'waiting' AND o.next_try_at <= :now AND NOT r.paused
  AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.recipient_id = o.recipient_id
                  AND b.state = 'waiting' AND b.claimed_until > :now)
"""
)
CLAIM = text(
    """
WITH found AS MATERIALIZED (
  SELECT o.id, r.kind, r.address, r.name
  FROM outbox o JOIN recipients r ON r.id = o.recipient_id
  WHERE o.recipient_id = :recipient AND o.state = 'waiting' AND o.next_try_at <= :now
    AND NOT r.paused
  ORDER BY o.created_at, o.id LIMIT 1 FOR UPDATE OF o SKIP LOCKED
)
UPDATE outbox SET tries = outbox.tries + 1, claimed_until = :until,
  next_try_at = :now + LEAST(:longest, :first * power(2, LEAST(outbox.tries, 16)))
FROM found WHERE outbox.id = found.id
RETURNING outbox.id, found.kind, found.address, found.name, outbox.subject, outbox.content,
  outbox.group_key, outbox.tries, outbox.created_at
"""
)
SENT = text(
    "UPDATE outbox SET state = 'sent', finished_at = :now, answer = :answer, claimed_until = NULL "
    "WHERE id = :id AND state = 'waiting' AND tries = :tries"
)
FAILED = text(
    "UPDATE outbox SET answer = :answer, claimed_until = NULL "
    "WHERE id = :id AND state = 'waiting' AND tries = :tries"
)
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
TOLD = text(
    "SELECT content FROM outbox WHERE subject = 'alerts' AND created_at >= :start "
    "AND created_at < :end ORDER BY created_at LIMIT :most"
)
SENT_AT = text(
    "SELECT created_at, group_key, state, count(*) FROM outbox "
    "WHERE subject = 'alerts' AND created_at = ANY(:times) GROUP BY 1, 2, 3"
)
DIGESTED = text("SELECT recipient_id FROM outbox WHERE subject = 'digest' AND group_key = :week")
FORGET = text("DELETE FROM outbox WHERE state <> 'waiting' AND created_at < :before")


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message to be sent now. `content` is the JSON that was put into the outbox."""

    id: UUID
    kind: str
    address: str
    name: str
    subject: str
    content: str
    group_key: str
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message and how it fares. `answer` is the server's last word, or what went wrong."""

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
    answer: str | None


class Deliveries:
    """The repository of messages under way. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> list[UUID]:
        """The recipients with a message due and none under way."""
        with self._database.transaction() as connection:
            return list(connection.execute(DUE, {"now": now}).scalars())

    def claim(self, recipient_id: UUID, now: datetime, lease: Lease) -> Claimed | None:
        """The recipient's oldest message that is due, its try counted. Raises `LeaseLost`."""
        values = {
            "recipient": recipient_id,
            "now": now,
            "until": now + CLAIMED_FOR,
            "first": FIRST_WAIT,
            "longest": LONGEST_WAIT,
        }
        with self._database.transaction() as connection:
            lease.confirm(connection)
            row = connection.execute(CLAIM, values).one_or_none()
        return None if row is None else Claimed(*row)

    def sent(self, claimed: Claimed, answer: str, now: datetime) -> None:
        """It arrived; what the server said."""
        self._finish(SENT, claimed, answer, now)

    def failed(self, claimed: Claimed, answer: str, now: datetime) -> None:
        """It did not; it waits for its next try."""
        self._finish(FAILED, claimed, answer, now)

    def give_up(self, now: datetime, lease: Lease) -> int:
        """Mark as dead what could not be sent for a day; how many. Raises `LeaseLost`."""
        values = {"now": now, "before": now - GIVEN_UP_AFTER}
        with self._database.transaction() as connection:
            lease.confirm(connection)
            return connection.execute(GIVE_UP, values).rowcount

    def latest(self, most: int = 100, state: str | None = None) -> list[Delivery]:
        """The newest messages first; of one state, if asked for."""
        with self._database.transaction() as connection:
            rows = connection.execute(LATEST, {"most": most, "state": state})
            return [Delivery(*row) for row in rows]

    def counts(self, since: datetime) -> dict[str, int]:
        """How many messages made since then are waiting, sent and dead."""
        with self._database.transaction() as connection:
            rows = connection.execute(COUNTS, {"since": since})
            found = {str(state): int(number) for state, number in rows}
        return {state: found.get(state, 0) for state in ("waiting", "sent", "dead")}

    def of_times(self, times: Sequence[datetime]) -> dict[tuple[datetime, str], dict[str, int]]:
        """How many messages about alerts made at these very times fare how, by time and group."""
        found: dict[tuple[datetime, str], dict[str, int]] = {}
        with self._database.transaction() as connection:
            for at, group, state, number in connection.execute(SENT_AT, {"times": list(times)}):
                found.setdefault((at, group), {})[state] = number
        return found

    def dead(self, since: datetime, kinds: Sequence[str]) -> int:
        """How many messages made since then to recipients of these kinds were given up."""
        with self._database.transaction() as connection:
            values = {"since": since, "kinds": list(kinds)}
            return int(connection.execute(DEAD, values).scalar_one())

    def forget(self, before: datetime) -> int:
        """Delete what was sent or given up and is older; how many."""
        with self._database.transaction() as connection:
            return connection.execute(FORGET, {"before": before}).rowcount

    def _finish(self, statement: TextClause, claimed: Claimed, answer: str, now: datetime) -> None:
        values = {
            "id": claimed.id,
            "tries": claimed.tries,
            "answer": answer.replace("\x00", "")[:LONGEST_ANSWER],
            "now": now,
        }
        with self._database.transaction() as connection:
            connection.execute(statement, values)


def told_between(connection: Connection, start: datetime, end: datetime, most: int) -> list[str]:
    """The notices (JSON lists) of messages made in [start, end), oldest first."""
    values = {"start": start, "end": end, "most": most}
    return list(connection.execute(TOLD, values).scalars())


def digested(connection: Connection, week: str) -> frozenset[UUID]:
    """The recipients whose digest of the week stands in the outbox."""
    return frozenset(connection.execute(DIGESTED, {"week": week}).scalars())
