"""The send queue of one socket: usually empty, bounded by its users.

Nothing here switches greenlets: bytes go to the kernel or to the queue, in order, so frames of
several writers cannot interleave and no lock is needed. Frames that are written one after the other
are gathered and written together: a system call costs as much as ten frames.
"""

import os
import socket
from collections import deque
from collections.abc import Callable
from time import monotonic

import gevent
from gevent.event import Event
from gevent.socket import wait_write

MOST_GATHERED = 65536  # bytes
CORKED_SECONDS = 0.005  # a handler that computes longer has its answers sent one by one


class Outbox:
    """The send queue of a gevent socket. `on_lost` is called once when writing fails."""

    __slots__ = (
        "_corked_until", "_drained", "_fd", "_flusher", "_gathered", "_gathered_bytes",
        "_is_closed", "_is_partly_sent", "_is_scheduled", "_on_lost", "_queue", "waiting_bytes",
    )  # fmt: skip

    def __init__(self, sock: socket.socket, on_lost: Callable[[], None]) -> None:
        self._fd = sock.fileno()
        self._on_lost = on_lost
        self._queue: deque[memoryview] = deque()
        self._gathered: list[bytes] = []
        self._gathered_bytes = 0
        self._corked_until = 0.0
        self._is_scheduled = False
        self._is_partly_sent = False
        self._flusher: gevent.Greenlet[[], None] | None = None
        self._drained: Event | None = None
        self._is_closed = False
        self.waiting_bytes = 0

    def write(self, data: bytes) -> None:
        """Write what the kernel accepts, queue the remainder; while corked, gather it."""
        if self._is_closed:
            return
        if self._corked_until or self._gathered:
            self._gathered.append(data)
            self._gathered_bytes += len(data)
            if self._gathered_bytes >= MOST_GATHERED or monotonic() >= self._corked_until:
                self.flush()
        else:
            sent = 0 if self._queue else self._write_to_socket(data)
            if sent < len(data):
                self._enqueue(data, sent)

    def post(self, data: bytes) -> None:
        """Write it, with all else that is posted until then, when the hub runs next."""
        self._gather(data)
        if self._gathered_bytes >= MOST_GATHERED:
            self.flush()
        elif not self._is_scheduled:
            self._is_scheduled = True
            gevent.get_hub().loop.run_callback(self._flush_scheduled)

    def cork(self) -> None:
        """Gather what is written until `flush`, of a handler that is quick."""
        self._corked_until = monotonic() + CORKED_SECONDS

    def flush(self) -> None:
        """Write what was gathered; what is written from now on is not."""
        self._corked_until = 0.0
        frames = self._gathered
        if not frames:
            return
        size, self._gathered, self._gathered_bytes = self._gathered_bytes, [], 0
        sent = 0
        if not self._queue:
            sent = self._write_to_socket(frames[0] if len(frames) == 1 else b"".join(frames))
        if sent < size:
            self._enqueue_all(frames, sent)

    def replace(self, data: bytes) -> None:
        """Drop the queue, except a partly sent frame, and write `data` after it."""
        partial = self._queue[0] if self._is_partly_sent and self._queue else None
        self._queue.clear()
        self._gathered, self._gathered_bytes = [], 0
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
        self._gathered, self._gathered_bytes = [], 0
        self.waiting_bytes = 0
        if self._flusher is not None:
            self._flusher.kill(block=False)
            self._flusher = None
        if self._drained is not None:
            self._drained.set()

    def _gather(self, data: bytes) -> None:
        if not self._is_closed:
            self._gathered.append(data)
            self._gathered_bytes += len(data)

    def _flush_scheduled(self) -> None:
        self._is_scheduled = False
        self.flush()

    def _enqueue_all(self, frames: list[bytes], sent: int) -> None:
        """Queue frames of which so many bytes were sent."""
        for frame in frames:
            if sent < len(frame):
                self._enqueue(frame, sent)
            sent = max(0, sent - len(frame))

    def _enqueue(self, data: bytes, sent: int) -> None:
        self._is_partly_sent = self._is_partly_sent or sent > 0
        self._queue.append(memoryview(data)[sent:])
        self.waiting_bytes += len(data) - sent
        if self._flusher is None:
            self._flusher = gevent.spawn(self._flush_queue)

    def _write_to_socket(self, data: bytes | memoryview) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError:
            self.close()
            self._on_lost()
            return len(data)

    def _flush_queue(self) -> None:
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
