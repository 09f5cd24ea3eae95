"""Failed sign-ins of the last minutes, under keys that name nobody, to slow guessing down."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Table, Text, delete, text

from models.database.base import Base
from models.database.engine import Database

login_attempts = Table(
    "login_attempts",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("key", Text(), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(None, "key", "at"),
    Index(None, "at"),
)

# One at a time for a key, in a statement of its own: a snapshot is older than the wait in it.
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
# The attempt counts before it is judged, so that guesses side by side count one another.
CLAIM = text(
    """
WITH before AS (
       SELECT count(*) AS attempts, min(at) AS oldest FROM login_attempts
       WHERE key = :key AND at > :since
     ),
     claimed AS (
       INSERT INTO login_attempts (key, at)
       SELECT :key, :now FROM before WHERE attempts < :most RETURNING id
     )
SELECT (SELECT count(*) FROM claimed) AS claimed, oldest FROM before
"""
)


class LoginAttempts:
    """The repository of attempts. Raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, key: str, most: int, since: datetime, now: datetime) -> datetime | None:
        """Count an attempt under `key`; `None` when granted.

        When `most` stand since `since` already, the instant of the oldest of them: one more is
        granted once it has left the span.
        """
        values = {"key": key, "most": most, "since": since, "now": now}
        with self._database.transaction() as connection:
            connection.execute(LOCK, {"key": key})
            row = connection.execute(CLAIM, values).one()
        return None if row.claimed else row.oldest

    def forgive(self, key: str) -> None:
        """Forget the attempts under `key`: the right password was given."""
        with self._database.transaction() as connection:
            connection.execute(delete(login_attempts).where(login_attempts.c.key == key))

    def forget(self, before: datetime) -> int:
        """Delete attempts older than `before`; how many."""
        with self._database.transaction() as connection:
            return connection.execute(
                delete(login_attempts).where(login_attempts.c.at < before)
            ).rowcount
