"""A plain client of the `websockets` library: `PORT CONNECTIONS SECONDS`, each of its connections
sends the next message when the last came back."""

import asyncio
import sys
from time import perf_counter

from websockets.asyncio.client import connect

MESSAGE = "x" * 100


async def run(port: int, connections: int, seconds: float) -> int:
    """How many messages came back."""
    end = perf_counter() + seconds
    pending = [_connection(port, number / connections, end) for number in range(connections)]
    return sum(await asyncio.gather(*pending))


async def _connection(port: int, pause: float, end: float) -> int:
    received = 0
    await asyncio.sleep(5 * pause)
    async with connect(f"ws://127.0.0.1:{port}/", compression=None, open_timeout=60) as socket:
        while perf_counter() < end:
            await socket.send(MESSAGE)
            received += await socket.recv() == MESSAGE
    return received


if __name__ == "__main__":
    port, connections, seconds = sys.argv[1:]
    print(asyncio.run(run(int(port), int(connections), float(seconds))))
