"""What became of messages: counted per alert, by state, and whether mail works at all."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from analytics.alerting.answers import AlertResponse
from analytics.notifications.delivery.recipient_reports import (
    STATES,
    Delivery,
    DeliveryCounts,
    MailStatus,
    RecipientReports,
    mail_status_of,
)
from models.alerts import outbox, recipients
from models.alerts.outbox import OutgoingMessage
from models.alerts.recipients import Recipients
from models.database.engine import Database
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.notice_factory import a_notice

HOUR = timedelta(hours=1)


def a_delivery(kind: str = "email", state: str = "sent", tries: int = 1) -> Delivery:
    return Delivery(
        id=uuid4(), created_at=NOON, kind=kind, name="x", subject="alerts", group_key="rule 1",
        state=state, tries=tries, next_try_at=None, finished_at=None, response=None,
    )  # fmt: skip


def an_alert(alert_id: int, rule_id: int, notified_at: datetime | None) -> AlertResponse:
    moments: dict[str, Any] = {"since": NOON, "state_since": NOON, "fired_at": NOON}
    return AlertResponse(
        id=alert_id, rule_id=rule_id, rule="Slow", labels={}, state="firing", severity="warning",
        ended_at=None, notified_at=notified_at, value=1, threshold=2, n=3, acknowledged=None,
        **moments,
    )  # fmt: skip


class Outbox:
    """The messages of the tests."""

    def __init__(self, database: Database) -> None:
        self._database = database
        for number in range(3):
            values = {
                "kind": "email", "address": f"{number}@example.com", "name": str(number),
                "wants_resolved": True, "wants_digest": False, "paused": False,
            }  # fmt: skip
            Recipients(database).add(values, NOON + number * timedelta(seconds=1))

    def enqueue(self, group_key: str, at: datetime, states: tuple[str, ...]) -> None:
        """A message to each of the first recipients, in these states."""
        with self._database.transaction() as connection:
            everybody = recipients.active(connection)[: len(states)]
            outbox.enqueue(connection, [OutgoingMessage([a_notice()], everybody, group_key)], at)
            for recipient, state in zip(everybody, states, strict=True):
                connection.execute(
                    text("UPDATE outbox SET state = :state WHERE recipient_id = :id "
                         "AND group_key = :group_key AND created_at = :at"),
                    {"state": state, "id": recipient.id, "group_key": group_key, "at": at},
                )  # fmt: skip


@pytest.fixture
def messages(database: Database) -> Outbox:
    return Outbox(database)


@pytest.fixture
def reports(database: Database, clock: Clock, tmp_path: Path) -> RecipientReports:
    return RecipientReports(database, Settings(data_dir=tmp_path, smtp_host="localhost"), clock)


@pytest.mark.parametrize(
    ("latest", "status"),
    [
        ([], MailStatus.NOT_TRIED),
        ([a_delivery("webhook", "dead")], MailStatus.NOT_TRIED),
        ([a_delivery(state="waiting", tries=0)], MailStatus.NOT_TRIED),
        ([a_delivery()], MailStatus.WORKING),
        ([a_delivery(state="waiting", tries=2), a_delivery()], MailStatus.FAILING),
        ([a_delivery(state="waiting", tries=0), a_delivery()], MailStatus.WORKING),
        ([a_delivery("webhook", "dead"), a_delivery()], MailStatus.WORKING),
        ([a_delivery(state="dead"), a_delivery()], MailStatus.FAILING),
        ([a_delivery(), a_delivery(state="dead")], MailStatus.WORKING),
    ],
)
def test_mail_works_as_the_newest_attempt_did(latest: list[Delivery], status: MailStatus) -> None:
    assert mail_status_of(latest) is status


def test_without_a_mail_server_mail_is_not_set_up(
    database: Database, clock: Clock, tmp_path: Path, reports: RecipientReports
) -> None:
    without = RecipientReports(database, Settings(data_dir=tmp_path), clock)
    assert without.mail_status() is MailStatus.NOT_SET_UP
    assert reports.mail_status() is MailStatus.NOT_TRIED


def test_messages_of_an_alert_are_counted_by_state(
    messages: Outbox, reports: RecipientReports
) -> None:
    messages.enqueue("rule 1", NOON, ("sent", "dead", "waiting"))
    messages.enqueue("rule 2", NOON, ("sent",))
    messages.enqueue("rule 1", NOON - HOUR, ("dead",))
    alerts = [an_alert(1, 1, NOON), an_alert(2, 2, NOON), an_alert(3, 1, None),
              an_alert(4, 3, NOON), an_alert(5, 1, NOON - HOUR)]  # fmt: skip
    counts = reports.delivery_counts(alerts)
    assert counts == {
        1: DeliveryCounts(sent=1, waiting=1, dead=1), 2: DeliveryCounts(sent=1),
        3: DeliveryCounts(), 4: DeliveryCounts(), 5: DeliveryCounts(dead=1),
    }  # fmt: skip
    assert [counts[number].total for number in (1, 4)] == [3, 0]


def test_alerts_of_missing_data_share_their_message(
    messages: Outbox, reports: RecipientReports
) -> None:
    messages.enqueue("no data server", NOON, ("sent", "sent"))
    counts = reports.delivery_counts([an_alert(1, 1, NOON), an_alert(2, 9, NOON)])
    assert [counts[number].sent for number in (1, 2)] == [2, 2]


def test_without_alerts_nothing_is_counted(reports: RecipientReports) -> None:
    assert reports.delivery_counts([]) == {}


def test_a_week_of_messages_is_counted_by_every_state(
    messages: Outbox, reports: RecipientReports
) -> None:
    messages.enqueue("rule 1", NOON - timedelta(days=6), ("sent", "dead"))
    messages.enqueue("rule 1", NOON - timedelta(days=8), ("sent", "sent"))
    assert reports.counts() == {"waiting": 0, "sent": 1, "dead": 1}
    assert tuple(reports.counts()) == STATES


def test_the_newest_messages_come_first_and_are_limited(
    messages: Outbox, reports: RecipientReports
) -> None:
    for hours in (3, 1, 2):
        messages.enqueue(f"{hours}", NOON - hours * HOUR, ("sent",))
    assert [message.group_key for message in reports.deliveries(2)] == ["1", "2"]
    assert reports.deliveries(9, "dead") == []


def test_recipients_are_listed_from_the_oldest_on(
    messages: Outbox, reports: RecipientReports
) -> None:
    assert [recipient.name for recipient in reports.all()] == ["0", "1", "2"]
