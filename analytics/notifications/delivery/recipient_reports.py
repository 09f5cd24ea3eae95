"""Who gets messages and how those fare, as everybody who may look may see it.

Addresses are for admins: that of a webhook may hold a secret.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from analytics.alerting.answers import AlertAnswer
from models.alerts.deliveries import Deliveries, Delivery
from models.alerts.recipients import Recipient, Recipients
from models.database.engine import Database
from settings import Settings

__all__ = ["STATES", "Delivery", "Mail", "Recipient", "RecipientReports", "Told"]

STATES = ("waiting", "sent", "dead")
COUNTED = timedelta(days=7)
LATELY = 50  # messages in which the state of the mail is looked for


class Mail(StrEnum):
    """How e-mail fares, in the words of the page."""

    WORKING = "working"
    UNTRIED = "set up"
    FAILING = "failing"
    UNSET = "not set up"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the last messages about one alert, by state."""

    sent: int = 0
    waiting: int = 0
    dead: int = 0

    @property
    def all(self) -> int:
        """How many there were."""
        return self.sent + self.waiting + self.dead


class RecipientReports:
    """Every method raises `DatabaseAway`."""

    def __init__(self, database: Database, settings: Settings, now: Callable[[], datetime]) -> None:
        self._recipients = Recipients(database)
        self._deliveries = Deliveries(database)
        self._settings = settings
        self._now = now

    def all(self) -> list[Recipient]:
        """Everybody, the first one first."""
        return self._recipients.all()

    def deliveries(self, most: int, state: str | None = None) -> list[Delivery]:
        """The newest messages first; of one state, if asked for."""
        return self._deliveries.latest(most, state)

    def counts(self) -> dict[str, int]:
        """How many messages of the last seven days are waiting, sent and dead."""
        return self._deliveries.counts(self._now() - COUNTED)

    def mail(self) -> Mail:
        """Whether e-mail works, as far as the last tries tell."""
        if not self._settings.smtp_host:
            return Mail.UNSET
        return mail_state(self._deliveries.latest(LATELY))

    def told(self, alerts: Sequence[AlertAnswer]) -> dict[int, Told]:
        """What became of the last messages about each of `alerts`, by its id."""
        times = {alert.told_at for alert in alerts if alert.told_at is not None}
        found = self._deliveries.of_times(sorted(times)) if times else {}
        told: dict[int, Told] = {}
        for alert in alerts:
            groups = (f"rule {alert.rule_id}", "no data client", "no data server")
            made = [found.get((alert.told_at, group)) for group in groups if alert.told_at]
            counts = next((counts for counts in made if counts), {})
            told[alert.id] = Told(**counts)
        return told


def mail_state(latest: Sequence[Delivery]) -> Mail:
    """What the newest e-mail that was tried says; `latest` has the newest first."""
    tried = [one for one in latest if one.kind == "email" and one.tries]
    if not tried:
        return Mail.UNTRIED
    return Mail.WORKING if tried[0].state == "sent" else Mail.FAILING
