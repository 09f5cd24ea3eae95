"""After an outage: messages in order and folded; refusals for good are not tried again."""

import json
from collections.abc import Callable

import pytest

from tests.support.receivers.mail_server import (
    Mailbox,
    WebhookReceiver,
    free_port,
    mail_server,
    webhook_server,
)
from tests.support.servers.delivery_job import DeliveryHarness


@pytest.mark.parametrize("reply", ["550 5.1.1 nobody of that name", "553 5.1.3 no address"])
def test_a_refusal_for_good_is_not_tried_again(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox, reply: str
) -> None:
    mailbox.after_rcpt.append(reply)
    with mail_server(mailbox) as port:
        harness = make_harness(smtp_port=port)
        harness.add_recipient()
        harness.enqueue_notice()
        assert "failed 1" in harness.step()
        assert "sent 0, failed 0" in harness.step_after(60)
    (message,) = harness.messages()
    assert (message.state, message.tries, message.response) == ("dead", 1, reply)


def test_a_webhook_that_was_deleted_is_not_tried_again(
    make_harness: Callable[..., DeliveryHarness],
) -> None:
    receiver = WebhookReceiver()
    receiver.replies.append((410, {}, b""))
    with webhook_server(receiver) as address:
        harness = make_harness()
        harness.add_recipient(address + "/hook", "webhook")
        harness.enqueue_notice()
        assert "failed 1" in harness.step()
    (message,) = harness.messages()
    assert (message.state, str(message.response)[:3]) == ("dead", "410")


def test_after_an_outage_an_alert_that_has_ended_is_reported_once_and_not_before_it_fired(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox
) -> None:
    harness = make_harness(smtp_port=(port := free_port()))
    harness.add_recipient()
    harness.enqueue_notice()
    assert "failed 1" in harness.step()
    harness.step_after(2)
    harness.clock.advance(minutes=1)
    harness.enqueue_notice(kind="resolved", at=harness.clock())
    with mail_server(mailbox, port):
        assert "sent 1, failed 0" in harness.step()
        assert "sent 0" in harness.step_after(60)
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Fired and resolved: Message latency, Brazil (critical)"
    assert "firing at 12:00 UTC" in str(mail.get_body(("plain",)))
    assert [message.state for message in harness.messages()] == ["sent", "sent"]


def test_what_waited_is_sent_with_the_next_message_of_its_group(
    make_harness: Callable[..., DeliveryHarness],
) -> None:
    receiver = WebhookReceiver()
    receiver.replies += [(503, {}, b"")] * 2
    with webhook_server(receiver) as address:
        harness = make_harness()
        harness.add_recipient(address + "/hook", "webhook")
        for kind, alert in (("firing", 1), ("firing", 2), ("repeat", 1), ("resolved", 2)):
            harness.enqueue_notice(kind=kind, alert_id=alert, rule=f"rule {alert}")
            harness.step()
            harness.clock.advance(seconds=5)
        harness.step_after(60)
    reported = [
        [(alert["labels"]["alertname"], alert["status"]) for alert in json.loads(body)["alerts"]]
        for body in receiver.bodies
    ]
    assert reported[2:] == [
        [("rule 2", "firing"), ("rule 1", "firing")],
        [("rule 2", "resolved")],
    ]
    assert {message.state for message in harness.messages()} == {"sent"}
