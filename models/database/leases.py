"""Leadership: a row says who leads until when, and its token fences off a leader who slept.

Times are the database's own, so the clocks of the nodes do not matter. A leader checks its token
inside each transaction that writes: one that was frozen finds another token there and stops.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, DateTime, Table, Text, text

from .base import Base
from .engine import Database

leases = Table(
    "leases",
    Base.metadata,
    Column("name", Text(), primary_key=True),
    Column("holder", Text(), nullable=False),
    Column("token", BigInteger(), nullable=False),
    Column("renewed_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

TAKE = text(
    """
INSERT INTO leases AS held (name, holder, token, renewed_at, expires_at)
VALUES (:name, :holder, 1, now(), now() + make_interval(secs => :seconds))
ON CONFLICT (name) DO UPDATE SET
  holder = :holder,
  token = held.token
    + CASE WHEN held.holder = :holder AND held.expires_at > now() THEN 0 ELSE 1 END,
  renewed_at = now(),
  expires_at = excluded.expires_at
WHERE held.holder = :holder OR held.expires_at <= now()
RETURNING token
"""
)
RELEASE = text("UPDATE leases SET expires_at = now() WHERE name = :name AND holder = :holder")
CONFIRM = text("SELECT 1 FROM leases WHERE name = :name AND token = :token FOR SHARE")


class LeaseLost(Exception):
    """Somebody else leads by now; nothing may be written in this one's name."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Leadership held: `token` grows with each change of the holder."""

    name: str
    token: int

    def confirm(self, connection: Connection) -> None:
        """Raises `LeaseLost` when another holder has taken over since.

        Until the end of the transaction nobody can.
        """
        found = connection.execute(CONFIRM, {"name": self.name, "token": self.token}).first()
        if found is None:
            raise LeaseLost(self.name)


class Leases:
    """The repository of leases. Raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, holder: str, seconds: float) -> Lease | None:
        """Take or renew the lease; `None` while another holds it."""
        values = {"name": name, "holder": holder, "seconds": seconds}
        with self._database.transaction() as connection:
            token = connection.execute(TAKE, values).scalar_one_or_none()
        return None if token is None else Lease(name, token)

    def release(self, name: str, holder: str) -> None:
        """Let the lease go at once, so that another need not wait for its end."""
        with self._database.transaction() as connection:
            connection.execute(RELEASE, {"name": name, "holder": holder})

    def last_sign(self, name: str) -> datetime | None:
        """When the holder was last heard of; `None` when there never was one."""
        with self._database.transaction() as connection:
            return connection.execute(
                text("SELECT renewed_at FROM leases WHERE name = :name"), {"name": name}
            ).scalar_one_or_none()
