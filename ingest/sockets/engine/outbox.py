"""The send queue of one socket: usually empty, bounded by its users.

`write` never switches greenlets: bytes go to the kernel or to the queue, in order, so frames of
several writers cannot interleave and no lock is needed.
"""

import os
import socket
from collections import deque
from collections.abc import Callable

import gevent
from gevent.event import Event
from gevent.socket import wait_write


class Outbox:
    """The send queue of a gevent socket. `on_lost` is called once when writing fails."""

    __slots__ = (
        "_drained",
        "_fd",
        "_flusher",
        "_is_closed",
        "_is_partly_sent",
        "_on_lost",
        "_queue",
        "waiting_bytes",
    )

    def __init__(self, sock: socket.socket, on_lost: Callable[[], None]) -> None:
        self._fd = sock.fileno()
        self._on_lost = on_lost
        self._queue: deque[memoryview] = deque()
        self._is_partly_sent = False
        self._flusher: gevent.Greenlet[[], None] | None = None
        self._drained: Event | None = None
        self._is_closed = False
        self.waiting_bytes = 0

    def write(self, data: bytes) -> None:
        """Write what the kernel accepts, queue the remainder."""
        if self._is_closed:
            return
        sent = 0 if self._queue else self._write_to_socket(data)
        if sent == len(data):
            return
        self._is_partly_sent = self._is_partly_sent or sent > 0
        self._queue.append(memoryview(data)[sent:])
        self.waiting_bytes += len(data) - sent
        if self._flusher is None:
            self._flusher = gevent.spawn(self._flush)

    def replace(self, data: bytes) -> None:
        """Drop the queue, except a partly sent frame, and write `data` after it."""
        partial = self._queue[0] if self._is_partly_sent and self._queue else None
        self._queue.clear()
        self.waiting_bytes = 0
        if partial is not None:
            self._queue.append(partial)
            self.waiting_bytes = len(partial)
        self.write(data)

    def wait(self, seconds: float) -> bool:
        """Wait until the queue is drained; False after `seconds`."""
        if not self._queue or self._is_closed:
            return True
        if self._drained is None:
            self._drained = Event()
        self._drained.clear()
        return bool(self._drained.wait(seconds))

    def close(self) -> None:
        """Stop writing; the descriptor may be closed from now on."""
        self._is_closed = True
        self._queue.clear()
        self.waiting_bytes = 0
        if self._flusher is not None:
            self._flusher.kill(block=False)
            self._flusher = None
        if self._drained is not None:
            self._drained.set()

    def _write_to_socket(self, data: bytes | memoryview) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError:
            self.close()
            self._on_lost()
            return len(data)

    def _flush(self) -> None:
        while self._queue:
            wait_write(self._fd)
            head = self._queue[0]
            sent = self._write_to_socket(head)
            if self._is_closed:
                return
            self.waiting_bytes -= sent
            if sent == len(head):
                self._queue.popleft()
            else:
                self._queue[0] = head[sent:]
            self._is_partly_sent = sent < len(head)
        self._flusher = None
        if self._drained is not None:
            self._drained.set()
