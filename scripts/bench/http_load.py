"""A load generator for one address: many kept-alive connections, one request in flight on each."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil


@dataclass
class Load:
    """What a round saw: answers by status, and how long each took in seconds."""

    seconds: float
    statuses: dict[int, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """Nearest-rank percentile of the answer times in ms."""
        ordered = sorted(self.times)
        return 1000 * ordered[max(0, ceil(len(ordered) * share) - 1)]


def run(port: int, request: Callable[[], bytes], connections: int, seconds: float) -> Load:
    """Send what `request` makes, again and again, for `seconds` over `connections`."""
    return asyncio.run(_run(port, request, connections, seconds))


async def _run(port: int, request: Callable[[], bytes], connections: int, seconds: float) -> Load:
    load = Load(seconds)
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    end = time.perf_counter() + seconds
    await asyncio.gather(*(_one(*stream, request, load, end) for stream in streams))
    return load


async def _one(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: Callable[[], bytes],
    load: Load,
    end: float,
) -> None:
    while (began := time.perf_counter()) < end:
        writer.write(request())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        status = int(head[9:12])
        load.statuses[status] = load.statuses.get(status, 0) + 1
        load.times.append(time.perf_counter() - began)
    writer.close()
