"""A TCP proxy between a page and its server: passes, resets, stalls, refuses, or closes for it."""

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
CLOSE_FRAME = 0x88
NO_CODE = 1005


class Connection:
    """One TCP connection of the page and its counterpart to the server."""

    def __init__(self, page: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.page, self.server = page, server
        self.passes = asyncio.Event()
        self.passes.set()
        self.is_closed_for_server = self.is_swallowed = False

    def reset(self) -> None:
        """End it towards the page as a crash of the peer does (RST)."""
        raw = self.page.get_extra_info("socket")
        if raw is not None and raw.fileno() >= 0:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.abort()

    def abort(self) -> None:
        """End both sides at once."""
        self.page.transport.abort()
        self.server.transport.abort()

    def close(self, code: int) -> None:
        """Send the page a close frame in the name of the server, which falls silent."""
        self.is_closed_for_server = True
        payload = b"" if code == NO_CODE else code.to_bytes(2, "big")
        self.page.write(bytes([CLOSE_FRAME, len(payload)]) + payload)


class Link:
    """The proxy of one journey. `stalls` are (start, end) in epoch milliseconds."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.port = 0
        self.stalls: list[list[float]] = []
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._swallows = False
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where the page connects to."""
        return f"http://127.0.0.1:{self.port}"

    async def accept(self) -> None:
        """Listen, on the same port as before."""
        self._listener = await asyncio.start_server(
            self._accepted, "127.0.0.1", self.port, reuse_address=True
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Refuse new connections and reset the present ones: the server is away."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self.reset()
        await asyncio.sleep(0)

    def reset(self) -> None:
        """Reset every connection."""
        for connection in list(self._connections):
            connection.reset()

    def stall(self, *, swallows: bool = False) -> None:
        """Stop passing on present connections; with `swallows` on those to come, too."""
        self._swallows = swallows
        self.stalls.append([time.time() * 1000, float("inf")])
        for connection in self._connections:
            connection.passes.clear()

    def pass_again(self) -> None:
        """Let new connections pass, those that began meanwhile too (TCP tries again); the others
        stay stalled, as after a change of network."""
        self._swallows = False
        for connection in self._connections:
            if connection.is_swallowed:
                connection.passes.set()
        self.stalls[-1][1] = time.time() * 1000

    def close(self, code: int) -> None:
        """Close every connection in the name of the server."""
        for connection in self._connections:
            connection.close(code)

    async def end(self) -> None:
        """Stop listening and end every connection."""
        if self._listener is not None:
            self._listener.close()
        for connection in list(self._connections):
            connection.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, page: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            upstream, server = await asyncio.open_connection("127.0.0.1", self.server_port)
            connection = Connection(page, server)
            if self._swallows:
                connection.is_swallowed = True
                connection.passes.clear()
            self._connections.add(connection)
            try:
                await _pass_both(connection, reader, upstream)
            finally:
                connection.abort()
                self._connections.discard(connection)
        except (OSError, asyncio.CancelledError):
            page.transport.abort()
        finally:
            self._tasks.discard(task)


async def _pass_both(
    connection: Connection, page: asyncio.StreamReader, server: asyncio.StreamReader
) -> None:
    to_server = asyncio.create_task(_pass(connection, page, connection.server, from_server=False))
    to_page = asyncio.create_task(_pass(connection, server, connection.page, from_server=True))
    try:
        first = asyncio.FIRST_COMPLETED
        _, other = await asyncio.wait((to_server, to_page), return_when=first)
        if other:  # what is under way still arrives
            await asyncio.wait(other, timeout=1)
    finally:
        for task in (to_server, to_page):
            task.cancel()
        await asyncio.gather(to_server, to_page, return_exceptions=True)


async def _pass(
    connection: Connection, source: asyncio.StreamReader, target: asyncio.StreamWriter, *,
    from_server: bool,
) -> None:  # fmt: skip
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            await connection.passes.wait()
            if not (from_server and connection.is_closed_for_server):
                target.write(data)
                await target.drain()
        await connection.passes.wait()
        if target.can_write_eof() and not target.is_closing():
            target.write_eof()


@asynccontextmanager
async def link(server_port: int) -> AsyncIterator[Link]:
    """A proxy that passes, ended with the block."""
    proxy = Link(server_port)
    await proxy.accept()
    try:
        yield proxy
    finally:
        await proxy.end()
