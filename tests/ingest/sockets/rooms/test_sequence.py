"""What comes twice is known by its number, what never comes by the gap."""

import random

from hypothesis import given
from hypothesis import strategies as st

from ingest.sockets.rooms import sequence
from ingest.sockets.rooms.sequence import ReceivedNumbers, SentNumbers

ANN = "ann"


@given(st.integers(1, 60), st.randoms(use_true_random=False))
def test_each_message_is_delivered_or_missed_and_none_twice(
    count: int, chance: random.Random
) -> None:
    sent, received = SentNumbers(), ReceivedNumbers()
    received.meet(ANN)
    numbers = [sent.next("portal") for _ in range(count)]
    batches = [numbers[start : start + 7] for start in range(0, count, 7)]
    arriving = [batch for batch in batches for _ in range(chance.choice([0, 1, 1, 2])) if batch]
    if arriving:
        arriving.append(chance.choice(arriving))  # what a frozen broker delivers at last
    delivered, missed = [], 0
    for number in (number for batch in arriving for number in batch):
        receipt = received.message(ANN, "portal", number)
        missed += receipt.missed
        delivered += [number] if receipt.is_first else []
    missed += sum(received.sent(ANN, app, number) for app, number in sent.changed())
    assert delivered == sorted(set(delivered))
    assert len(delivered) + missed == count


def test_what_a_sender_sent_before_it_was_met_is_not_missed() -> None:
    received = ReceivedNumbers()
    assert received.message(ANN, "portal", 7) == (True, 0)
    assert received.sent(ANN, "kiosk", 40) == 0
    received.meet(ANN)
    assert received.message(ANN, "kiosk", 42) == (True, 1)
    assert received.message(ANN, "other", 2) == (True, 1)


def test_messages_of_a_version_before_have_no_number_and_are_delivered() -> None:
    received = ReceivedNumbers()
    assert [received.message(ANN, "portal", 0) for _ in range(2)] == [(True, 0)] * 2


def test_only_so_many_senders_are_remembered() -> None:
    received = ReceivedNumbers()
    for sender in range(sequence.MOST_STREAMS + 5):
        received.meet(str(sender))
        received.message(str(sender), "portal", 1)
    assert len(received._last) == sequence.MOST_STREAMS
    assert received.message("0", "portal", 9) == (True, 0)


def test_only_what_changed_is_sent_again() -> None:
    sent = SentNumbers()
    sent.next("portal")
    assert (sent.changed(), sent.changed()) == ([("portal", 1)], [])
    sent.next("kiosk")
    assert sent.all() == [("portal", 1), ("kiosk", 1)]
    assert sent.changed() == []
