"""Leader election by a row with an expiry, and a fencing token against a leader that was frozen.

Times are those of the database, so clock skew of the nodes does not matter. A lease that expires
later than any can was taken before that clock was set back, and counts as expired. A leader checks
its token inside each transaction that writes; it grows whenever the lease changes hands.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, DateTime, Table, Text, text

from .base import Base
from .engine import Database
from .signs_of_life import IDLE_MS

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
INSERT INTO leases AS lease (name, holder, token, renewed_at, expires_at)
VALUES (:name, :holder, 1, now(), now() + make_interval(secs => :seconds))
ON CONFLICT (name) DO UPDATE SET
  holder = :holder,
  token = lease.token
    + CASE WHEN lease.holder = :holder AND lease.expires_at > now() THEN 0 ELSE 1 END,
  renewed_at = now(),
  expires_at = excluded.expires_at
WHERE lease.holder = :holder OR lease.expires_at <= now()
  OR lease.expires_at > now() + make_interval(secs => 2 * :seconds)
RETURNING token
"""
)
RELEASE = text("UPDATE leases SET expires_at = now() WHERE name = :name AND holder = :holder")
# The lock keeps others from taking over: a leader that is frozen meanwhile must lose it.
CONFIRM = text(
    f"SELECT set_config('idle_in_transaction_session_timeout', '{IDLE_MS}', true) "
    "FROM leases WHERE name = :name AND token = :token FOR SHARE"
)


class LeaseLost(Exception):
    """Another process has taken the lease; this one may not write any more."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease this process took: `token` grows with each change of the holder."""

    name: str
    token: int

    def confirm(self, connection: Connection) -> None:
        """Check the token, and lock the lease until the end of the transaction, which the server
        ends once it has been idle for `IDLE_MS`.

        Raises `LeaseLost` when another holder has taken over since.
        """
        row = connection.execute(CONFIRM, {"name": self.name, "token": self.token}).first()
        if row is None:
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
        """Expire the lease now, so that another process need not wait."""
        with self._database.transaction() as connection:
            connection.execute(RELEASE, {"name": name, "holder": holder})

    def renewed_at(self, name: str) -> datetime | None:
        """When the lease was last taken or renewed; `None`: never."""
        with self._database.transaction() as connection:
            return connection.execute(
                text("SELECT renewed_at FROM leases WHERE name = :name"), {"name": name}
            ).scalar_one_or_none()
