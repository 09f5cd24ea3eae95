"""Sends messages of the outbox: composes the mail or webhook body and delivers it."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from analytics.notifications.deadline import NotDelivered
from analytics.notifications.digest.digest import Digest
from analytics.notifications.digest.digest_email import compose_digest_email
from analytics.notifications.email.alert_email import compose_alert_email
from analytics.notifications.email.message import Email
from analytics.notifications.email.smtp import MailServer, mime_message
from analytics.notifications.notice import Notice
from analytics.notifications.webhook import alertmanager
from analytics.notifications.webhook.webhook import Webhook
from models.alerts.deliveries import ClaimedMessage
from models.alerts.recipients import Recipient
from settings import Settings

TEST_PATH = "/admin/websocket-analytics"


class Sender:
    """Sends single messages by SMTP or webhook; returns the server's reply."""

    def __init__(self, settings: Settings, server: MailServer | None = None) -> None:
        self._public_url = settings.public_url
        self._server = server or MailServer(settings)
        self._webhook = Webhook(allow_private=settings.webhook_allow_private)

    def deliver(self, claimed: ClaimedMessage) -> str:
        """Send a message; returns the server's reply. Raises `NotDelivered`."""
        try:
            if claimed.subject == "digest":
                digest = msgspec.json.decode(claimed.content, type=Digest)
                email = compose_digest_email(digest, self._public_url)
                return self._mail(email, claimed.address, claimed.id, claimed.created_at)
            notices = msgspec.json.decode(claimed.content, type=list[Notice])
        except msgspec.MsgspecError as fault:
            raise NotDelivered(f"The message cannot be read: {fault}") from fault
        if claimed.kind == "webhook":
            return self._post(notices, claimed)
        email = compose_alert_email(notices, self._public_url)
        return self._mail(email, claimed.address, claimed.id, claimed.created_at)

    def test(self, recipient: Recipient, now: datetime) -> str:
        """Send a test message; returns the server's reply. Raises `NotDelivered`."""
        notice = trial_notice(now)
        claimed = ClaimedMessage(
            id=uuid4(),
            kind=recipient.kind,
            address=recipient.address,
            name=recipient.name,
            subject="alerts",
            content=msgspec.json.encode([notice]).decode(),
            group_key="test",
            tries=1,
            created_at=now,
        )
        return self.deliver(claimed)

    def _mail(self, email: Email, to: str, message_id: UUID, at: datetime) -> str:
        message = mime_message(
            email, sender=self._server.sender, to=to, message_id=str(message_id), at=at
        )
        return self._server.send(message)

    def _post(self, notices: list[Notice], claimed: ClaimedMessage) -> str:
        body = alertmanager.body(
            notices,
            group_key=claimed.group_key,
            receiver=claimed.name,
            public_url=self._public_url,
        )
        # The same for every attempt, so that a receiver can detect repeats.
        headers = {"User-Agent": "websocket-analytics", "Idempotency-Key": str(claimed.id)}
        return self._webhook.post(claimed.address, body, headers)


def trial_notice(now: datetime) -> Notice:
    """The notice of a test message."""
    return Notice(
        kind="test",
        rule="Test message",
        alert_id=None,
        labels={},
        severity="info",
        metric="",
        label="Test",
        unit="",
        aggregation="",
        value=None,
        threshold=0.0,
        clear_threshold=0.0,
        direction="above",
        n=0,
        noun="",
        since=now,
        at=now,
        path=TEST_PATH,
    )
