"""How the mail server is reached: TLS as the settings say, and nothing sent where it is not so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.database.engine import Database
from tests.conftest import Clock
from tests.support.delivery_job import Shift
from tests.support.mail_server import PASSWORD, Certificate, Postbox, authenticator, mail_server


@pytest.fixture
def shift(database: Database, clock: Clock) -> Callable[..., Shift]:
    def make(**settings: object) -> Shift:
        return Shift(database, clock, **settings)

    return make


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


def test_starttls_and_a_password_reach_the_server(
    shift: Callable[..., Shift], postbox: Postbox, tmp_path: Path
) -> None:
    certificate = Certificate(tmp_path)
    with mail_server(postbox, certificate=certificate, authenticator=authenticator) as port:
        work = shift(
            smtp_port=port, smtp_security="starttls", smtp_ca_file=certificate.file,
            smtp_user="me", smtp_password=PASSWORD.decode(),
        )  # fmt: skip
        work.has()
        work.tell()
        assert "sent 1" in work.step(), work.messages()


def test_a_wrong_password_is_told(
    shift: Callable[..., Shift], postbox: Postbox, tmp_path: Path
) -> None:
    certificate = Certificate(tmp_path)
    with mail_server(postbox, certificate=certificate, authenticator=authenticator) as port:
        work = shift(
            smtp_port=port, smtp_security="starttls", smtp_ca_file=certificate.file,
            smtp_user="me", smtp_password="guessed",
        )  # fmt: skip
        work.has()
        work.tell()
        work.step()
    assert str(work.messages()[0].answer).startswith("535 ")


def test_tls_from_the_first_byte(
    shift: Callable[..., Shift], postbox: Postbox, tmp_path: Path
) -> None:
    certificate = Certificate(tmp_path)
    with mail_server(postbox, ssl_context=certificate.context) as port:
        work = shift(smtp_port=port, smtp_security="tls", smtp_ca_file=certificate.file)
        work.has()
        work.tell()
        assert "sent 1" in work.step(), work.messages()


def test_an_unknown_certificate_is_refused(
    shift: Callable[..., Shift], postbox: Postbox, tmp_path: Path
) -> None:
    with mail_server(postbox, certificate=Certificate(tmp_path)) as port:
        work = shift(smtp_port=port, smtp_security="starttls")
        work.has()
        work.tell()
        work.step()
    assert "certificate is not trusted" in str(work.messages()[0].answer)
    assert postbox.mails == []


def test_where_tls_is_required_and_not_offered_nothing_is_sent(
    shift: Callable[..., Shift], postbox: Postbox
) -> None:
    with mail_server(postbox) as port:
        work = shift(smtp_port=port, smtp_security="starttls", smtp_user="me")
        work.has()
        work.tell()
        work.step()
    assert "offers no STARTTLS" in str(work.messages()[0].answer)
    assert postbox.mails == []
