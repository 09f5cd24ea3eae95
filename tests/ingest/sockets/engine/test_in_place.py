"""What is decoded in place is what the conversation makes of the same bytes, however they come."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sockets.engine.conversation import Conversation
from ingest.sockets.engine.in_place import Message, messages_in
from tests.ingest.sockets.test_conversation import CLOSES, FAULTS, close, frame

LARGEST = 4096
payloads = st.one_of(
    st.binary(max_size=10),
    st.text(max_size=40).map(str.encode),
    st.integers(120, 300).map(lambda size: b"x" * size),
    st.sampled_from([b"y" * LARGEST, b"y" * (LARGEST + 1)]),
)
frames = st.one_of(
    st.builds(frame, st.sampled_from([1, 2]), payloads),
    st.builds(frame, st.sampled_from([1, 2]), payloads),
    st.builds(frame, st.sampled_from([0, 1, 2]), payloads, fin=st.booleans()),
    st.builds(frame, st.sampled_from([9, 10]), st.binary(max_size=125)),
    st.sampled_from([data for data, _ in FAULTS.values()]),
    st.sampled_from(CLOSES).map(close),
)
streams = st.lists(frames, max_size=8).map(b"".join)


@dataclass
class Peer:
    """A conversation, fed as a connection feeds it; what came of it."""

    conversation: Conversation = field(default_factory=lambda: Conversation(LARGEST))
    messages: list[Message] = field(default_factory=list)
    payload_bytes: int = 0
    replies: bytes = b""

    def feed(self, data: bytes) -> None:
        self._take(data)
        while self.conversation.has_pending_end and not self.conversation.is_over:
            self._take(b"")

    def _take(self, data: bytes) -> None:
        self.messages += self.conversation.feed(data)
        self.payload_bytes += self.conversation.payload_bytes
        if self.conversation.has_replies:
            self.replies += self.conversation.bytes_to_send()

    def outcome(self) -> tuple[object, ...]:
        conversation = self.conversation
        return (
            self.messages, self.payload_bytes, self.replies, conversation.pong,
            conversation.is_open, conversation.closing,
        )  # fmt: skip


@given(streams, st.lists(st.integers(1, 600), min_size=1, max_size=6))
def test_any_split_gives_the_same_messages_replies_and_counts(data: bytes, cuts: list[int]) -> None:
    bytewise, split, whole = Peer(), Peer(), Peer()
    for byte in data:
        bytewise.feed(bytes((byte,)))  # never in place
    at = 0
    for number in range(len(data)):
        if at >= len(data):
            break
        cut = cuts[number % len(cuts)]
        split.feed(data[at : at + cut])
        at += cut
    if data:
        whole.feed(data)
    assert split.outcome() == bytewise.outcome()
    assert whole.outcome() == bytewise.outcome()
    sizes = (len(m if isinstance(m, bytes) else m.encode()) for m in whole.messages)
    assert whole.payload_bytes == sum(sizes)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (frame(1, b"a") + frame(2, b"b"), ["a", b"b"]),
        (frame(1, b"a") + frame(1, b"cut")[:-1], ["a"]),
        (frame(2, b"b" * 126) + frame(9), [b"b" * 126]),
        (frame(1, b"a") + frame(1, b"b", fin=False), ["a"]),
        (frame(1, b"a") + frame(1, b"b", rsv=4), ["a"]),
        (frame(1, b"a") + frame(1, b"b", mask=False), ["a"]),
        (frame(1, b"a") + frame(1, b"\xff"), ["a"]),
        (frame(1, b"a") + frame(1), ["a"]),
        (frame(2, b"y" * (LARGEST + 1)), []),
        (frame(2, b"y" * 65536), []),
        (b"\x81", []),
    ],
)
def test_it_ends_before_the_first_frame_that_is_not_ordinary(
    data: bytes, expected: list[Message]
) -> None:
    messages: list[Message] = []
    end, payload_bytes = messages_in(data, LARGEST, messages)
    assert messages == expected
    assert payload_bytes == sum(map(len, expected))
    assert (end == len(data)) == (len(expected) == 2)
