"""The connections of a run: opened one after the other, closed, cut and opened again."""

import asyncio
import ssl
from collections.abc import Sequence
from time import perf_counter

from picows import WSError, ws_connect

from .causes import cause_of
from .connection import Connection
from .polling import PolledLoop
from .scenario import Client, Scenario
from .tally import Tally

HANDSHAKE_SECONDS = 10.0
CLOSING_SECONDS = 5.0


class Clients:
    """All connections of a run; `open` are those that are open now."""

    def __init__(
        self,
        url: str,
        scenario: Scenario[Client],
        tally: Tally,
        *,
        headers: Sequence[tuple[str, str]] = (),
        subprotocol: str = "",
    ) -> None:
        self.open: set[Connection] = set()
        self._url, self._tally = url, tally
        self._counted = _Counted(self, scenario)
        self._headers = [
            *headers,
            *([("Sec-WebSocket-Protocol", subprotocol)] if subprotocol else []),
        ]
        self._tls = ssl.create_default_context() if url.startswith("wss:") else None
        self._ended = asyncio.Event()
        self._attempts: set[asyncio.Task[Connection | None]] = set()
        loop = asyncio.get_running_loop()
        self._polled = loop.polled if isinstance(loop, PolledLoop) else perf_counter

    async def connect(self, number: int) -> Connection | None:
        """Open one connection; `None` when it fails, whose cause is counted. An attempt goes on
        when this is cancelled, as the server may have counted it; `close_all` waits for it."""
        attempt = asyncio.create_task(self._attempt(number))
        self._attempts.add(attempt)
        attempt.add_done_callback(self._attempts.discard)
        return await asyncio.shield(attempt)

    async def _attempt(self, number: int) -> Connection | None:
        connection = Connection(number, self._counted, self._polled)
        self._tally.attempted += 1
        try:
            await ws_connect(
                lambda: connection, self._url, ssl_context=self._tls, max_redirects=0,
                websocket_handshake_timeout=HANDSHAKE_SECONDS, extra_headers=self._headers,
            )  # fmt: skip
        except (WSError, OSError, TimeoutError) as error:
            self._tally.failed[cause_of(error)] += 1
            return None
        except asyncio.CancelledError:
            self._cancelled(connection)
            raise
        return connection

    def _cancelled(self, connection: Connection) -> None:
        if connection.transport is None:
            self._tally.attempted -= 1
        connection.abort()

    def opened(self, connection: Connection) -> None:
        """Count a connection whose handshake has just ended."""
        self._tally.opened((perf_counter() - connection.began) * 1000)
        self.open.add(connection)

    def ended(self, connection: Connection) -> None:
        """Count how a connection ended."""
        self.open.discard(connection)
        self._tally.open -= 1
        counts = self._tally.closed if connection.is_ending else self._tally.dropped
        counts[connection.ending] += 1
        if not self.open:
            self._ended.set()

    def cut_all(self) -> list[int]:
        """Cut every connection; returns their numbers."""
        connections = list(self.open)
        for connection in connections:
            connection.cut()
        return [connection.number for connection in connections]

    async def close_all(self, over: float, *, patience: float = CLOSING_SECONDS) -> None:
        """Close all, spread over so many seconds, and wait for their peers to close too; before, so
        long for attempts that are under way."""
        await self._settle(patience)
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
                for connection in list(self.open):
                    connection.abort()
                await asyncio.sleep(0)  # in which their ends are counted

    async def _settle(self, patience: float) -> None:
        """Wait for attempts that nobody waits for; those that take too long count as none."""
        attempts = list(self._attempts)
        if attempts:
            _, late = await asyncio.wait(attempts, timeout=patience)
            for attempt in late:
                attempt.cancel()
            await asyncio.gather(*late, return_exceptions=True)


class _Counted:
    """A scenario whose `opened` and `closed` are counted too, in the order in which they come: a
    server may speak or close in the packet of its handshake."""

    def __init__(self, clients: Clients, scenario: Scenario[Client]) -> None:
        self.path = scenario.path
        self.talks = scenario.talks
        self.send = scenario.send
        self.received = scenario.received
        self._clients, self._scenario = clients, scenario

    def opened(self, connection: Connection) -> None:
        self._clients.opened(connection)
        self._scenario.opened(connection)

    def closed(self, connection: Connection) -> None:
        self._scenario.closed(connection)
        self._clients.ended(connection)
