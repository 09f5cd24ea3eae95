"""Sends what is due in the outbox, each recipient in a thread of its own: none waits for another.

A step waits a moment for its threads and leaves the slow ones behind; each ends by itself, since
talking to a server has a hard end that lies before the end of the claim.
"""

import logging
from threading import Thread
from time import monotonic
from uuid import UUID

from analytics.notifications.deadline import NotDelivered
from analytics.notifications.delivery.sender import Sender
from models.alerts.deliveries import Claimed, Deliveries
from models.database.engine import DatabaseAway
from models.database.leases import LeaseLost

from .job import JobContext

WAIT_SECONDS = 2.0
MOST_IN_A_ROW = 20
logger = logging.getLogger(__name__)


def step(around: JobContext) -> str:
    """Give up what is too old, then send what is due."""
    deliveries = Deliveries(around.database)
    dead = deliveries.give_up(around.now(), around.lease)
    rounds = [Round(around, recipient) for recipient in deliveries.due(around.now())]
    for each in rounds:
        each.start()
    until = monotonic() + WAIT_SECONDS
    for each in rounds:
        each.join(max(0.0, until - monotonic()))
    sent, failed = sum(each.sent for each in rounds), sum(each.failed for each in rounds)
    busy = sum(each.is_alive() for each in rounds)
    return f"sent {sent}, failed {failed}, gave up {dead}, under way {busy}"


class Round(Thread):
    """Sends one recipient's messages, oldest first, until one fails or none is due."""

    def __init__(self, around: JobContext, recipient_id: UUID) -> None:
        super().__init__(name="delivery", daemon=True)
        self._around = around
        self._recipient_id = recipient_id
        self._deliveries = Deliveries(around.database)
        self._office = Sender(around.settings)
        self.sent = 0
        self.failed = 0

    def run(self) -> None:
        """The loop; its own trouble ends it, and the claimed message is tried again."""
        try:
            for _ in range(MOST_IN_A_ROW):
                if not self.step():
                    return
        except (DatabaseAway, LeaseLost) as fault:
            logger.warning("delivery stops: %s", fault)
        except Exception:
            logger.exception("delivery stops")

    def step(self) -> bool:
        """Send one message; whether there may be more to do."""
        now, lease = self._around.now, self._around.lease
        claimed = self._deliveries.claim(self._recipient_id, now(), lease)
        if claimed is None:
            return False
        try:
            answer = self._answer(claimed)
        except NotDelivered as fault:
            self._deliveries.failed(claimed, str(fault), now())
            self.failed += 1
            return False
        self._deliveries.sent(claimed, answer, now())
        self.sent += 1
        return True

    def _answer(self, claimed: Claimed) -> str:
        try:
            return self._office.deliver(claimed)
        except NotDelivered:
            raise
        except Exception as fault:
            logger.exception("message %s cannot be sent", claimed.id)
            raise NotDelivered(f"{type(fault).__name__}: {fault}") from fault
