"""One WebSocket conversation without I/O: bytes in, messages out, bytes to write.

Conformance, close rules and limits are those of the `websockets` library. Two things are ours: a
short way for whole, final, masked frames at a frame boundary, which nearly all frames are (twice
the messages per second, measured), and failing a text on its first wrong byte rather than its end.
The library is fed whole frames only, so it always stands at a frame boundary.
"""

import codecs
import logging

from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side, State

from . import framing

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

NO_CODE, LOST, INVALID_DATA = 1005, 1006, 1007
MORE = 1  # bytes, when not even the size of a frame is known
_new_decoder = codecs.getincrementaldecoder("utf-8")
_silent = logging.getLogger(__name__ + ".protocol")
_silent.setLevel(logging.CRITICAL)

Message = str | bytes


class Conversation:
    """The server's side of one conversation, from after the handshake to the end.

    `largest` is the largest message in bytes, over all its fragments. `pong` holds what the last
    pong carried.
    """

    __slots__ = ("_decoder", "_fragments", "_largest", "_needed", "_protocol", "_rest", "pong")

    def __init__(self, largest: int) -> None:
        self._protocol = Protocol(Side.SERVER, max_size=largest, logger=_silent)
        self._largest = largest
        self._rest = bytearray()
        self._needed = 0
        self._fragments: list[str] | list[bytes] | None = None
        self._decoder: codecs.IncrementalDecoder | None = None
        self.pong: bytes | None = None

    @property
    def is_open(self) -> bool:
        """Messages may still be sent."""
        return self._protocol.state is State.OPEN

    @property
    def is_over(self) -> bool:
        """Nothing more will be read; what is left to write ends the stream."""
        return self._protocol.eof_sent or self._protocol.state is State.CLOSED

    @property
    def closing(self) -> tuple[int, str, str]:
        """(close code, reason, who closed first: `client`, `server` or `nobody`)."""
        received, sent = self._protocol.close_rcvd, self._protocol.close_sent
        if sent is not None and self._protocol.close_rcvd_then_sent is not True:
            return int(sent.code), sent.reason, "server"
        if received is not None:
            return int(received.code), received.reason, "client"
        return LOST, "", "nobody"

    @property
    def holds_end(self) -> bool:
        """A close or a fault came right behind messages: it is taken in by the next `feed`, even
        of nothing, so that they can still be answered."""
        return self._needed == 0 and len(self._rest) > 1

    def feed(self, data: bytes) -> list[Message]:
        """The messages completed by `data`. A fault of the peer ends it all, see `writes`."""
        if not self._rest and len(data) > 5 and self._fragments is None:
            message = self._whole(data)
            if message is not None:
                return [message]
        self._rest += data
        messages: list[Message] = []
        while len(self._rest) >= self._needed and not self.is_over:
            size, _ = framing.extent(self._rest, self._room())
            if not size or len(self._rest) < size:
                self._needed = size or MORE
                break
            if messages and self._ends():
                break
            frame = bytes(self._rest[:size])
            del self._rest[:size]
            self._needed = 0
            self._take(frame, messages)
        return messages

    def feed_eof(self) -> None:
        """The peer has ended the stream."""
        self._protocol.receive_eof()

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Start the closing handshake, or do nothing when it has started."""
        try:
            self._protocol.send_close(code, _fitting(reason))
        except InvalidState:
            return

    def writes(self) -> bytes:
        """Answers (pongs, closes) that must be written now."""
        return b"".join(self._protocol.data_to_send())

    def _ends(self) -> bool:
        """Whether the head of the next frame alone says that the conversation ends with it."""
        first, second = self._rest[0], self._rest[1]
        if first not in framing.ORDINARY or second < framing.MASKED:
            return True
        is_control = first & framing.CONTROL
        return not is_control and (first & 0x0F == 0) == (self._fragments is None)

    def _room(self) -> int:
        return self._largest - (self._protocol.current_size or 0)

    def _whole(self, data: bytes) -> Message | None:
        """The message, when `data` is exactly one ordinary frame."""
        first, second = data[0], data[1]
        if first not in (framing.FINAL_TEXT, framing.FINAL_BINARY) or second < framing.MASKED:
            return None
        size, start = framing.extent(data, self._largest)
        if size != len(data) or start == size or not self.is_open:
            return None
        return self._unmasked(data, start)

    def _take(self, frame: bytes, messages: list[Message]) -> None:
        message = self._whole(frame) if self._fragments is None else None
        if message is not None:
            messages.append(message)
            return
        if frame[0] & 0x0F == framing.CLOSE:
            # A close inside a fragmented message is still answered with its own code.
            self._protocol.current_size = None
        self._protocol.receive_data(frame)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._note(event, messages)

    def _unmasked(self, frame: bytes, start: int) -> Message | None:
        payload = apply_mask(frame[start:], frame[start - framing.MASK_BYTES : start])
        if frame[0] == framing.FINAL_BINARY:
            return bytes(payload)
        try:
            return str(payload, "utf-8")
        except UnicodeDecodeError:
            return None  # the long way fails the conversation with 1007

    def _note(self, frame: Frame, messages: list[Message]) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._gather(frame, messages)
        elif frame.opcode is Opcode.PONG:
            self.pong = bytes(frame.data)

    def _gather(self, frame: Frame, messages: list[Message]) -> None:
        if frame.opcode is not Opcode.CONT:
            self._fragments = []
            self._decoder = _new_decoder() if frame.opcode is Opcode.TEXT else None
        fragments = self._fragments
        if fragments is None:
            return
        # The first frame decides: all fragments are text, or all bytes, which no type can say.
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


def _fitting(reason: str) -> str:
    """At most 123 bytes of UTF-8, the room a close frame has (RFC 6455 section 5.5.1)."""
    return reason.encode("utf-8")[:123].decode("utf-8", "ignore")
