"""The delivery job at work on a test's database, with a clock and settings of its own."""

import time
from collections.abc import Callable

from analytics.jobs import delivery
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.alerts import outbox, recipients
from models.alerts.deliveries import Deliveries, Delivery
from models.alerts.recipients import Recipient, Recipients
from models.database.engine import Database
from models.database.leases import Leases
from settings import Settings
from tests.conftest import NOON, Clock
from tests.support.notice_factory import a_notice

WAIT_SECONDS = 10


class Shift:
    """The delivery job on a database, with a clock and settings for a server at `port`."""

    def __init__(self, database: Database, clock: Clock, **settings: object) -> None:
        lease = Leases(database).take(LEASE, "test", 600)
        assert lease is not None
        values = {
            "smtp_host": "localhost",
            "smtp_security": "none",
            "email_from": "monitoring@example.com",
            "webhook_allow_private": True,
        }
        chosen = Settings(**values | settings)  # type: ignore[arg-type]  # plain keyword values
        self.around = JobContext(database, chosen, clock, lease)
        self.database, self.clock = database, clock
        self.recipients = Recipients(database)

    def step(self) -> str:
        """One run of the job."""
        return delivery.step(self.around)

    def later(self, minutes: float) -> str:
        """One run after some minutes."""
        self.clock.advance(minutes=minutes)
        return self.step()

    def has(self, address: str = "admin@example.com", kind: str = "email") -> Recipient:
        """A recipient."""
        values = {
            "kind": kind, "address": address, "name": "on call", "wants_resolved": True,
            "wants_digest": False, "paused": False,
        }  # fmt: skip
        return self.recipients.add(values, NOON)

    def tell(self, **values: object) -> None:
        """Put a notice for everybody into the outbox."""
        with self.database.transaction() as connection:
            everybody = recipients.active(connection)
            outbox.enqueue(connection, [a_notice(**values)], everybody, "g", self.clock())

    def messages(self) -> list[Delivery]:
        """What stands in the outbox."""
        return Deliveries(self.database).latest()

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that happens in another thread."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not is_so() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert is_so()
