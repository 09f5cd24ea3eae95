"""One open WebSocket on a gevent worker: flask-sock's handler API over a `Stream`.

A handler takes its messages by `receive` in its own greenlet, to which the hub switches directly,
or has `each` call it with them; any greenlet may send.
"""

import socket
from collections.abc import Callable
from contextvars import Context
from time import monotonic
from typing import Any

import gevent

from ingest.sockets.meter.tally import Tally

from . import framing
from .decoding import Message
from .framing import BINARY, HEADS, TEXT, encoded
from .runners import Caught, Runners
from .stream import Limits, Stream


class Connection(Stream):
    """flask-sock's handler API: `receive`, `send`, `close`; `each`, which is called with the
    messages; and `post`, which never blocks."""

    __slots__ = ("_caught", "_on_message", "_runner", "_runners", "context")

    def __init__(
        self,
        sock: socket.socket,
        limits: Limits,
        *,
        tally: Tally,
        user: str | None = None,
        early: bytes = b"",
        is_proxied: bool = False,
        runners: Runners | None = None,
    ) -> None:
        super().__init__(sock, limits, tally=tally, user=user, early=early, is_proxied=is_proxied)
        self._runners = runners or Runners()
        self._runner: Any = None  # the greenlet that is in `_on_message`
        self._on_message: Callable[[Message], object] | None = None
        self.context: Context | None = None
        self._caught = Caught()

    def receive(self, timeout: float | None = None) -> Message | None:
        """The next message, or `None` after `timeout` seconds. Raises `ConnectionClosed`."""
        deadline = None if timeout is None else monotonic() + timeout
        while not self._inbox:
            self._require_open()
            if deadline is None:
                self._wait()
            elif (remaining := deadline - monotonic()) > 0:
                self._wait(remaining)
            elif not self._read():
                self._heartbeat.returned(monotonic())
                return None
            else:
                self._heartbeat.heard(monotonic())
                gevent.sleep(0)
        return self._inbox.popleft()

    def each(self, on_message: Callable[[Message], object]) -> None:
        """Call `on_message` with every message until the connection ends. Raises
        `ConnectionClosed`, and what `on_message` raises.

        It is called with the context variables of this greenlet but in one that works off many
        connections; it may wait, and gets the next message once it has returned.
        """
        while self._inbox:
            on_message(self._inbox.popleft())
        self._on_message, self.context = on_message, gevent.getcurrent().gr_context
        try:
            while self._caught.error is None:
                self._require_open()
                self._wait()
            raise self._caught.error
        finally:
            self._on_message = None
            runner, self._runner = self._runner, None
            if runner is not None:
                runner.kill(block=False)

    def send(self, data: Message) -> None:
        """Send one message; blocks while the peer reads slowly. Raises `ConnectionClosed`."""
        if isinstance(data, str):
            payload, opcode = data.encode(), TEXT
        else:
            payload, opcode = bytes(data), BINARY
        if self._ended or not self._conversation.is_open:
            self._raise_closed()
        size, outbox, tally = len(payload), self._outbox, self.tally
        outbox.write(HEADS[opcode][size] + payload if size < 126 else encoded(opcode, payload))
        self.sent += 1
        tally.sent += 1
        tally.bytes_sent += size
        if outbox.waiting_bytes and not outbox.wait(self._limits.send_seconds):
            self._close_slow_reader()

    def post(self, frame: bytes) -> bool:
        """Queue an encoded frame without blocking; False once the connection is closing."""
        if self._ended or not self._conversation.is_open:
            return False
        self._outbox.post(frame)
        self._count_sent(len(frame) - framing.header_size(frame[1]))
        if self._outbox.waiting_bytes > self._limits.outbox_bytes + len(frame):
            self._close_slow_reader()
        return self.connected

    def run(self) -> None:
        """In a runner: `_on_message` with what came; answers to several messages are written
        together."""
        if self._ended or self._on_message is None or not self._is_reading() or not self._read():
            return
        inbox, outbox = self._inbox, self._outbox
        is_corked = len(inbox) > 1
        if is_corked:
            outbox.cork()
        with self._caught:
            while inbox and (on_message := self._on_message) is not None:
                on_message(inbox.popleft())
            if self._conversation.has_pending_end:
                self._feed(b"")
        if is_corked:
            outbox.flush()
        if self._runner is None:
            self._heartbeat.heard(monotonic())
        else:
            self._runner = None
            self._heartbeat.reads(monotonic())
            self._watch.resume()
        if self._ended or not self._conversation.is_open or self._caught.error is not None:
            self._watch.wake_soon()

    def waits(self, greenlet: Any) -> None:
        """In the hub: `_on_message` waits, so that nothing more is read."""
        self._runner = greenlet
        self._outbox.flush()

    def _on_readable(self) -> None:
        if self._on_message is None:
            super()._on_readable()
        elif self._runner is None:
            self._runners.add(self)
        else:
            self._watch.pause()

    def _serve(self) -> None:
        """In the hub: go on with the handler that waits for messages; its answers to several are
        written together."""
        if len(self._inbox) > 1:
            self._outbox.cork()
        super()._serve()
        self._outbox.flush()

    def _is_reading(self) -> bool:
        return self._watch.greenlet is not None and self._runner is None

    def _count_sent(self, payload_bytes: int) -> None:
        self.sent += 1
        self.tally.sent += 1
        self.tally.bytes_sent += payload_bytes

    def _require_open(self) -> None:
        if self._conversation.has_pending_end:
            self._feed(b"")
        if self._runner is None and not self.connected:
            self._raise_closed()
