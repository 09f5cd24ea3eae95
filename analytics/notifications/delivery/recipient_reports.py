"""Recipients and the delivery of their messages, for analysts and admins.

Addresses are for admins: that of a webhook may contain a secret.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from analytics.alerting.answers import AlertResponse
from models.alerts.deliveries import STATES, Deliveries, Delivery
from models.alerts.recipients import Recipient, Recipients
from models.database.engine import Database
from settings import Settings

__all__ = ["STATES", "Delivery", "DeliveryCounts", "MailStatus", "Recipient", "RecipientReports"]

COUNT_WINDOW = timedelta(days=7)
RECENT_MESSAGES = 50  # searched for the last attempted mail


class MailStatus(StrEnum):
    """Whether e-mail works; the values are labels of the page."""

    WORKING = "working"
    NOT_TRIED = "set up"
    FAILING = "failing"
    NOT_SET_UP = "not set up"


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """The last messages about an alert, counted by delivery state."""

    sent: int = 0
    waiting: int = 0
    dead: int = 0

    @property
    def total(self) -> int:
        """The number of messages."""
        return self.sent + self.waiting + self.dead


class RecipientReports:
    """Methods raise `DatabaseAway`."""

    def __init__(self, database: Database, settings: Settings, now: Callable[[], datetime]) -> None:
        self._recipients = Recipients(database)
        self._deliveries = Deliveries(database)
        self._settings = settings
        self._now = now

    def all(self) -> list[Recipient]:
        """All recipients, oldest first."""
        return self._recipients.all()

    def deliveries(self, limit: int, state: str | None = None) -> list[Delivery]:
        """The newest `limit` messages, newest first, optionally of one state."""
        return self._deliveries.latest(limit, state)

    def counts(self) -> dict[str, int]:
        """The messages of the last seven days, counted by state."""
        return self._deliveries.counts(self._now() - COUNT_WINDOW)

    def mail_status(self) -> MailStatus:
        """Whether e-mail works, judged by the last attempts."""
        if not self._settings.smtp_host:
            return MailStatus.NOT_SET_UP
        return mail_status_of(self._deliveries.latest(RECENT_MESSAGES))

    def delivery_counts(self, alerts: Sequence[AlertResponse]) -> dict[int, DeliveryCounts]:
        """The delivery counts of the last messages about each alert, by alert id."""
        times = {alert.notified_at for alert in alerts if alert.notified_at is not None}
        counts_by_group = self._deliveries.states_at(sorted(times)) if times else {}
        by_alert: dict[int, DeliveryCounts] = {}
        for alert in alerts:
            groups = (f"rule {alert.rule_id}", "no data client", "no data server")
            candidates = [
                counts_by_group.get((alert.notified_at, group))
                for group in groups
                if alert.notified_at
            ]
            counts = next((counts for counts in candidates if counts), {})
            by_alert[alert.id] = DeliveryCounts(**counts)
        return by_alert


def mail_status_of(latest: Sequence[Delivery]) -> MailStatus:
    """The status by the newest attempted mail; `latest` has the newest message first."""
    tried = [delivery for delivery in latest if delivery.kind == "email" and delivery.tries]
    if not tried:
        return MailStatus.NOT_TRIED
    return MailStatus.WORKING if tried[0].state == "sent" else MailStatus.FAILING
