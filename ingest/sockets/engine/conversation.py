"""The WebSocket protocol of one connection without I/O: bytes in, messages and bytes to send out.

Conformance, close rules and limits are those of the `websockets` library. Two things are ours: a
fast path for complete, final, masked frames at a frame boundary, which nearly all frames are
(`decoding`), and failing a text on its first invalid byte, not at its end.
The library is fed complete frames only, so it is always at a frame boundary.

Every unmasked frame is a protocol error (RFC 6455 section 5.1) but one: a proxy that is reloaded
or stopped (Caddy) says good-bye with a close 1001 that it does not mask.
"""

import codecs
import logging

from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side, State

from . import framing
from .decoding import Message, apply_mask, messages_in

NO_CODE, LOST, INVALID_DATA = 1005, 1006, 1007
UNKNOWN_SIZE = 1  # bytes to wait for while the header of a frame is incomplete
_new_decoder = codecs.getincrementaldecoder("utf-8")
_silent = logging.getLogger(__name__ + ".protocol")
_silent.setLevel(logging.CRITICAL)


class Conversation:
    """The server side of one connection, after the handshake.

    `largest` is the message size limit in bytes, over all fragments; `is_proxied`: a proxy may
    close it. `is_open`: messages may still be sent; `pong` is the payload of the last pong;
    `has_replies`: there may be `bytes_to_send`; `payload_bytes` are those of the messages of the
    last `feed`. `has_pending_end`: a close or a protocol error is buffered behind messages; the
    next `feed`, even of no bytes, processes it, so that those messages can still be replied to.
    """

    __slots__ = (
        "_buffer", "_decoder", "_fragments", "_is_between_messages", "_is_proxied", "_largest",
        "_needed", "_protocol", "_proxy_left", "has_pending_end", "has_replies", "is_open",
        "payload_bytes", "pong",
    )  # fmt: skip

    def __init__(self, largest: int, *, is_proxied: bool = False) -> None:
        self._protocol = Protocol(Side.SERVER, max_size=largest, logger=_silent)
        self._largest = largest
        self._is_proxied, self._proxy_left = is_proxied, False
        self._buffer = bytearray()
        self._needed = 0
        self._fragments: list[str] | list[bytes] | None = None
        self._decoder: codecs.IncrementalDecoder | None = None
        self.pong: bytes | None = None
        self._is_between_messages = True
        self.is_open, self.has_replies, self.has_pending_end = True, False, False
        self.payload_bytes = 0

    @property
    def is_over(self) -> bool:
        """Nothing more will be read; the bytes still to send are the last."""
        return self._protocol.eof_sent or self._protocol.state is State.CLOSED

    @property
    def closing(self) -> tuple[int, str, str]:
        """(close code, reason, who closed first: `client`, `server`, `proxy` or `nobody`)."""
        received, sent = self._protocol.close_rcvd, self._protocol.close_sent
        if sent is not None and self._protocol.close_rcvd_then_sent is not True:
            return int(sent.code), sent.reason, "server"
        if received is not None:
            return int(received.code), received.reason, "proxy" if self._proxy_left else "client"
        return LOST, "", "nobody"

    def feed(self, data: bytes) -> list[Message]:
        """The messages completed by `data`. A protocol error closes, see `bytes_to_send`."""
        messages: list[Message] = []
        self.payload_bytes = end = 0
        if self._is_between_messages:
            end, self.payload_bytes = messages_in(data, self._largest, messages)
            if end == len(data):
                return messages
        self._feed_buffered(data[end:], messages)
        return messages

    def _feed_buffered(self, data: bytes, messages: list[Message]) -> None:
        self._buffer += data
        before = len(messages)
        while len(self._buffer) >= self._needed and not self.is_over:
            size = self._next_size()
            if not size or len(self._buffer) < size:
                self._needed = size or UNKNOWN_SIZE
                break
            self._needed = 0
            if messages and self._next_frame_ends():
                break
            frame = bytes(self._buffer[:size])
            del self._buffer[:size]
            self._handle_frame(frame, messages)
        self.payload_bytes += sum(map(_size, messages[before:]))
        self._settle()

    def _settle(self) -> None:
        self.is_open = self._protocol.state is State.OPEN
        self._is_between_messages = self.is_open and not self._buffer and self._fragments is None
        self.has_pending_end = len(self._buffer) > 1 and not self._needed and not self.is_over
        self.has_replies = True

    def feed_eof(self) -> None:
        """The peer closed the stream."""
        self._protocol.receive_eof()
        self._settle()

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Start the closing handshake, unless it has started."""
        try:
            self._protocol.send_close(code, _truncated(reason))
        except InvalidState:
            return
        self._settle()

    def bytes_to_send(self) -> bytes:
        """Control frames (pongs, closes) that must be sent now."""
        self.has_replies = False
        return b"".join(self._protocol.data_to_send())

    def _next_frame_ends(self) -> bool:
        """Whether the header of the next frame shows that it ends the connection."""
        first, second = self._buffer[0], self._buffer[1]
        if first not in framing.ORDINARY or second < framing.MASKED:
            return True
        is_control = first & framing.CONTROL
        return not is_control and (first & 0x0F == 0) == (self._fragments is None)

    def _next_size(self) -> int:
        """Bytes of the frame at the head of the buffer, of an invalid one those of its header; 0
        while the header is incomplete."""
        if self._is_proxied and framing.is_unmasked_close(self._buffer):
            return framing.SHORT_HEADER_BYTES + self._buffer[1]
        return framing.extent(self._buffer, self._remaining_size())[0]

    def _remaining_size(self) -> int:
        return self._largest - (self._protocol.current_size or 0)

    def _single_frame_message(self, data: bytes) -> Message | None:
        """The message, when `data` is exactly one complete ordinary frame."""
        first, second = data[0], data[1]
        if first not in (framing.FINAL_TEXT, framing.FINAL_BINARY) or second < framing.MASKED:
            return None
        size, start = framing.extent(data, self._largest)
        if size != len(data) or start == size or not self.is_open:
            return None
        return self._unmasked(data, start)

    def _handle_frame(self, frame: bytes, messages: list[Message]) -> None:
        message = self._single_frame_message(frame) if self._fragments is None else None
        if message is not None:
            messages.append(message)
            return
        if frame[0] & 0x0F == framing.CLOSE:
            # A close inside a fragmented message is still echoed with its own code.
            self._protocol.current_size = None
            if self._is_proxied and framing.is_unmasked_goodbye(frame):
                self._proxy_left, frame = True, framing.with_empty_mask(frame)
        self._protocol.receive_data(frame)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._handle_event(event, messages)

    def _unmasked(self, frame: bytes, start: int) -> Message | None:
        payload = apply_mask(frame[start:], frame[start - framing.MASK_BYTES : start])
        if frame[0] == framing.FINAL_BINARY:
            return bytes(payload)
        try:
            return str(payload, "utf-8")
        except UnicodeDecodeError:
            return None  # the slow path fails the connection with 1007

    def _handle_event(self, frame: Frame, messages: list[Message]) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._add_fragment(frame, messages)
        elif frame.opcode is Opcode.PONG:
            self.pong = bytes(frame.data)

    def _add_fragment(self, frame: Frame, messages: list[Message]) -> None:
        if frame.opcode is not Opcode.CONT:
            self._fragments = []
            self._decoder = _new_decoder() if frame.opcode is Opcode.TEXT else None
        fragments = self._fragments
        if fragments is None:
            return
        # By the first frame all fragments are text, or all bytes; types cannot express that.
        try:
            fragments.append(self._decoded(frame))  # type: ignore[arg-type]  # see above
        except UnicodeDecodeError as fault:
            self._protocol.fail(INVALID_DATA, f"{fault.reason} at byte {fault.start}")
            return
        if frame.fin:
            messages.append(("" if self._decoder else b"").join(fragments))  # type: ignore[arg-type]  # see above
            self._fragments = self._decoder = None

    def _decoded(self, frame: Frame) -> Message:
        if self._decoder is None:
            return bytes(frame.data)
        return self._decoder.decode(bytes(frame.data), frame.fin)


def _size(message: Message) -> int:
    """Payload bytes."""
    if isinstance(message, bytes) or message.isascii():
        return len(message)
    return len(message.encode())


def _truncated(reason: str) -> str:
    """At most 123 bytes of UTF-8, as fits a close frame (RFC 6455 section 5.5.1)."""
    return reason.encode("utf-8")[:123].decode("utf-8", "ignore")
