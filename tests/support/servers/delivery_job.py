"""Runs the delivery job on a test's database, with its own clock and settings."""

import time
from collections.abc import Callable

from analytics.jobs import delivery
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.alerts import outbox, recipients
from models.alerts.deliveries import Deliveries, Delivery
from models.alerts.outbox import OutgoingMessage
from models.alerts.recipients import Recipient, Recipients
from models.database.engine import Database
from models.database.leases import Leases
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.notice_factory import a_notice

WAIT_SECONDS = 10


class DeliveryHarness:
    """The delivery job with a database, a clock, and settings for a local mail server."""

    def __init__(self, database: Database, clock: Clock, **settings: object) -> None:
        lease = Leases(database).take(LEASE, "test", 600)
        assert lease is not None
        values = {
            "smtp_host": "localhost",
            "smtp_security": "none",
            "email_from": "monitoring@example.com",
            "webhook_allow_private": True,
        }
        job_settings = Settings(**values | settings)  # type: ignore[arg-type]  # plain keyword values
        self.context = JobContext(database, job_settings, clock, lease)
        self.database, self.clock = database, clock
        self.recipients = Recipients(database)

    def step(self) -> str:
        """Run the job."""
        return delivery.step(self.context)

    def step_after(self, minutes: float) -> str:
        """Advance the clock and run the job."""
        self.clock.advance(minutes=minutes)
        return self.step()

    def add_recipient(self, address: str = "admin@example.com", kind: str = "email") -> Recipient:
        """Add a recipient."""
        values = {
            "kind": kind, "address": address, "name": "on call", "wants_resolved": True,
            "wants_digest": False, "paused": False,
        }  # fmt: skip
        return self.recipients.add(values, NOON)

    def enqueue_notice(self, **values: object) -> None:
        """Enqueue a notice for all active recipients."""
        with self.database.transaction() as connection:
            everybody = recipients.active(connection)
            outbox.enqueue(
                connection, [OutgoingMessage([a_notice(**values)], everybody, "g")], self.clock()
            )

    def messages(self) -> list[Delivery]:
        """The messages of the outbox."""
        return Deliveries(self.database).latest()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until a condition that another thread fulfils holds."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not is_so() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert is_so()
