"""What waits to be written to one socket: nothing in the usual case, bounded in the worst.

`write` never switches greenlets: bytes go whole into the kernel or into the queue, in order, so
frames of several writers cannot interleave and no lock is needed.
"""

import os
import socket
from collections import deque
from collections.abc import Callable

import gevent
from gevent.event import Event
from gevent.socket import wait_write


class Outbox:
    """The way out of one gevent socket. `lost` is called once when the peer cannot be reached."""

    __slots__ = (
        "_begun",
        "_drained",
        "_fd",
        "_flusher",
        "_lost",
        "_queue",
        "_shut",
        "waiting_bytes",
    )

    def __init__(self, sock: socket.socket, lost: Callable[[], None]) -> None:
        self._fd = sock.fileno()
        self._lost = lost
        self._queue: deque[memoryview] = deque()
        self._begun = False
        self._flusher: gevent.Greenlet[[], None] | None = None
        self._drained: Event | None = None
        self._shut = False
        self.waiting_bytes = 0

    def write(self, data: bytes) -> None:
        """Write now what the kernel takes, queue the rest."""
        if self._shut:
            return
        sent = 0 if self._queue else self._to_kernel(data)
        if sent == len(data):
            return
        self._begun = self._begun or sent > 0
        self._queue.append(memoryview(data)[sent:])
        self.waiting_bytes += len(data) - sent
        if self._flusher is None:
            self._flusher = gevent.spawn(self._flush)

    def replace(self, data: bytes) -> None:
        """Forget what waits, but for a frame already begun, and write `data` behind it."""
        begun = self._queue[0] if self._begun and self._queue else None
        self._queue.clear()
        self.waiting_bytes = 0
        if begun is not None:
            self._queue.append(begun)
            self.waiting_bytes = len(begun)
        self.write(data)

    def wait(self, seconds: float) -> bool:
        """Wait until nothing waits; False when that took longer than `seconds`."""
        if not self._queue or self._shut:
            return True
        if self._drained is None:
            self._drained = Event()
        self._drained.clear()
        return bool(self._drained.wait(seconds))

    def shut(self) -> None:
        """Write nothing more; the descriptor may be closed from now on."""
        self._shut = True
        self._queue.clear()
        self.waiting_bytes = 0
        if self._flusher is not None:
            self._flusher.kill(block=False)
            self._flusher = None
        if self._drained is not None:
            self._drained.set()

    def _to_kernel(self, data: bytes | memoryview) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError:
            self.shut()
            self._lost()
            return len(data)

    def _flush(self) -> None:
        while self._queue:
            wait_write(self._fd)
            head = self._queue[0]
            sent = self._to_kernel(head)
            if self._shut:
                return
            self.waiting_bytes -= sent
            if sent == len(head):
                self._queue.popleft()
            else:
                self._queue[0] = head[sent:]
            self._begun = sent < len(head)
        self._flusher = None
        if self._drained is not None:
            self._drained.set()
