"""An end behind messages is seen, however the stream is cut: with the last of them in one read, or
after bytes that had to be waited for."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.sockets.engine.conversation import Conversation

from .test_conversation import FAULTS, MESSAGES, close, frame

LARGEST = 4096
Message = str | bytes


def fed(conversation: Conversation, data: bytes, cuts: list[int]) -> list[Message]:
    """All messages of a stream that arrives cut there, ends as soon as they are announced."""
    messages: list[Message] = []
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for begin, end in pairwise(edges):
        messages += conversation.feed(data[begin:end])
        while conversation.has_pending_end:
            messages += conversation.feed(b"")
    return messages


@given(st.sampled_from(sorted(MESSAGES)), st.lists(st.integers(0, 5000), max_size=6))
@example("two frames at once", [3, 7])
def test_a_close_behind_messages_is_answered(name: str, cuts: list[int]) -> None:
    frames, expected = MESSAGES[name]
    conversation = Conversation(LARGEST)
    assert fed(conversation, b"".join(frames) + close(1000), cuts) == expected
    assert conversation.closing == (1000, "", "client")
    assert conversation.is_over


@pytest.mark.parametrize("name", FAULTS)
@given(st.lists(st.integers(0, 5000), max_size=6))
@example([3, 7])
def test_a_fault_behind_messages_closes(name: str, cuts: list[int]) -> None:
    conversation = Conversation(LARGEST)
    stream = frame(1, b"a") + frame(2, b"b") + FAULTS[name][0]
    assert fed(conversation, stream, cuts)[:2] == ["a", b"b"]
    assert conversation.is_over
