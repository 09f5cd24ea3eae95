"""From the outbox to the mail server: exactly one mail each, whatever the server does."""

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
from tests.conftest import NOON, Clock
from tests.support.delivery_job import Shift
from tests.support.mail_server import Postbox, Receiver, free_port, mail_server, receiving, tarpit

ONE_STEP = """
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


@pytest.fixture
def shift(database: Database, clock: Clock) -> Callable[..., Shift]:
    def make(**settings: object) -> Shift:
        return Shift(database, clock, **settings)

    return make


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


def test_a_notice_becomes_one_mail_and_the_answer_is_kept(
    shift: Callable[..., Shift], postbox: Postbox
) -> None:
    with mail_server(postbox) as port:
        work = shift(smtp_port=port)
        work.has()
        work.tell()
        assert work.step() == "sent 1, failed 0, gave up 0, under way 0"
        assert work.step() == "sent 0, failed 0, gave up 0, under way 0"
    (mail,), (message,) = postbox.mails, work.messages()
    assert mail["Subject"] == "Firing: Message latency, BR (critical)"
    assert mail["Message-ID"] == f"<{message.id}@example.com>"
    assert postbox.envelopes[0].rcpt_tos == ["admin@example.com"]
    assert (message.state, message.tries, message.answer) == (
        "sent", 1, "250 2.0.0 queued as 4711"
    )  # fmt: skip


def test_down_for_three_tries_then_up_gives_one_mail(
    shift: Callable[..., Shift], postbox: Postbox
) -> None:
    work = shift(smtp_port=(port := free_port()))
    work.has()
    work.tell()
    for minutes in (0, 1, 2):
        assert "failed 1" in work.later(minutes)
        assert "refused" in str(work.messages()[0].answer)
    with mail_server(postbox, port):
        assert "sent 0" in work.later(3.9)
        assert "sent 1" in work.later(0.1)
        assert "sent 0" in work.later(60)
    assert len(postbox.mails) == 1
    assert work.messages()[0].tries == 4


@pytest.mark.parametrize("reply", ["451 4.3.0 try later", "550 5.7.1 not today"])
@pytest.mark.parametrize("moment", ["after_rcpt", "after_data"])
def test_a_refusal_is_told_in_its_own_words_and_tried_again(
    shift: Callable[..., Shift], postbox: Postbox, moment: str, reply: str
) -> None:
    getattr(postbox, moment).append(reply)
    with mail_server(postbox) as port:
        work = shift(smtp_port=port)
        work.has()
        work.tell()
        assert "failed 1" in work.step()
        assert work.messages()[0].answer == reply
        assert "sent 1" in work.later(1)
        assert "sent 0" in work.later(60)
    assert len(postbox.mails) == 1


def test_what_is_refused_for_a_day_is_dead_and_seen_with_the_last_answer(
    shift: Callable[..., Shift], postbox: Postbox
) -> None:
    postbox.after_rcpt += [f"451 try {number}" for number in range(100)]
    with mail_server(postbox) as port:
        work = shift(smtp_port=port)
        work.has()
        work.tell()
        work.step()
        for _ in range(24 * 6):
            work.later(10)
    (message,) = work.messages()
    assert (message.state, message.finished_at) == ("dead", work.clock())
    assert message.answer == f"451 try {message.tries - 1}"
    assert 24 < message.tries < 40
    assert postbox.mails == []


def test_the_wait_doubles_up_to_an_hour(shift: Callable[..., Shift]) -> None:
    work = shift(smtp_host=None)
    work.has()
    work.tell()
    waits = []
    for _ in range(9):
        work.step()
        due = work.messages()[0].next_try_at
        assert due is not None
        waits.append((due - work.clock()).total_seconds() / 60)
        work.clock.at = due
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert work.messages()[0].answer == "No mail server is set: set SMTP_HOST."


def test_a_silent_server_delays_nobody_else(shift: Callable[..., Shift]) -> None:
    receiver = Receiver()
    with tarpit() as port, receiving(receiver) as address:
        work = shift(smtp_port=port)
        work.has()
        work.has(address + "/hook", "webhook")
        work.tell()
        assert work.step() == "sent 1, failed 0, gave up 0, under way 1"
        work.tell()
        assert work.step() == "sent 1, failed 0, gave up 0, under way 0"
        assert len(receiver.bodies) == 2
    work.until(lambda: any("closed" in str(m.answer) for m in work.messages()))


def test_a_sender_killed_between_data_and_commit_repeats_the_message_id(
    shift: Callable[..., Shift], postbox: Postbox
) -> None:
    with mail_server(postbox) as port:
        work = shift(smtp_port=port)
        work.has()
        work.tell()
        command = [sys.executable, "-c", ONE_STEP, work.database.url, str(port)]
        with subprocess.Popen(command, cwd=CHECKOUT) as killed:
            postbox.kills = killed.pid
            assert killed.wait(30) == -9
        assert work.messages()[0].state == "waiting"
        assert "sent 0" in work.step()
        assert "sent 1" in work.later(1)
        assert "sent 0" in work.later(60)
    first, second = postbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes() or first["Date"] == second["Date"]


def test_a_message_nobody_can_read_does_not_stop_the_others(
    shift: Callable[..., Shift], postbox: Postbox
) -> None:
    with mail_server(postbox) as port:
        work = shift(smtp_port=port)
        work.has()
        work.tell(kind="unheard of")
        work.tell()
        work.step()
        work.step()
    assert {message.state for message in work.messages()} == {"waiting", "sent"}


def test_a_leader_who_slept_sends_nothing(shift: Callable[..., Shift], postbox: Postbox) -> None:
    with mail_server(postbox) as port:
        work = shift(smtp_port=port)
        work.has()
        work.tell()
        Leases(work.database).release(LEASE, "test")
        Leases(work.database).take(LEASE, "another", 600)
        with pytest.raises(LeaseLost):
            work.step()
    assert postbox.mails == []


def test_two_senders_at_once_send_one_mail(shift: Callable[..., Shift], postbox: Postbox) -> None:
    with mail_server(postbox) as port:
        work = shift(smtp_port=port)
        person = work.has()
        work.tell()
        rounds = [delivery.Round(work.around, person.id) for _ in range(4)]
        for each in rounds:
            each.start()
        for each in rounds:
            each.join()
    assert len(postbox.mails) == 1


def test_who_is_paused_gets_nothing_and_what_waited_is_given_up(
    shift: Callable[..., Shift], postbox: Postbox
) -> None:
    with mail_server(postbox) as port:
        work = shift(smtp_port=port)
        person = work.has()
        work.tell()
        work.recipients.change(person.id, {"paused": True})
        work.tell()
        work.step()
        assert "gave up 1" in work.later(24 * 60)
    assert postbox.mails == []
    assert [m.answer for m in work.messages()] == ["The recipient was paused."]


def test_word_of_the_end_goes_to_who_wants_it(
    shift: Callable[..., Shift], database: Database
) -> None:
    work = shift()
    curious, calm = work.has(), work.has("calm@example.com")
    work.recipients.change(calm.id, {"wants_resolved": False})
    work.tell(kind="resolved")
    assert Deliveries(database).due(NOON) == [curious.id]


def test_who_is_removed_takes_the_waiting_messages_along(shift: Callable[..., Shift]) -> None:
    work = shift()
    gone: UUID = work.has().id
    work.tell()
    work.recipients.remove(gone)
    assert work.messages() == []
    assert work.step() == "sent 0, failed 0, gave up 0, under way 0"
