"""Sign-in attempts of the last minutes, under anonymous keys, to throttle guessing."""

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

# In a statement of its own: the snapshot of a statement is taken before it waits for the lock.
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
# An attempt is counted before it is checked, so that concurrent guesses count one another.
CLAIM = text(
    """
WITH before AS (
       SELECT count(*) AS attempts, min(at) AS oldest FROM login_attempts
       WHERE key = :key AND at > :since AND at <= :until
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

        When there are `most` since `since` already, the time of the oldest of them: one more is
        granted once that is out of the window. Those further ahead than the window is long were
        counted before the clock was set back.
        """
        until = now + (now - since)
        values = {"key": key, "most": most, "since": since, "now": now, "until": until}
        with self._database.transaction() as connection:
            connection.execute(LOCK, {"key": key})
            row = connection.execute(CLAIM, values).one()
        return None if row.claimed else row.oldest

    def forgive(self, key: str) -> None:
        """Delete the attempts under `key` after a successful sign-in."""
        with self._database.transaction() as connection:
            connection.execute(delete(login_attempts).where(login_attempts.c.key == key))

    def forget(self, before: datetime) -> int:
        """Delete attempts older than `before`; how many."""
        with self._database.transaction() as connection:
            return connection.execute(
                delete(login_attempts).where(login_attempts.c.at < before)
            ).rowcount
