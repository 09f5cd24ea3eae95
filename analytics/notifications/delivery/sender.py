"""Sends messages of the outbox: composes the mail or webhook body and delivers it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from analytics.notifications.delivery.folding import fold
from analytics.notifications.digest.digest import Digest
from analytics.notifications.digest.digest_email import compose_digest_email
from analytics.notifications.email.alert_email import compose_alert_email
from analytics.notifications.email.message import Email
from analytics.notifications.email.smtp import MailServer, mime_message
from analytics.notifications.notice import Notice
from analytics.notifications.webhook import alertmanager
from analytics.notifications.webhook.webhook import Webhook
from models.alerts.deliveries import ClaimedMessage
from models.alerts.message_batches import MessagePart
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
        """Send a message whose parts are all `readable`; returns the server's reply. Raises
        `NotDelivered`."""
        if claimed.newest.subject == "digest":
            digest = msgspec.json.decode(claimed.newest.content, type=Digest)
            email = compose_digest_email(digest, self._public_url)
        else:
            notices = fold(
                [msgspec.json.decode(part.content, type=list[Notice]) for part in claimed.parts]
            )
            if claimed.kind == "webhook":
                return self._post(notices, claimed)
            email = compose_alert_email(notices, self._public_url)
        return self._mail(email, claimed.address, claimed.newest.id, claimed.newest.created_at)

    def test(self, recipient: Recipient, now: datetime) -> str:
        """Send a test message; returns the server's reply. Raises `NotDelivered`."""
        notice = trial_notice(now)
        part = MessagePart(
            id=uuid4(),
            subject="alerts",
            group_key="test",
            content=msgspec.json.encode([notice]).decode(),
            tries=1,
            created_at=now,
            next_try_at=now,
        )
        claimed = ClaimedMessage(recipient.kind, recipient.address, recipient.name, (part,))
        return self.deliver(claimed)

    def _mail(self, email: Email, to: str, message_id: UUID, at: datetime) -> str:
        message = mime_message(
            email, sender=self._server.sender, to=to, message_id=str(message_id), at=at
        )
        return self._server.send(message)

    def _post(self, notices: list[Notice], claimed: ClaimedMessage) -> str:
        body = alertmanager.body(
            notices,
            group_key=claimed.newest.group_key,
            receiver=claimed.name,
            public_url=self._public_url,
        )
        # The same for every attempt, so that a receiver can detect repeats.
        headers = {"User-Agent": "websocket-analytics", "Idempotency-Key": str(claimed.newest.id)}
        return self._webhook.post(claimed.address, body, headers)


def readable(claimed: ClaimedMessage) -> tuple[ClaimedMessage, ClaimedMessage]:
    """The message of the parts that can be read, and that of all others; either may have none."""
    parts: tuple[list[MessagePart], list[MessagePart]] = ([], [])
    for part in claimed.parts:
        kind = Digest if part.subject == "digest" else list[Notice]
        try:
            msgspec.json.decode(part.content, type=kind)
        except msgspec.MsgspecError:
            parts[1].append(part)
        else:
            parts[0].append(part)
    return replace(claimed, parts=tuple(parts[0])), replace(claimed, parts=tuple(parts[1]))


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
