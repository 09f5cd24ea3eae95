"""Sends due messages of the outbox, with a thread per recipient so that none waits for another.

A step waits `WAIT_SECONDS` for its threads and leaves slow ones running; each ends by itself, since
the deadline of an exchange with a server is shorter than the claim of a message.
"""

import logging
from threading import Thread
from time import monotonic
from uuid import UUID

from analytics.notifications.deadline import NotDelivered
from analytics.notifications.delivery.recipient_actions import RecipientActions
from analytics.notifications.delivery.sender import Sender, readable
from models.alerts.deliveries import ClaimedMessage, Deliveries
from models.database.engine import DatabaseAway
from models.database.leases import LeaseLost

from .job import JobContext

WAIT_SECONDS = 2.0
MAX_MESSAGES_PER_RUN = 20
logger = logging.getLogger(__name__)


def step(context: JobContext) -> str:
    """Give up what is too old, then send what is due."""
    deliveries = Deliveries(context.database)
    dead = deliveries.give_up(context.now(), context.lease)
    threads = [RecipientDelivery(context, recipient) for recipient in deliveries.due(context.now())]
    for thread in threads:
        thread.start()
    deadline = monotonic() + WAIT_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - monotonic()))
    sent, failed = sum(thread.sent for thread in threads), sum(thread.failed for thread in threads)
    busy = sum(thread.is_alive() for thread in threads)
    return f"sent {sent}, failed {failed}, abandoned {dead}, in progress {busy}"


class RecipientDelivery(Thread):
    """Sends one recipient's messages, oldest first, until one fails or none is due."""

    def __init__(self, context: JobContext, recipient_id: UUID) -> None:
        super().__init__(name="delivery", daemon=True)
        self._context = context
        self._recipient_id = recipient_id
        self._deliveries = Deliveries(context.database)
        self._sender = Sender(context.settings)
        self.sent = 0
        self.failed = 0

    def run(self) -> None:
        """The loop; an error ends it, and the claimed message is retried later."""
        try:
            for _ in range(MAX_MESSAGES_PER_RUN):
                if not self.step():
                    return
        except (DatabaseAway, LeaseLost) as fault:
            logger.warning("delivery stops: %s", fault)
        except Exception:
            logger.exception("delivery stops")

    def step(self) -> bool:
        """Send one message; returns whether to continue."""
        now, lease = self._context.now, self._context.lease
        claimed = self._deliveries.claim(self._recipient_id, now(), lease)
        if claimed is None:
            return False
        claimed, unreadable = readable(claimed)
        if unreadable.parts:
            self._deliveries.refused(unreadable, "The message cannot be read.", now())
        return not claimed.parts or self._send(claimed)

    def _send(self, claimed: ClaimedMessage) -> bool:
        now = self._context.now
        try:
            reply = self._deliver(claimed)
        except NotDelivered as fault:
            finish = self._deliveries.refused if fault.is_final else self._deliveries.failed
            finish(claimed, str(fault), now())
            self.failed += 1
            return fault.is_final
        self._deliveries.sent(claimed, reply, now())
        self.sent += 1
        return True

    def _deliver(self, claimed: ClaimedMessage) -> str:
        try:
            return self._sender.deliver(claimed)
        except NotDelivered:
            raise
        except Exception as fault:
            logger.exception("message %s cannot be sent", claimed.newest.id)
            raise NotDelivered(f"{type(fault).__name__}: {fault}") from fault


def first_recipient(context: JobContext) -> str:
    """Add ADMIN_EMAIL if there never was a recipient: if removed later it is not added again."""
    with context.database.transaction() as connection:
        context.lease.confirm(connection)
    actions = RecipientActions(context.database, context.settings, context.now)
    return "added ADMIN_EMAIL" if actions.ensure_first() else "nothing to do"
