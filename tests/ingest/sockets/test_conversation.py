"""RFC 6455 as a table: bytes in; messages, replies and close codes out."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sockets.engine.conversation import Conversation

MASK = b"\x37\xfa\x21\x3d"
KILO = b"x" * 1000
GOING_AWAY = struct.pack("!H", 1001)


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bool = True
) -> bytes:
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if mask else 0
    size = len(payload)
    if size < 126:
        head += bytes([bit | size])
    elif size < 65536:
        head += bytes([bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", size)
    if not mask:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[i % 4] for i, byte in enumerate(payload))


def close(code: int | None = None, reason: bytes = b"") -> bytes:
    return frame(8, (b"" if code is None else struct.pack("!H", code)) + reason)


def server_frame(opcode: int, payload: bytes = b"") -> bytes:
    return bytes([0x80 | opcode, len(payload)]) + payload


def close_code_of(conversation: Conversation) -> int | None:
    """The code of the close frame at the end of what is to be written."""
    written = conversation.bytes_to_send()
    at = written.find(b"\x88")
    return struct.unpack("!H", written[at + 2 : at + 4])[0] if at >= 0 and written[at + 1] else None


MESSAGES: dict[str, tuple[list[bytes], list[str | bytes]]] = {
    "an empty text": ([frame(1)], [""]),
    "an empty binary": ([frame(2)], [b""]),
    "a short text": ([frame(1, b"hello")], ["hello"]),
    "a text of 125 bytes": ([frame(1, b"a" * 125)], ["a" * 125]),
    "a text of 126 bytes": ([frame(1, b"a" * 126)], ["a" * 126]),
    "a binary of 1000 bytes": ([frame(2, KILO)], [KILO]),
    "the largest message": ([frame(2, b"y" * 4096)], [b"y" * 4096]),
    "two frames at once": ([frame(1, b"a") + frame(2, b"b")], ["a", b"b"]),
    "umlauts": ([frame(1, "ä€😀".encode())], ["ä€😀"]),
    "two fragments": ([frame(1, b"he", fin=False), frame(0, b"llo")], ["hello"]),
    "many empty fragments": (
        [frame(1, b"", fin=False), *[frame(0, fin=False)] * 5, frame(0)],
        [""],
    ),
    "binary fragments": ([frame(2, b"\xff", fin=False), frame(0, b"\xfe")], [b"\xff\xfe"]),
    "a character split over fragments": (
        [frame(1, b"\xe2\x82", fin=False), frame(0, b"\xac")],
        ["€"],
    ),
    "a ping between fragments": (
        [frame(1, b"a", fin=False), frame(9, b"p"), frame(0, b"b")],
        ["ab"],
    ),
    "a pong nobody asked for": ([frame(10, b"?"), frame(1, b"a")], ["a"]),
    "a message after fragments": (
        [frame(1, b"a", fin=False), frame(0, b"b"), frame(1, b"c")],
        ["ab", "c"],
    ),
}

FAULTS = {
    "reserved bit 1": (frame(1, b"a", rsv=4), 1002),
    "reserved bit 2": (frame(1, b"a", rsv=2), 1002),
    "reserved bit 3": (frame(1, b"a", rsv=1), 1002),
    "a reserved bit on a ping": (frame(9, b"", rsv=4), 1002),
    **{f"opcode {opcode}": (frame(opcode), 1002) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "an unmasked text": (frame(1, b"a", mask=False), 1002),
    "an unmasked ping": (frame(9, mask=False), 1002),
    "an unmasked close 1000": (frame(8, b"\x03\xe8", mask=False), 1002),
    "an unmasked close without a code": (frame(8, mask=False), 1002),
    "an unmasked, fragmented close 1001": (frame(8, GOING_AWAY, fin=False, mask=False), 1002),
    "an unmasked close 1001 with a reserved bit": (frame(8, GOING_AWAY, rsv=4, mask=False), 1002),
    "an unmasked close 1001 with bad UTF-8": (frame(8, GOING_AWAY + b"\xff", mask=False), 1002),
    "an unmasked close 1001 of 126 bytes": (
        frame(8, GOING_AWAY + b"a" * 124, mask=False),
        1002,
    ),
    "a fragmented ping": (frame(9, fin=False), 1002),
    "a fragmented close": (frame(8, fin=False), 1002),
    "a ping of 126 bytes": (frame(9, b"a" * 126), 1002),
    "a close of 126 bytes": (frame(8, b"\x03\xe8" + b"a" * 124), 1002),
    "a close of one byte": (frame(8, b"\x03"), 1002),
    "a continuation of nothing": (frame(0, b"a"), 1002),
    "a final continuation of nothing": (frame(0), 1002),
    "a text inside a fragmented text": (frame(1, b"a", fin=False) + frame(1, b"b"), 1002),
    "a binary inside a fragmented text": (frame(1, b"a", fin=False) + frame(2, b"b"), 1002),
    "bad UTF-8": (frame(1, b"\xce\xba\xff"), 1007),
    "a cut character": (frame(1, b"\xe2\x82"), 1007),
    "a surrogate": (frame(1, b"\xed\xa0\x80"), 1007),
    "an overlong slash": (frame(1, b"\xc0\xaf"), 1007),
    "past the last character": (frame(1, b"\xf4\x90\x80\x80"), 1007),
    "bad UTF-8 in the first of many fragments": (frame(1, b"\xff", fin=False), 1007),
    "bad UTF-8 in a later fragment": (
        frame(1, b"a", fin=False) + frame(0, b"\xff", fin=False),
        1007,
    ),
    "bad UTF-8 in a close reason": (close(1000, b"\xff"), 1007),
    "a message over the limit": (frame(2, b"z" * 4097), 1009),
    "the announcement of 2^63 bytes": (b"\x82\xff" + b"\x80" + b"\0" * 7 + MASK, 1009),
    "fragments over the limit": (frame(2, b"z" * 4000, fin=False) + frame(0, b"z" * 97), 1009),
    **{
        f"close code {code}": (close(code), 1002)
        for code in (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535)
    },
}

CLOSES = [
    None,
    1000,
    1001,
    1002,
    1003,
    1007,
    1008,
    1009,
    1010,
    1011,
    1012,
    1013,
    1014,
    3000,
    3999,
    4000,
    4999,
]


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("step", [1, 3, 100_000])
def test_valid_frames_arrive_however_they_are_split(name: str, step: int) -> None:
    frames, expected = MESSAGES[name]
    data, conversation = b"".join(frames), Conversation(4096)
    got = [m for at in range(0, len(data), step) for m in conversation.feed(data[at : at + step])]
    assert got == expected
    assert conversation.is_open


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("step", [1, 100_000])
@pytest.mark.parametrize("is_proxied", [False, True])
def test_invalid_frames_close_with_their_code(name: str, step: int, is_proxied: bool) -> None:
    data, code = FAULTS[name]
    conversation = Conversation(4096, is_proxied=is_proxied)
    for at in range(0, len(data), step):
        conversation.feed(data[at : at + step])
        if conversation.is_over:
            break
    assert close_code_of(conversation) == code
    assert conversation.is_over


@pytest.mark.parametrize("code", CLOSES)
def test_a_close_is_answered_with_its_own_code(code: int | None) -> None:
    conversation = Conversation(4096)
    conversation.feed(close(code))
    assert conversation.bytes_to_send() == server_frame(
        8, b"" if code is None else struct.pack("!H", code)
    )
    assert conversation.closing == (1005 if code is None else code, "", "client")


@pytest.mark.parametrize("reason", [b"", b"config reloaded", b"r" * 123])
@pytest.mark.parametrize("step", [1, 3, 100_000])
def test_an_unmasked_close_1001_through_a_proxy_is_its_goodbye(reason: bytes, step: int) -> None:
    data = frame(1, b"a", fin=False) + frame(8, GOING_AWAY + reason, mask=False)
    conversation = Conversation(4096, is_proxied=True)
    for at in range(0, len(data), step):
        assert conversation.feed(data[at : at + step]) == []
    assert conversation.closing == (1001, reason.decode(), "proxy")
    assert conversation.bytes_to_send() == server_frame(8, GOING_AWAY + reason)
    assert conversation.is_over


def test_messages_before_the_goodbye_of_a_proxy_are_delivered_first() -> None:
    conversation = Conversation(4096, is_proxied=True)
    goodbye = frame(8, GOING_AWAY, mask=False)
    assert conversation.feed(frame(1, b"last words") + goodbye[:2]) == ["last words"]
    assert conversation.feed(goodbye[2:]) == []
    assert conversation.feed(b"") == []
    assert conversation.closing == (1001, "", "proxy")


def test_without_a_proxy_an_unmasked_close_1001_is_a_protocol_error() -> None:
    conversation = Conversation(4096)
    conversation.feed(frame(8, GOING_AWAY, mask=False))
    assert conversation.closing[::2] == (1002, "server")


def test_a_masked_close_through_a_proxy_is_the_clients() -> None:
    conversation = Conversation(4096, is_proxied=True)
    conversation.feed(close(1001))
    assert conversation.closing == (1001, "", "client")


def test_the_goodbye_of_a_proxy_after_our_close_is_an_answer() -> None:
    conversation = Conversation(4096, is_proxied=True)
    conversation.close(1000)
    conversation.feed(frame(8, GOING_AWAY, mask=False))
    assert conversation.closing == (1000, "", "server")


def test_a_close_inside_a_fragmented_message_is_answered_with_its_own_code() -> None:
    conversation = Conversation(4096)
    assert conversation.feed(frame(1, b"a", fin=False) + close(1000)) == []
    assert conversation.bytes_to_send() == server_frame(8, struct.pack("!H", 1000))


def test_nothing_after_a_close_is_delivered() -> None:
    assert Conversation(4096).feed(close(1000) + frame(1, b"late")) == []


BY_ITS_HEAD = [
    name
    for name, (data, code) in FAULTS.items()
    if code == 1002 and "close" not in name and "ping of" not in name and "inside" not in name
]


@pytest.mark.parametrize("name", BY_ITS_HEAD)
def test_messages_before_a_protocol_error_are_delivered_first(name: str) -> None:
    data, code = FAULTS[name]
    conversation = Conversation(4096)
    assert conversation.feed(frame(1, b"a") + frame(9, b"p") + frame(1, b"b") + data) == ["a", "b"]
    assert conversation.is_open
    assert conversation.has_pending_end
    assert conversation.feed(b"") == []
    assert close_code_of(conversation) == code


def test_a_ping_is_answered_with_its_payload() -> None:
    conversation = Conversation(4096)
    conversation.feed(frame(9, b"a" * 125) + frame(9))
    assert conversation.bytes_to_send() == server_frame(10, b"a" * 125) + server_frame(10)


def test_an_oversize_header_is_rejected_before_its_payload() -> None:
    conversation = Conversation(4096)
    conversation.feed(b"\x82\xff\x00\x00\x00\x00\x40\x00\x00\x00")
    assert close_code_of(conversation) == 1009


def test_the_end_of_the_stream_without_a_close_is_a_loss() -> None:
    conversation = Conversation(4096)
    conversation.feed_eof()
    assert conversation.closing == (1006, "", "nobody")


def test_our_close_comes_first_when_we_close() -> None:
    conversation = Conversation(4096)
    conversation.close(1001, "bye")
    conversation.feed(close(1001))
    assert conversation.closing == (1001, "bye", "server")


@given(st.binary(max_size=400), st.integers(1, 50), st.booleans())
def test_no_bytes_whatsoever_raise(noise: bytes, step: int, is_proxied: bool) -> None:
    conversation = Conversation(256, is_proxied=is_proxied)
    for at in range(0, len(noise), step):
        conversation.feed(noise[at : at + step])
        conversation.bytes_to_send()


@given(
    st.lists(st.one_of(st.text(max_size=60), st.binary(max_size=60)), max_size=8),
    st.integers(1, 40),
    st.integers(1, 90),
)
def test_messages_survive_any_fragmenting_and_cutting(
    messages: list[str | bytes], part: int, step: int
) -> None:
    data = b""
    for message in messages:
        opcode, payload = (1, message.encode()) if isinstance(message, str) else (2, message)
        parts = [payload[at : at + part] for at in range(0, len(payload), part)] or [b""]
        for index, piece in enumerate(parts):
            data += frame(opcode if index == 0 else 0, piece, fin=index == len(parts) - 1)
    conversation = Conversation(4096)
    got = [m for at in range(0, len(data), step) for m in conversation.feed(data[at : at + step])]
    assert got == messages
