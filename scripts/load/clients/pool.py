"""The connections of a run: opened one after the other, kept, closed, cut and opened again."""

import asyncio
import ssl
from collections.abc import Sequence
from time import perf_counter

from picows import WSError, ws_connect

from .causes import cause_of
from .connection import Connection, Scenario
from .tally import Tally

HANDSHAKE_SECONDS = 10.0
CLOSING_SECONDS = 5.0


class Clients:
    """All connections of a run. `expects` are endings that count as no drop."""

    def __init__(
        self,
        url: str,
        scenario: Scenario,
        tally: Tally,
        *,
        headers: Sequence[tuple[str, str]] = (),
        subprotocol: str = "",
    ) -> None:
        self.open: set[Connection] = set()
        self._url, self._scenario, self._tally = url, scenario, tally
        self._headers = [
            *headers,
            *([("Sec-WebSocket-Protocol", subprotocol)] if subprotocol else []),
        ]
        self._tls = ssl.create_default_context() if url.startswith("wss:") else None
        self._ended = asyncio.Event()

    async def connect(self, number: int) -> Connection | None:
        """Open one connection; `None` when it fails, whose cause is counted."""
        connection = Connection(number, _Ending(self, self._scenario))
        began = perf_counter()
        self._tally.attempted += 1
        try:
            await ws_connect(
                lambda: connection, self._url, ssl_context=self._tls, max_redirects=0,
                websocket_handshake_timeout=HANDSHAKE_SECONDS, extra_headers=self._headers,
            )  # fmt: skip
        except (WSError, OSError, TimeoutError) as error:
            self._tally.failed[cause_of(error)] += 1
            return None
        self._tally.opened((perf_counter() - began) * 1000)
        self.open.add(connection)
        self._scenario.opened(connection)
        return connection

    def ended(self, connection: Connection) -> None:
        """Count how a connection ended."""
        if connection in self.open:
            self.open.discard(connection)
            self._tally.open -= 1
            counts = self._tally.closed if connection.is_ending else self._tally.dropped
            counts[connection.ending] += 1
        if not self.open:
            self._ended.set()

    def abort_all(self) -> list[int]:
        """Cut every connection; returns their numbers."""
        numbers = [connection.number for connection in self.open]
        for connection in list(self.open):
            connection.abort()
        return numbers

    async def close_all(self, over: float) -> None:
        """Close all, spread over so many seconds, and wait for the answers of their peers."""
        pause = over / max(1, len(self.open))
        began = perf_counter()
        for index, connection in enumerate(list(self.open)):
            await asyncio.sleep(max(0.0, began + index * pause - perf_counter()))
            connection.close()
        self._ended.clear()
        if self.open:
            try:
                await asyncio.wait_for(self._ended.wait(), CLOSING_SECONDS)
            except TimeoutError:
                self.abort_all()


class _Ending:
    """A scenario whose `closed` is told to the clients too."""

    def __init__(self, clients: Clients, scenario: Scenario) -> None:
        self.path = scenario.path
        self.opened = scenario.opened
        self.talks = scenario.talks
        self.send = scenario.send
        self.received = scenario.received
        self._clients, self._scenario = clients, scenario

    def closed(self, connection: Connection) -> None:
        self._scenario.closed(connection)
        self._clients.ended(connection)
