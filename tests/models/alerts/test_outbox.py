"""The outbox: notices survive it unchanged, and each message is sent once or dead after a day."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from analytics.jobs.runner import LEASE
from analytics.notifications.notice import Notice
from analytics.operations import probes
from analytics.operations.health import OK
from models.alerts import outbox, recipients
from models.alerts.deliveries import Deliveries
from models.alerts.outbox import OutgoingMessage
from models.alerts.recipients import Recipients
from models.database.engine import Database
from models.database.leases import Lease, Leases
from tests.support.clock import NOON, Clock
from tests.support.notice_factory import a_notice

DAY = timedelta(hours=24)
FORTNIGHT = timedelta(days=14)
outcomes = st.lists(
    st.tuples(st.sampled_from(["taken", "refused", "killed"]), st.integers(0, 300)), max_size=25
)
texts = st.text(max_size=20)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.builds(
        a_notice, rule=texts, labels=st.dictionaries(texts, texts, max_size=3), runbook=texts,
        value=numbers, usual_low=numbers, n=st.integers(0, 10**9),
        history=st.lists(st.tuples(st.just(NOON), numbers), max_size=3).map(tuple),
    )
)  # fmt: skip
def test_a_notice_survives_the_outbox_unchanged(notice: Notice) -> None:
    written = msgspec.json.encode([notice]).decode()
    assert msgspec.json.decode(written, type=list[Notice]) == [notice]


def a_person(database: Database) -> UUID:
    values = {
        "kind": "email", "address": "a@example.com", "name": "x", "wants_resolved": True,
        "wants_digest": False, "paused": False,
    }  # fmt: skip
    return Recipients(database).add(values, NOON).id


def enqueued(database: Database, at: datetime, group_key: str = "g") -> None:
    with database.transaction() as connection:
        outbox.enqueue(
            connection,
            [OutgoingMessage([a_notice()], recipients.active(connection), group_key)],
            at,
        )


def led(database: Database) -> Lease:
    lease = Leases(database).take(LEASE, "test", 600)
    assert lease is not None
    return lease


def test_no_message_is_sent_when_its_transaction_is_rolled_back(database: Database) -> None:
    a_person(database)

    class Undone(Exception):
        pass

    try:
        with database.transaction() as connection:
            outbox.enqueue(
                connection,
                [OutgoingMessage([a_notice()], recipients.active(connection), "g")],
                NOON,
            )
            raise Undone
    except Undone:
        assert Deliveries(database).latest() == []


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(outcomes)
def test_whatever_happens_a_message_is_sent_once_or_dead_after_a_day(
    database: Database, history: list[tuple[str, int]]
) -> None:
    with database.transaction() as connection:
        connection.execute(text("TRUNCATE outbox, recipients CASCADE"))
    lease, deliveries, person = led(database), Deliveries(database), a_person(database)
    enqueued(database, NOON)
    now, sent, due = NOON, 0, NOON
    for outcome, minutes in history:
        now += timedelta(minutes=minutes)
        deliveries.give_up(now, lease)
        claimed = deliveries.claim(person, now, lease)
        assert claimed is None or (sent == 0 and now >= due)
        if claimed is None:
            continue
        assert deliveries.claim(person, now, lease) is None
        due = now + timedelta(minutes=min(60, 2 ** (claimed.newest.tries - 1)))
        if outcome == "taken":
            deliveries.sent(claimed, "250 ok", now)
            sent += 1
        elif outcome == "refused":
            deliveries.failed(claimed, "451 no", now)
    deliveries.give_up(now + FORTNIGHT, lease)
    (message,) = deliveries.latest()
    expected = "sent" if sent else "dead" if message.tries else "waiting"
    assert message.state == expected


def test_a_sender_whose_claim_was_taken_over_changes_nothing(database: Database) -> None:
    lease, deliveries, person = led(database), Deliveries(database), a_person(database)
    enqueued(database, NOON)
    slow = deliveries.claim(person, NOON, lease)
    later = NOON + timedelta(minutes=1)
    quick = deliveries.claim(person, later, lease)
    assert slow is not None
    assert quick is not None
    deliveries.sent(quick, "250 second", later)
    deliveries.failed(slow, "too late", later)
    (message,) = deliveries.latest()
    assert (message.state, message.response) == ("sent", "250 second")


def test_many_messages_that_wait_hold_up_no_other_cause(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.alerts.deliveries.MOST_PARTS", 2)
    lease, deliveries, person = led(database), Deliveries(database), a_person(database)
    for second in range(2):
        enqueued(database, NOON + timedelta(seconds=second))
    at = NOON + timedelta(seconds=5)
    first = deliveries.claim(person, at, lease)
    assert first is not None
    assert len(first.parts) == 2
    deliveries.failed(first, "451 later", at)
    enqueued(database, at, "another")
    assert deliveries.due(at) == [person]
    other = deliveries.claim(person, at, lease)
    assert other is not None
    assert [part.group_key for part in other.parts] == ["another"]


def test_a_message_that_waits_is_sent_after_the_clock_was_set_back(database: Database) -> None:
    lease, deliveries, person = led(database), Deliveries(database), a_person(database)
    enqueued(database, NOON)
    assert deliveries.claim(person, NOON, lease) is not None
    earlier = NOON - timedelta(hours=2)
    assert deliveries.due(earlier) == [person]
    assert deliveries.claim(person, earlier, lease) is not None
    assert deliveries.due(earlier) == []
    assert deliveries.claim(person, earlier, lease) is None


def test_dead_messages_are_counted_for_health(database: Database) -> None:
    lease, deliveries, person = led(database), Deliveries(database), a_person(database)
    enqueued(database, NOON)
    deliveries.claim(person, NOON, lease)
    clock = Clock(NOON + DAY)
    probe = probes.deliveries_probe(lambda since: deliveries.dead(since, ["email"]), clock)
    assert probe() == OK
    deliveries.give_up(NOON + DAY, lease)
    assert probe().detail == "1 message of the last 3 days could not be delivered"
    assert deliveries.dead(NOON, ["webhook"]) == 0


def test_messages_are_counted_by_state_and_forgotten_when_done(database: Database) -> None:
    lease, deliveries, person = led(database), Deliveries(database), a_person(database)
    enqueued(database, NOON)
    enqueued(database, NOON, "another")
    claimed = deliveries.claim(person, NOON, lease)
    assert claimed is not None
    deliveries.sent(claimed, "250 ok", NOON)
    assert deliveries.counts(NOON - DAY) == {"waiting": 1, "sent": 1, "dead": 0}
    assert deliveries.forget(NOON + DAY) == 1
    assert [message.state for message in deliveries.latest()] == ["waiting"]
