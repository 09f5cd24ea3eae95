"""The byte stream of one WebSocket: read in the hub, parsed by a `Conversation`, pinged, closed.

Bytes are read once a turn of the hub's loop, and only while somebody waits for messages. A peer
that does not read is closed with 1013 rather than buffered for; half-open peers are detected by
pings.
"""

import fcntl
import os
import socket
import termios
from collections import deque
from dataclasses import dataclass
from time import monotonic

import gevent
from simple_websocket import ConnectionClosed

from ingest.sockets.meter.tally import Tally

from . import framing
from .conversation import Conversation
from .decoding import Message
from .heartbeat import Heartbeat
from .outbox import Outbox
from .watch import Watch

READ_BYTES = 65536
CLOSE_SECONDS = 2.0
LINGER_SECONDS = 1.0
PING_BYTES = 4
INT_BYTES = 4  # of C
NORMAL, SLOW_READER = 1000, 1013


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one connection. `ping_seconds` 0: no pings, no detection of half-open peers."""

    message_bytes: int = 65536
    outbox_bytes: int = 2**20
    ping_seconds: float = 25.0
    send_seconds: float = 10.0


class Stream:
    """Without the handler, see `Connection`."""

    __slots__ = (
        "_close_deadline", "_conversation", "_ended", "_fd", "_heartbeat", "_inbox", "_limits",
        "_outbox", "_ping_count", "_ping_sent_at", "_sock", "_watch", "received", "sent", "tally",
        "user",
    )  # fmt: skip

    def __init__(
        self,
        sock: socket.socket,
        limits: Limits,
        *,
        tally: Tally,
        user: str | None = None,
        early: bytes = b"",
        is_proxied: bool = False,
    ) -> None:
        self.tally = tally
        self.user = user
        self.sent = self.received = 0  # messages
        self._sock = sock
        self._fd = sock.fileno()
        self._limits = limits
        self._conversation = Conversation(limits.message_bytes, is_proxied=is_proxied)
        self._outbox = Outbox(sock, self.abort)
        self._watch = Watch(self._fd, self._on_readable)
        self._inbox: deque[Message] = deque()
        self._ended = False
        self._close_deadline: float | None = None
        self._heartbeat = Heartbeat(limits.ping_seconds, monotonic())
        self._ping_count, self._ping_sent_at = 0, 0.0
        if early:
            self._feed(early)

    @property
    def connected(self) -> bool:
        """Messages may still be sent."""
        return not self._ended and self._conversation.is_open

    @property
    def closing(self) -> tuple[int, str, str]:
        """(close code, reason, who closed first: `client`, `server`, `proxy` or `nobody`)."""
        return self._conversation.closing

    @property
    def outbox_bytes(self) -> int:
        """Bytes waiting for the peer to read them."""
        return self._outbox.waiting_bytes

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Start the closing handshake with close code `reason` (1000)."""
        if self.connected:
            self._conversation.close(reason or NORMAL, message or "")
            self._outbox.write(self._conversation.bytes_to_send())
            self._close_deadline = monotonic() + CLOSE_SECONDS

    def finish(self, code: int = NORMAL, message: str = "") -> None:
        """After the handler: close, await the peer's close, then end the stream."""
        self.close(code, message)
        try:
            self._await_close()
            self._linger()
        except OSError:
            pass
        self.abort()

    def abort(self) -> None:
        """End the stream at once; a handler blocked in `receive` wakes."""
        if self._ended:
            return
        self._end()
        self._watch.wake_soon()
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def tick(self, now: float) -> None:
        """Called about once a second: pings, half-open peers, unanswered closes."""
        if self._close_deadline is not None and now > self._close_deadline:
            self.abort()
        elif not self.connected:
            return
        elif self._is_reading() and self._heartbeat.is_lost(now) and not self._has_unread():
            self.tally.stale += 1
            self.abort()
        elif self._heartbeat.is_due(now):
            self._heartbeat.sent(now)
            self._ping()

    def _has_unread(self) -> bool:
        """Whether bytes of the peer wait for a worker that was blocked."""
        try:
            waiting = fcntl.ioctl(self._sock.fileno(), termios.FIONREAD, bytes(INT_BYTES))
        except OSError:
            return False
        return any(waiting)

    def _ping(self) -> None:
        self._ping_count += 1
        self._ping_sent_at = monotonic()
        self._outbox.write(framing.encoded(framing.PING, self._ping_payload()))

    def _ping_payload(self) -> bytes:
        return self._ping_count.to_bytes(PING_BYTES, "big")

    def _handle_pong(self, pong: bytes) -> None:
        """Record the round trip, which ends when the pong is read, as a message would be: a busy
        handler counts. Late and unsolicited pongs are ignored."""
        self._conversation.pong = None
        if self._ping_sent_at and pong == self._ping_payload():
            self.tally.latency.add(monotonic() - self._ping_sent_at)
            self._ping_sent_at = 0.0

    def _is_reading(self) -> bool:
        return self._watch.greenlet is not None

    def _wait(self, seconds: float | None = None) -> None:
        """Wait until something came, or the connection has ended; or for less."""
        self._heartbeat.reads(monotonic())
        self._watch.wait(seconds)

    def _on_readable(self) -> None:
        """In the hub: read what came, and have it served."""
        if not self._is_reading():
            self._watch.pause()
        elif self._read():
            self._serve()
            self._heartbeat.heard(monotonic())

    def _serve(self) -> None:
        """In the hub: wake who waits for what has come."""
        if self._inbox or not self.connected:
            self._watch.wake()

    def _read(self) -> bool:
        """Read and process bytes; False when there are none."""
        try:
            data = os.read(self._fd, READ_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if data:
            self._feed(data)
        else:
            self._conversation.feed_eof()
            self._end()
        return True

    def _feed(self, data: bytes) -> None:
        conversation = self._conversation
        messages = conversation.feed(data)
        if messages:
            self._inbox.extend(messages)
            tally, count = self.tally, len(messages)
            self.received += count
            tally.received += count
            tally.bytes_received += conversation.payload_bytes
        if conversation.has_replies:
            self._reply()

    def _reply(self) -> None:
        """Send the control frames that answer what was read."""
        if self._conversation.pong is not None:
            self._handle_pong(self._conversation.pong)
        control_frames = self._conversation.bytes_to_send()
        if control_frames:
            self._outbox.write(control_frames)

    def _end(self) -> None:
        self._ended = True
        self._outbox.close()
        self._watch.close()

    def _close_slow_reader(self) -> None:
        if self.connected:
            self._conversation.close(SLOW_READER, "reads too slowly")
            self._outbox.replace(self._conversation.bytes_to_send())
            self._close_deadline = monotonic() + CLOSE_SECONDS

    def _await_close(self) -> None:
        deadline = monotonic() + CLOSE_SECONDS
        while not self._conversation.is_over and not self._ended:
            if self._conversation.has_pending_end:
                self._feed(b"")
            elif (remaining := deadline - monotonic()) > 0:
                self._wait(remaining)
            else:
                return
            self._inbox.clear()

    def _linger(self) -> None:
        """Lingering close: closing with unread bytes resets the stream (RFC 9293 section 3.6.1)."""
        if self._ended:
            return
        self._watch.close()
        self._outbox.wait(LINGER_SECONDS)
        self._sock.shutdown(socket.SHUT_WR)
        deadline = monotonic() + LINGER_SECONDS
        self._sock.settimeout(LINGER_SECONDS)
        while monotonic() < deadline and self._sock.recv(READ_BYTES):
            gevent.sleep(0)

    def _raise_closed(self) -> None:
        code, reason, _ = self.closing
        raise ConnectionClosed(code, reason)
