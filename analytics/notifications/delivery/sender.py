"""From a message of the outbox to its recipient: which letter, and which way it goes."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from analytics.notifications.deadline import NotDelivered
from analytics.notifications.digest.digest import Digest
from analytics.notifications.digest.digest_email import digest_letter
from analytics.notifications.email.alert_email import alert_letter
from analytics.notifications.email.message import Email
from analytics.notifications.email.smtp import MailServer, written
from analytics.notifications.notice import Notice
from analytics.notifications.webhook import alertmanager
from analytics.notifications.webhook.webhook import Webhook
from models.alerts.deliveries import Claimed
from models.alerts.recipients import Recipient
from settings import Settings

TEST_PATH = "/admin/websocket-analytics"


class Sender:
    """Sends single messages; both ways answer in the server's own words."""

    def __init__(self, settings: Settings, server: MailServer | None = None) -> None:
        self._public_url = settings.public_url
        self._server = server or MailServer(settings)
        self._webhook = Webhook(allow_private=settings.webhook_allow_private)

    def deliver(self, claimed: Claimed) -> str:
        """The server's answer. Raises `NotDelivered`."""
        try:
            if claimed.subject == "digest":
                digest = msgspec.json.decode(claimed.content, type=Digest)
                letter = digest_letter(digest, self._public_url)
                return self._mail(letter, claimed.address, claimed.id, claimed.created_at)
            notices = msgspec.json.decode(claimed.content, type=list[Notice])
        except msgspec.MsgspecError as fault:
            raise NotDelivered(f"The message cannot be read: {fault}") from fault
        if claimed.kind == "webhook":
            return self._post(notices, claimed)
        letter = alert_letter(notices, self._public_url)
        return self._mail(letter, claimed.address, claimed.id, claimed.created_at)

    def test(self, recipient: Recipient, now: datetime) -> str:
        """Send a test message at once; the server's answer. Raises `NotDelivered`."""
        notice = trial_notice(now)
        claimed = Claimed(
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

    def _mail(self, letter: Email, to: str, message_id: UUID, at: datetime) -> str:
        message = written(
            letter, sender=self._server.sender, to=to, message_id=str(message_id), at=at
        )
        return self._server.send(message)

    def _post(self, notices: list[Notice], claimed: Claimed) -> str:
        body = alertmanager.body(
            notices,
            group_key=claimed.group_key,
            receiver=claimed.name,
            public_url=self._public_url,
        )
        # The same for every try, so that a receiver can tell a repeated message.
        headers = {"User-Agent": "websocket-analytics", "Idempotency-Key": str(claimed.id)}
        return self._webhook.post(claimed.address, body, headers)


def trial_notice(now: datetime) -> Notice:
    """What a test message tells."""
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
