"""A plain client of the `websockets` library: `PORT CONNECTIONS SECONDS`. Once all are open, each
of its connections sends the next message when the last came back."""

import asyncio
import sys
from time import perf_counter

from websockets.asyncio.client import ClientConnection, connect

MESSAGE = "x" * 100


async def run(port: int, connections: int, seconds: float) -> int:
    """How many messages came back."""
    url = f"ws://127.0.0.1:{port}/"
    sockets = [await connect(url, compression=None, open_timeout=60) for _ in range(connections)]
    end = perf_counter() + seconds
    counts = await asyncio.gather(*(_echoes(socket, end) for socket in sockets))
    for socket in sockets:
        await socket.close()
    return sum(counts)


async def _echoes(socket: ClientConnection, end: float) -> int:
    received = 0
    while perf_counter() < end:
        await socket.send(MESSAGE)
        received += await socket.recv() == MESSAGE
    return received


if __name__ == "__main__":
    port, connections, seconds = sys.argv[1:]
    print(asyncio.run(run(int(port), int(connections), float(seconds))))
