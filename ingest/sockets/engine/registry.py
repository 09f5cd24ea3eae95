"""The open connections of this worker, and the greenlet that ticks them."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import gevent

from .connection import Connection

TICK_SECONDS = 1.0
CONNECTIONS_PER_TURN = 500  # processed before yielding
GOING_AWAY = 1001
logger = logging.getLogger(__name__)


class Registry:
    """Open connections. Once `is_stopping()`, all are closed with 1001."""

    def __init__(self) -> None:
        self._open: set[Connection] = set()
        self._ticker: gevent.Greenlet[[], None] | None = None
        self.is_stopping: Callable[[], bool] = lambda: False

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._open))

    @contextmanager
    def tracking(self, connection: Connection) -> Iterator[None]:
        """Register `connection` for the duration of the block."""
        self._open.add(connection)
        if self._ticker is None:
            self._ticker = gevent.spawn(self._tick_forever)
        try:
            yield
        finally:
            self._open.discard(connection)

    def close_all(self, code: int = GOING_AWAY, reason: str = "the server is stopping") -> None:
        """Start the closing handshake on every connection."""
        for turn, connection in enumerate(self, 1):
            connection.close(code, reason)
            if turn % CONNECTIONS_PER_TURN == 0:
                gevent.sleep(0)

    def _tick_forever(self) -> None:
        while True:
            gevent.sleep(TICK_SECONDS)
            try:
                self._tick()
            except Exception:
                logger.exception("looking after the open connections failed, going on")

    def _tick(self) -> None:
        if self.is_stopping():
            self.close_all()
        for turn, connection in enumerate(self, 1):
            connection.tick(monotonic())
            if turn % CONNECTIONS_PER_TURN == 0:
                gevent.sleep(0)
