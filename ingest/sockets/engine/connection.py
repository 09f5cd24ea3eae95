"""One open WebSocket on a gevent worker: flask-sock's handler API over a `Conversation`.

The handler's own greenlet reads and nobody else does; everybody may write. A peer that does not
read is closed with 1013 rather than kept in memory, one that is gone is found by pings.
"""

import socket
from collections import deque
from dataclasses import dataclass
from time import monotonic

import gevent
from simple_websocket import ConnectionClosed

from ingest.sockets.meter.tally import Tally

from . import framing
from .conversation import Conversation, Message
from .outbox import Outbox

READ_BYTES = 65536
READS_BEFORE_YIELDING = 32  # a flooding peer must not keep the worker from the others
CLOSE_SECONDS = 2.0
LINGER_SECONDS = 1.0
SILENT_PINGS = 2.5
FIRST_PING_SECONDS = 1.0  # so that short connections have a round trip too
PING_BYTES = 4
NORMAL, SLOW_READER = 1000, 1013


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one connection. `ping_seconds` 0: no pings, no detection of half-open peers."""

    message_bytes: int = 65536
    outbox_bytes: int = 2**20
    ping_seconds: float = 25.0
    send_seconds: float = 10.0


class Connection:
    """`receive`, `send` and `close` as flask-sock's handlers know them; `post` never waits."""

    __slots__ = (
        "_close_by", "_conversation", "_heard", "_inbox", "_limits", "_next_ping",
        "_outbox", "_over", "_paused", "_pinged", "_pings", "_reading", "_sock", "tally", "user",
    )  # fmt: skip

    def __init__(
        self,
        sock: socket.socket,
        limits: Limits,
        *,
        tally: Tally,
        user: str | None = None,
        early: bytes = b"",
    ) -> None:
        self.tally = tally
        self.user = user
        self._sock = sock
        self._limits = limits
        self._conversation = Conversation(limits.message_bytes)
        self._outbox = Outbox(sock, self.abandon)
        self._inbox: deque[Message] = deque()
        self._over = self._reading = False
        self._close_by: float | None = None
        self._heard = self._paused = monotonic()
        self._pings, self._pinged = 0, 0.0
        first = min(FIRST_PING_SECONDS, limits.ping_seconds)
        self._next_ping = self._heard + (first or float("inf"))
        if early:
            self._feed(early)

    @property
    def connected(self) -> bool:
        """Messages may still be sent."""
        return not self._over and self._conversation.is_open

    @property
    def closing(self) -> tuple[int, str, str]:
        """(close code, reason, who closed first: `client`, `server` or `nobody`)."""
        return self._conversation.closing

    @property
    def outbox_bytes(self) -> int:
        """Bytes waiting for the peer to read them."""
        return self._outbox.waiting_bytes

    def receive(self, timeout: float | None = None) -> Message | None:
        """The next message, or `None` after `timeout` seconds. Raises `ConnectionClosed`."""
        deadline = None if timeout is None else monotonic() + timeout
        reads = 0
        while not self._inbox:
            if self._conversation.holds_end:
                self._feed(b"")
            if not self.connected:
                self._raise_closed()
            reads += 1
            if reads % READS_BEFORE_YIELDING == 0:
                gevent.sleep(0)
            left = None if deadline is None else max(0.0, deadline - monotonic())
            if not self._read(left):
                return None
        return self._inbox.popleft()

    def send(self, data: Message) -> None:
        """Send one message; waits while the peer is behind. Raises `ConnectionClosed`."""
        if isinstance(data, str):
            frame = framing.encoded(framing.TEXT, data.encode("utf-8"))
        else:
            frame = framing.encoded(framing.BINARY, bytes(data))
        if not self.post(frame):
            self._raise_closed()
        if self._outbox.waiting_bytes and not self._outbox.wait(self._limits.send_seconds):
            self._close_slow_reader()

    def post(self, frame: bytes) -> bool:
        """Hand over an encoded frame without waiting; False when no more is taken."""
        if not self.connected:
            return False
        self._outbox.write(frame)
        self.tally.sent += 1
        self.tally.bytes_sent += len(frame) - framing.header_size(frame[1])
        if self._outbox.waiting_bytes > self._limits.outbox_bytes + len(frame):
            self._close_slow_reader()
        return self.connected

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Start the closing handshake with close code `reason` (1000)."""
        if self.connected:
            self._conversation.close(reason or NORMAL, message or "")
            self._outbox.write(self._conversation.writes())
            self._close_by = monotonic() + CLOSE_SECONDS

    def finish(self, code: int = NORMAL, message: str = "") -> None:
        """The handler is done: close, await the peer's close, then end the stream."""
        self.close(code, message)
        try:
            self._await_close()
            self._linger()
        except OSError:
            pass
        self.abandon()

    def abandon(self) -> None:
        """End the stream at once; a handler that waits in it wakes."""
        if self._over:
            return
        self._over = True
        self._outbox.shut()
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def tick(self, now: float) -> None:
        """Called about once a second: pings, half-open peers, closes nobody answers."""
        if self._close_by is not None and now > self._close_by:
            self.abandon()
        elif now >= self._next_ping and self.connected:
            self._next_ping = now + self._limits.ping_seconds
            if self._reading and now - self._heard > SILENT_PINGS * self._limits.ping_seconds:
                self.tally.stale += 1
                self.abandon()
            else:
                self._ping()

    def _ping(self) -> None:
        self._pings += 1
        self._pinged = monotonic()
        self._outbox.write(framing.encoded(framing.PING, self._ping_mark()))

    def _ping_mark(self) -> bytes:
        return self._pings.to_bytes(PING_BYTES, "big")

    def _take_pong(self, pong: bytes) -> None:
        """The round trip ends when the pong is read: what a message would meet, a busy handler
        included. A late or unasked-for pong says nothing."""
        self._conversation.pong = None
        if self._pinged and pong == self._ping_mark():
            self.tally.latency.add(monotonic() - self._pinged)
            self._pinged = 0.0

    def _read(self, timeout: float | None) -> bool:
        """Wait for bytes and take them in; False when `timeout` seconds have passed."""
        self._sock.settimeout(timeout)
        now = monotonic()
        if now - self._paused > self._limits.ping_seconds:
            self._heard = now  # the handler was busy: what the peer sent meanwhile is unread
        self._reading = True
        try:
            data = self._sock.recv(READ_BYTES)
        except (TimeoutError, BlockingIOError):
            return False
        except OSError:
            data = b""
        finally:
            self._reading = False
            self._paused = monotonic()
        self._heard = self._paused
        if data:
            self._feed(data)
        else:
            self._conversation.feed_eof()
            self._over = True
            self._outbox.shut()
        return True

    def _feed(self, data: bytes) -> None:
        messages = self._conversation.feed(data)
        self._inbox.extend(messages)
        tally = self.tally
        for message in messages:
            tally.received += 1
            tally.bytes_received += _size(message)
        if self._conversation.pong is not None:
            self._take_pong(self._conversation.pong)
        answers = self._conversation.writes()
        if answers:
            self._outbox.write(answers)

    def _close_slow_reader(self) -> None:
        if self.connected:
            self._conversation.close(SLOW_READER, "reads too slowly")
            self._outbox.replace(self._conversation.writes())
            self._close_by = monotonic() + CLOSE_SECONDS

    def _await_close(self) -> None:
        deadline = monotonic() + CLOSE_SECONDS
        while not self._conversation.is_over and not self._over:
            if self._conversation.holds_end:
                self._feed(b"")
            elif not self._read(max(0.0, deadline - monotonic())):
                return
            self._inbox.clear()

    def _linger(self) -> None:
        """Let the close frame arrive: closing over unread bytes resets (RFC 9293 section 3.6.1)."""
        if self._over:
            return
        self._outbox.wait(LINGER_SECONDS)
        self._sock.shutdown(socket.SHUT_WR)
        deadline = monotonic() + LINGER_SECONDS
        self._sock.settimeout(LINGER_SECONDS)
        while monotonic() < deadline and self._sock.recv(READ_BYTES):
            gevent.sleep(0)

    def _raise_closed(self) -> None:
        code, reason, _ = self.closing
        raise ConnectionClosed(code, reason)


def _size(message: Message) -> int:
    """Payload bytes."""
    if isinstance(message, bytes) or message.isascii():
        return len(message)
    return len(message.encode())
