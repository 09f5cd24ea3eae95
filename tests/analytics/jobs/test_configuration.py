"""What is configured is tried before it is needed, and all faults are told at once."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics.archive.archive import Archive
from analytics.jobs import configuration
from analytics.jobs.configuration import Misconfigured
from analytics.jobs.job import Archive as ArchiveProtocol
from analytics.jobs.job import JobContext, NoArchive
from models.database.engine import Database
from models.database.leases import Lease
from settings import Settings
from tests.support.clock import Clock
from tests.support.receivers.mail_server import Mailbox, mail_server

NOBODY = 65534
NOWHERE = Database("postgresql+psycopg2://nobody@/nothing?host=/nowhere")


def a_context(archive: ArchiveProtocol, **settings: Any) -> JobContext:
    values: dict[str, Any] = {"smtp_security": "none", "email_from": "monitoring@example.com"}
    return JobContext(
        NOWHERE, Settings(**values | settings), Clock(), Lease("scheduler", 1), archive
    )


def test_what_is_not_configured_is_no_fault() -> None:
    assert "can be used" in configuration.step(a_context(NoArchive()))


def test_a_folder_and_a_server_that_work_are_left_as_they_were(tmp_path: Path) -> None:
    mailbox, folder = Mailbox(), tmp_path / "not" / "yet"
    with mail_server(mailbox) as port:
        configuration.step(a_context(Archive(folder), smtp_host="localhost", smtp_port=port))
    assert (mailbox.mails, list(folder.iterdir())) == ([], [])


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file")
    context = a_context(Archive(tmp_path / "archive"), smtp_host="localhost", smtp_port=1)
    with pytest.raises(Misconfigured) as raised:
        configuration.step(context)
    assert str(raised.value).startswith(f"archive: ARCHIVE_DIR {tmp_path}/archive cannot be")
    assert "; mail: localhost:1: " in str(raised.value)


@pytest.fixture
def no_root() -> Iterator[None]:
    """Whoever runs the tests may not write everywhere meanwhile."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(user)


@pytest.mark.usefixtures("no_root")
def test_a_folder_without_permission_is_a_fault() -> None:
    with pytest.raises(Misconfigured, match="cannot be written: Permission denied"):
        configuration.step(a_context(Archive(Path("/usr"))))


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"email_from": None}, "No sender is set"),
        ({"smtp_user": "me", "smtp_password": "guessed"}, "SMTP AUTH extension not"),
        ({"smtp_security": "starttls"}, "offers no STARTTLS"),
        ({"smtp_security": "tls", "smtp_ca_file": Path("/none.pem")}, "/none.pem cannot be used"),
        ({"smtp_security": "tls", "smtp_ca_file": Path(__file__)}, "cannot be used: "),
    ],
)
def test_a_mail_server_that_would_not_take_a_message_is_a_fault(
    settings: dict[str, object], reason: str
) -> None:
    with mail_server(Mailbox()) as port, pytest.raises(Misconfigured, match=reason):
        configuration.step(
            a_context(NoArchive(), smtp_host="localhost", smtp_port=port, **settings)
        )
