"""Which waiting messages are sent together, and when."""

from datetime import timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from models.alerts.message_batches import MessagePart, due_batch
from tests.support.clock import NOON


def a_part(group_key: str = "rule 1", due: float = 0, subject: str = "alerts") -> MessagePart:
    """`due`: minutes after noon."""
    return MessagePart(
        id=uuid4(), subject=subject, group_key=group_key, content="[]", tries=0, created_at=NOON,
        next_try_at=NOON + timedelta(minutes=due),
    )  # fmt: skip


def test_what_waits_for_its_next_try_goes_with_the_next_message_of_its_group() -> None:
    first, other, second = a_part(due=60), a_part("rule 2", due=60), a_part()
    assert due_batch([first, other, second], NOON) == [first, second]
    assert due_batch([first, other], NOON) == []


def test_missing_data_makes_all_alerts_a_single_cause() -> None:
    parts = [a_part("no data client", due=60), a_part("week", subject="digest"), a_part()]
    assert due_batch(parts, NOON) == [parts[0], parts[2]]


def test_a_try_planned_before_the_clock_was_set_back_is_due() -> None:
    part = a_part(due=61)
    assert due_batch([part], NOON) == [part]


def test_digests_are_sent_singly() -> None:
    parts = [a_part("week", subject="digest"), a_part("week", subject="digest")]
    assert due_batch(parts, NOON) == parts[:1]


@given(st.lists(st.tuples(st.sampled_from(["rule 1", "rule 2"]), st.integers(-2, 2)), max_size=9))
def test_no_message_overtakes_another_of_its_group(drawn: list[tuple[str, int]]) -> None:
    waiting = [a_part(group_key, due) for group_key, due in drawn]
    batch = due_batch(waiting, NOON)
    assert bool(batch) == any(due <= 0 for _, due in drawn)
    groups = {part.group_key for part in batch}
    assert batch == [part for part in waiting if part.group_key in groups]
    assert len(groups) <= 1
