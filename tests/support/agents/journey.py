"""What clients do to a measured server, and the figures that its agent should have sent."""

import asyncio
import signal
import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from .wire import Refused, WireClient

MESSAGES: tuple[str | bytes, ...] = ("héllo", b"\x00\x01\x02", "")
AT_ONCE = 200


@dataclass
class Truth:
    """What the clients did and read. `ends` counts by (way, code read)."""

    opened: int = 0
    refused: int = 0
    sent: int = 0
    received: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    ends: Counter[tuple[str, int | None]] = field(default_factory=Counter)

    def add(self, client: WireClient, way: str, code: int | None) -> None:
        """Add what one client did."""
        self.opened += 1
        self.sent += client.sent
        self.received += client.received
        self.bytes_sent += client.bytes_sent
        self.bytes_received += client.bytes_received
        self.ends[way, code] += 1


End = Callable[[WireClient], Awaitable[int | None]]


async def _closing(client: WireClient, code: int | None) -> int:
    await client.close(code)
    return await client.closed()


async def _asking(client: WireClient, text: str) -> int:
    await client.send(text)
    return await client.closed()


async def _too_big(client: WireClient, size: int) -> int:
    await client.send(b"x" * size)
    client.sent -= 1  # a message that no application gets
    client.bytes_sent -= size
    return await client.closed()


async def _drop(client: WireClient) -> None:
    client.drop()


async def _reset(client: WireClient) -> None:
    client.reset()


WAYS: dict[str, tuple[int, End]] = {
    "client 1000": (3, lambda client: _closing(client, 1000)),
    "client 4002": (3, lambda client: _closing(client, 4002)),
    "empty frame": (3, lambda client: _closing(client, None)),
    "FIN": (3, _drop),
    "RST": (3, _reset),
    "own close": (3, lambda client: _asking(client, "close")),
    "raise": (3, lambda client: _asking(client, "raise")),
}
TOO_BIG, STOPPED = 2, 2  # clients


async def _begin(port: int) -> WireClient:
    client = await WireClient.connect(port)
    for message in MESSAGES[:2]:
        await client.send(message)
        await client.receive()
    return client


async def _end_each(port: int, truth: Truth, limit: int) -> None:
    for way, (number, end) in WAYS.items():
        for _ in range(number):
            client = await _begin(port)
            truth.add(client, way, await end(client))
    for _ in range(TOO_BIG):
        client = await _begin(port)
        truth.add(client, "too big", await _too_big(client, limit + 1))


async def _many(port: int, truth: Truth, number: int) -> None:
    clients = await asyncio.gather(*(_begin(port) for _ in range(number)))
    for client, code in zip(
        clients, await asyncio.gather(*(_closing(each, 1000) for each in clients)), strict=True
    ):
        truth.add(client, "client 1000", code)


async def _refuse(port: int, truth: Truth) -> None:
    try:
        await WireClient.connect(port, "/refused")
    except (Refused, asyncio.IncompleteReadError):
        truth.refused += 1


async def drive(
    port: int, process: subprocess.Popen[bytes], limit: int, at_once: int = AT_ONCE
) -> Truth:
    """Everything, and at the end the stop of the server while connections are open. A message of
    more than `limit` bytes is too big."""
    truth = Truth()
    await _refuse(port, truth)
    await _end_each(port, truth, limit)
    if at_once:
        await _many(port, truth, at_once)
    open_clients = [await _begin(port) for _ in range(STOPPED)]
    await asyncio.sleep(0.2)  # ends that no client waits for arrive
    process.send_signal(signal.SIGTERM)
    for client, code in zip(
        open_clients, await asyncio.gather(*(each.closed() for each in open_clients)), strict=True
    ):
        truth.add(client, "stop", code)
    return truth
