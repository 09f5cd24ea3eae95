"""LISTEN and NOTIFY: batches of any size arrive complete and in order, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.database.engine import Database
from models.database.notifications import PART_CHARACTERS, NotificationLine, cut

CHANNEL = f"wsmon test {os.getpid()}"


@contextmanager
def line(
    database: Database, *, listening: bool, channel: str = CHANNEL
) -> Iterator[NotificationLine]:
    opened = NotificationLine(database.url, channel, listening=listening)
    opened.connect()
    yield opened
    opened.hang_up()


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    st.integers(1, 3 * PART_CHARACTERS),
)
def test_parts_are_numbered_and_small_enough_for_a_notification(pattern: str, length: int) -> None:
    text = (pattern * length)[:length]
    parts = [part.split(" ", 2) for part in cut(text)]
    assert "".join(part for _, _, part in parts) == text
    assert [int(number) for number, _, _ in parts] == list(range(len(parts)))
    assert {int(of) for _, of, _ in parts} == {len(parts)}
    assert all(len(part.encode()) < 8000 for part in cut(text))


def test_a_long_batch_arrives_complete_and_in_order(database: Database) -> None:
    batch = [f'{{"n": {n}, "text": "{"💬" * 900}"}}'.encode() for n in range(9)]
    with line(database, listening=True) as receiver, line(database, listening=False) as sender:
        sender.send(batch)
        received: list[bytes] = []
        while len(received) < len(batch):
            received += receiver.read()
    assert received == batch


def test_equal_messages_are_not_merged(database: Database) -> None:
    with line(database, listening=True) as receiver, line(database, listening=False) as sender:
        sender.send([b'"same"'] * 3)
        assert receiver.read() == [b'"same"'] * 3


def test_another_channel_hears_nothing(database: Database) -> None:
    with line(database, listening=True) as receiver:
        with line(database, listening=False, channel="other") as stranger:
            stranger.send([b"1"])
        with line(database, listening=False) as sender:
            sender.send([b"2"])
        assert receiver.read() == [b"2"]


@pytest.mark.parametrize(
    ("payloads", "expected"),
    [
        (["1 2 tail", "0 1 all"], [None, "all"]),  # began to listen within a batch
        (["0 3 a", "0 2 b", "1 2 c", "0 1 d"], [None, None, None, "d"]),  # a batch broke off
        (["0 2 a ", "1 2 b"], [None, "a b"]),
    ],
)
def test_a_batch_without_its_first_part_is_dropped(
    payloads: list[str], expected: list[str | None]
) -> None:
    receiver = NotificationLine("postgresql://nowhere/x", CHANNEL, listening=True)
    assert [receiver._joined(payload) for payload in payloads] == expected


def test_faults_of_the_database_are_os_errors() -> None:
    broken = NotificationLine("postgresql+psycopg2://u@/x?host=/nowhere", CHANNEL, listening=True)
    with pytest.raises(OSError, match="not connected"):
        broken.send([b"1"])
    with pytest.raises(OSError, match="/nowhere"):
        broken.connect()
    broken.hang_up()


def test_a_line_that_hung_up_connects_again(database: Database) -> None:
    with line(database, listening=False) as sender:
        sender.hang_up()
        with pytest.raises(OSError, match="not connected"):
            sender.read()
        sender.connect()
        sender.send([b"1"])
