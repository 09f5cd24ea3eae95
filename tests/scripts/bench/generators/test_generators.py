import asyncio
import os
import subprocess
import sys
from itertools import count

import pytest
from websockets.asyncio.server import ServerConnection, serve

from scripts.bench.generators import __main__ as bench
from scripts.bench.generators import websockets_client
from scripts.bench.generators.measure import NotMeasured, Served, cpu_seconds, per_cpu_second
from tests.support.threads import in_thread

BUSY = [sys.executable, "-c", "while True: pass"]


def test_the_plain_client_counts_what_came_back() -> None:
    numbers = count()

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            next(numbers)
            await connection.send(message)

    async def both() -> int:
        async with serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await websockets_client.run(port, 2, 0.2)

    received = in_thread(asyncio.run, both())
    assert received == next(numbers) > 0


def test_messages_are_divided_by_cpu_time_of_the_generator() -> None:
    counts = iter([Served(0, 0), Served(0, 2), Served(100, 2), Served(400, 2)])
    rate, _ = per_cpu_second(BUSY, 2, 0.3, lambda: next(counts))
    assert rate > 300 / 2
    assert cpu_seconds(os.getpid()) > 0


def test_a_generator_that_does_not_connect_is_named() -> None:
    with pytest.raises(NotMeasured, match="only 0 connected"):
        per_cpu_second(["true"], 2, 0.1, lambda: Served(0, 0))
    few = iter([Served(0, 2), Served(0, 2), Served(9, 1)])
    with pytest.raises(NotMeasured, match="1 of 2 were open"):
        per_cpu_second(BUSY, 2, 0.1, lambda: next(few))


def test_the_bench_says_its_options() -> None:
    command = [sys.executable, "-m", bench.__package__, "--help"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "--connections" in text
