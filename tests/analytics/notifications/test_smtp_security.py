"""TLS to the mail server as configured; nothing is sent without it."""

from collections.abc import Callable
from pathlib import Path

from tests.support.receivers.mail_server import (
    PASSWORD,
    Certificate,
    Mailbox,
    authenticator,
    mail_server,
)
from tests.support.servers.delivery_job import DeliveryHarness


def test_starttls_and_a_password_reach_the_server(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox, tmp_path: Path
) -> None:
    certificate = Certificate(tmp_path)
    with mail_server(mailbox, certificate=certificate, authenticator=authenticator) as port:
        harness = make_harness(
            smtp_port=port, smtp_security="starttls", smtp_ca_file=certificate.file,
            smtp_user="me", smtp_password=PASSWORD.decode(),
        )  # fmt: skip
        harness.add_recipient()
        harness.enqueue_notice()
        assert "sent 1" in harness.step(), harness.messages()


def test_a_wrong_password_is_reported(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox, tmp_path: Path
) -> None:
    certificate = Certificate(tmp_path)
    with mail_server(mailbox, certificate=certificate, authenticator=authenticator) as port:
        harness = make_harness(
            smtp_port=port, smtp_security="starttls", smtp_ca_file=certificate.file,
            smtp_user="me", smtp_password="guessed",
        )  # fmt: skip
        harness.add_recipient()
        harness.enqueue_notice()
        harness.step()
    assert str(harness.messages()[0].response).startswith("535 ")


def test_tls_from_the_first_byte(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox, tmp_path: Path
) -> None:
    certificate = Certificate(tmp_path)
    with mail_server(mailbox, ssl_context=certificate.context) as port:
        harness = make_harness(smtp_port=port, smtp_security="tls", smtp_ca_file=certificate.file)
        harness.add_recipient()
        harness.enqueue_notice()
        assert "sent 1" in harness.step(), harness.messages()


def test_an_unknown_certificate_is_refused(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox, tmp_path: Path
) -> None:
    with mail_server(mailbox, certificate=Certificate(tmp_path)) as port:
        harness = make_harness(smtp_port=port, smtp_security="starttls")
        harness.add_recipient()
        harness.enqueue_notice()
        harness.step()
    assert "certificate is not trusted" in str(harness.messages()[0].response)
    assert mailbox.mails == []


def test_where_tls_is_required_and_not_offered_nothing_is_sent(
    make_harness: Callable[..., DeliveryHarness], mailbox: Mailbox
) -> None:
    with mail_server(mailbox) as port:
        harness = make_harness(smtp_port=port, smtp_security="starttls", smtp_user="me")
        harness.add_recipient()
        harness.enqueue_notice()
        harness.step()
    assert "offers no STARTTLS" in str(harness.messages()[0].response)
    assert mailbox.mails == []
