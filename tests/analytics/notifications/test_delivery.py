"""From the outbox to the mail server: a single mail per message, whatever the server does."""

import subprocess
import sys
from collections.abc import Callable
from uuid import UUID

import pytest

from analytics.jobs import delivery
from analytics.jobs.runner import LEASE
from models.alerts.deliveries import Deliveries
from models.database.engine import Database
from models.database.leases import LeaseLost, Leases
from settings import CHECKOUT
from tests.support.clock import NOON
from tests.support.receivers.mail_server import (
    Mailbox,
    WebhookReceiver,
    free_port,
    mail_server,
    tarpit,
    webhook_server,
)
from tests.support.servers.delivery_job import DeliveryHarness

STEP_SCRIPT = """
import sys
from datetime import UTC, datetime
from analytics.jobs import delivery
from analytics.jobs.job import JobContext
from models.database.engine import Database
from models.database.leases import Lease
from settings import Settings
url, port = sys.argv[1:]
settings = Settings(smtp_host="localhost", smtp_port=int(port), smtp_security="none",
                    email_from="monitoring@example.com")
now = datetime(2026, 3, 2, 12, tzinfo=UTC)
delivery.step(JobContext(Database(url), settings, lambda: now, Lease("scheduler", 1)))
"""


def test_a_notice_becomes_a_single_mail_and_the_server_reply_is_stored(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox
) -> None:
    with mail_server(mailbox) as port:
        harness = make_harness(smtp_port=port)
        harness.add_recipient()
        harness.enqueue_notice()
        assert harness.step() == "sent 1, failed 0, abandoned 0, in progress 0"
        assert harness.step() == "sent 0, failed 0, abandoned 0, in progress 0"
    (mail,), (message,) = mailbox.mails, harness.messages()
    assert mail["Subject"] == "Firing: Message latency, Brazil (critical)"
    assert mail["Message-ID"] == f"<{message.id}@example.com>"
    assert mailbox.envelopes[0].rcpt_tos == ["admin@example.com"]
    assert (message.state, message.tries, message.response) == (
        "sent", 1, "250 2.0.0 queued as 4711"
    )  # fmt: skip


def test_down_for_three_tries_then_up_sends_a_single_mail(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox
) -> None:
    harness = make_harness(smtp_port=(port := free_port()))
    harness.add_recipient()
    harness.enqueue_notice()
    for minutes in (0, 1, 2):
        assert "failed 1" in harness.step_after(minutes)
        assert "refused" in str(harness.messages()[0].response)
    with mail_server(mailbox, port):
        assert "sent 0" in harness.step_after(3.9)
        assert "sent 1" in harness.step_after(0.1)
        assert "sent 0" in harness.step_after(60)
    assert len(mailbox.mails) == 1
    assert harness.messages()[0].tries == 4


@pytest.mark.parametrize("reply", ["451 4.3.0 try later", "550 5.7.1 not today"])
@pytest.mark.parametrize("moment", ["after_mail", "after_rcpt", "after_data"])
def test_a_server_refusal_is_stored_verbatim_and_retried(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox, moment: str, reply: str
) -> None:
    getattr(mailbox, moment).append(reply)
    with mail_server(mailbox) as port:
        harness = make_harness(smtp_port=port)
        harness.add_recipient()
        harness.enqueue_notice()
        assert "failed 1" in harness.step()
        assert harness.messages()[0].response == reply
        assert "sent 1" in harness.step_after(1)
        assert "sent 0" in harness.step_after(60)
    assert len(mailbox.mails) == 1


def test_a_message_refused_for_a_day_is_dead_with_the_last_reply(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox
) -> None:
    mailbox.after_rcpt += [f"451 try {number}" for number in range(100)]
    with mail_server(mailbox) as port:
        harness = make_harness(smtp_port=port)
        harness.add_recipient()
        harness.enqueue_notice()
        harness.step()
        for _ in range(24 * 6):
            harness.step_after(10)
    (message,) = harness.messages()
    assert (message.state, message.finished_at) == ("dead", harness.clock())
    assert message.response == f"451 try {message.tries - 1}"
    assert 24 < message.tries < 40
    assert mailbox.mails == []


def test_the_wait_doubles_up_to_an_hour(make_harness: Callable[..., DeliveryHarness]) -> None:
    harness = make_harness(smtp_host=None)
    harness.add_recipient()
    harness.enqueue_notice()
    waits = []
    for _ in range(9):
        harness.step()
        due = harness.messages()[0].next_try_at
        assert due is not None
        waits.append((due - harness.clock()).total_seconds() / 60)
        harness.clock.at = due
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert harness.messages()[0].response == "No mail server is set: set SMTP_HOST."


def test_a_hanging_server_does_not_delay_other_recipients(
    make_harness: Callable[..., DeliveryHarness],
) -> None:
    receiver = WebhookReceiver()
    with tarpit() as port, webhook_server(receiver) as address:
        harness = make_harness(smtp_port=port)
        harness.add_recipient()
        harness.add_recipient(address + "/hook", "webhook")
        harness.enqueue_notice()
        assert harness.step() == "sent 1, failed 0, abandoned 0, in progress 1"
        harness.enqueue_notice()
        assert harness.step() == "sent 1, failed 0, abandoned 0, in progress 0"
        assert len(receiver.bodies) == 2
    harness.wait_until(lambda: any("closed" in str(m.response) for m in harness.messages()))


def test_a_sender_killed_between_data_and_commit_repeats_the_message_id(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox
) -> None:
    with mail_server(mailbox) as port:
        harness = make_harness(smtp_port=port)
        harness.add_recipient()
        harness.enqueue_notice()
        command = [sys.executable, "-c", STEP_SCRIPT, harness.database.url, str(port)]
        with subprocess.Popen(command, cwd=CHECKOUT) as killed:
            mailbox.kills = killed.pid
            assert killed.wait(30) == -9
        assert harness.messages()[0].state == "waiting"
        assert "sent 0" in harness.step()
        assert "sent 1" in harness.step_after(1)
        assert "sent 0" in harness.step_after(60)
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes() or first["Date"] == second["Date"]


def test_an_undecodable_message_does_not_block_the_others(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox
) -> None:
    with mail_server(mailbox) as port:
        harness = make_harness(smtp_port=port)
        harness.add_recipient()
        harness.enqueue_notice(kind="unheard of")
        harness.enqueue_notice()
        harness.step()
        harness.step()
    assert {message.state for message in harness.messages()} == {"dead", "sent"}


def test_a_scheduler_that_lost_its_lease_sends_nothing(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox
) -> None:
    with mail_server(mailbox) as port:
        harness = make_harness(smtp_port=port)
        harness.add_recipient()
        harness.enqueue_notice()
        Leases(harness.database).release(LEASE, "test")
        Leases(harness.database).take(LEASE, "another", 600)
        with pytest.raises(LeaseLost):
            harness.step()
    assert mailbox.mails == []


def test_concurrent_senders_send_a_single_mail(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox
) -> None:
    with mail_server(mailbox) as port:
        harness = make_harness(smtp_port=port)
        person = harness.add_recipient()
        harness.enqueue_notice()
        threads = [delivery.RecipientDelivery(harness.context, person.id) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(mailbox.mails) == 1


def test_a_paused_recipient_gets_nothing_and_its_waiting_messages_are_dropped(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox
) -> None:
    with mail_server(mailbox) as port:
        harness = make_harness(smtp_port=port)
        person = harness.add_recipient()
        harness.enqueue_notice()
        harness.recipients.change(person.id, {"paused": True})
        harness.enqueue_notice()
        harness.step()
        assert "abandoned 1" in harness.step_after(24 * 60)
    assert mailbox.mails == []
    assert [m.response for m in harness.messages()] == ["The recipient was paused."]


def test_resolved_notices_go_only_to_recipients_that_want_them(
    make_harness: Callable[..., DeliveryHarness], database: Database
) -> None:
    harness = make_harness()
    subscribed, unsubscribed = harness.add_recipient(), harness.add_recipient("calm@example.com")
    harness.recipients.change(unsubscribed.id, {"wants_resolved": False})
    harness.enqueue_notice(kind="resolved")
    assert Deliveries(database).due(NOON) == [subscribed.id]


def test_removing_a_recipient_removes_its_waiting_messages(
    make_harness: Callable[..., DeliveryHarness],
) -> None:
    harness = make_harness()
    recipient_id: UUID = harness.add_recipient().id
    harness.enqueue_notice()
    harness.recipients.remove(recipient_id)
    assert harness.messages() == []
    assert harness.step() == "sent 0, failed 0, abandoned 0, in progress 0"
