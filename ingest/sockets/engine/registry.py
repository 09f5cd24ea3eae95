"""The open connections of this worker, the loop that ticks them, and who runs what they bring."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import gevent

from ingest.worker.background import Loop, every

from .connection import Connection
from .heartbeat import TICK_SECONDS
from .runners import Runners

CONNECTIONS_PER_TURN = 500  # processed before yielding
GOING_AWAY = 1001
STOPPING = "the server is stopping"


class Registry:
    """Open connections, ticked every second while there are any."""

    def __init__(self) -> None:
        self.runners = Runners()
        self._open: set[Connection] = set()
        self._ticks: Loop | None = None
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._open)

    @property
    def is_closed(self) -> bool:
        """Whether no connection may be opened any more."""
        return self._is_closed

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._open))

    @contextmanager
    def tracking(self, connection: Connection) -> Iterator[None]:
        """Register `connection` for the duration of the block."""
        self._open.add(connection)
        try:
            if len(self._open) == 1:
                self._ticks = every(TICK_SECONDS, self._tick, "connections")
            if self._is_closed:
                connection.close(GOING_AWAY, STOPPING)
            yield
        finally:
            self._open.discard(connection)
            if not self._open:
                self._stop_ticks()

    def close_all(self) -> None:
        """Start the closing handshake (1001) on every connection, also on those that open now."""
        self._is_closed = True
        for turn, connection in enumerate(self, 1):
            connection.close(GOING_AWAY, STOPPING)
            if turn % CONNECTIONS_PER_TURN == 0:
                gevent.sleep(0)
        self.runners.close()

    def _stop_ticks(self) -> None:
        loop, self._ticks = self._ticks, None
        if loop is not None:
            loop.stop()

    def _tick(self) -> None:
        for turn, connection in enumerate(self, 1):
            connection.tick(monotonic())
            if turn % CONNECTIONS_PER_TURN == 0:
                gevent.sleep(0)
