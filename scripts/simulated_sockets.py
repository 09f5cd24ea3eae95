"""Simulated sockets: connections to `/ws`, so that the server's pages move too.

As many as the server samples of the demo's history end with, and as busy: they follow the hours of
its countries. They join rooms, send messages and some invalid ones, and close, sometimes without a
close frame.
"""

import argparse
import asyncio
import json
import math
import random
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from scripts.demo_data import world
from scripts.demo_data.server_side import (
    BUSIEST,
    FAN_OUT,
    LOST,
    MESSAGES_PER_MINUTE,
    REFUSED,
    activity,
    usual_connections,
)

PAUSE_SECONDS = 60 / MESSAGES_PER_MINUTE
SPREAD = 0.9  # of the logarithm of a connection's length
DATA_LENGTHS = (5, 265)
WAIT_SECONDS = 5.0


def slots() -> Iterator[tuple[world.App, int]]:
    """An app and the rank of a connection in it, for each connection at the busiest hour."""
    for app in world.APPS:
        yield from ((app, rank) for rank in range(math.ceil(usual_connections(app, 1.0))))


def is_due(app: world.App, rank: int, now: datetime) -> bool:
    """Whether this connection is open at this hour."""
    return rank < round(usual_connections(app, activity(now)))


def message_share(busy: float) -> float:
    """The share of what clients send that goes to their room; pings, which have a single reply,
    make up the remainder, so that the fan-out is that of the history."""
    members = max(BUSIEST * busy / len(world.ROOMS), FAN_OUT)
    return (FAN_OUT - 1) / (members - 1)


async def open_connection(url: str, app: world.App, rng: random.Random) -> None:
    """Open a connection, send messages, and close or abort it."""
    async with connect(f"{url}/ws?app={app.name}", max_queue=None) as client:
        listening = asyncio.create_task(_listen(client))
        try:
            await _send_messages(client, messages_of(app, rng), rng)
        finally:
            listening.cancel()
        if rng.random() < LOST:
            client.transport.abort()


def messages_of(app: world.App, rng: random.Random) -> int:
    """How many messages a connection sends: those of a length whose mean is the app's."""
    minutes = app.minutes * rng.lognormvariate(-SPREAD * SPREAD / 2, SPREAD)
    return max(1, round(minutes * MESSAGES_PER_MINUTE))


async def _send_messages(client: ClientConnection, count: int, rng: random.Random) -> None:
    room = rng.choice(world.ROOMS)
    await client.send(json.dumps({"type": "join", "room": room}))
    for _ in range(count):
        await asyncio.sleep(rng.expovariate(1 / PAUSE_SECONDS))
        await client.send(_payload(room, message_share(activity(_now())), rng))


def _payload(room: str, share: float, rng: random.Random) -> str:
    if rng.random() < REFUSED:
        return "no JSON"
    if rng.random() >= share:
        return json.dumps({"type": "ping", "id": 1})
    return json.dumps({"type": "message", "room": room, "data": "." * rng.randint(*DATA_LENGTHS)})


async def _listen(client: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for _ in client:
            pass


async def reconnect_forever(url: str, app: world.App, rank: int, rng: random.Random) -> None:
    """Connect again and again in its hours; errors of the server or network are ignored."""
    while True:
        if is_due(app, rank, _now()):
            with suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                await open_connection(url, app, rng)
        await asyncio.sleep(rng.uniform(0, WAIT_SECONDS))


async def _run_clients(url: str) -> None:
    rng = random.Random()  # noqa: S311 - a simulation
    tasks = [asyncio.create_task(reconnect_forever(url, *slot, rng)) for slot in slots()]
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, lambda: [task.cancel() for task in tasks])
    await asyncio.gather(*tasks, return_exceptions=True)


def _now() -> datetime:
    return datetime.now(UTC)


def main(arguments: list[str]) -> int:
    """Run the clients until stopped by a signal; returns the exit status."""
    parser = argparse.ArgumentParser(description="Talk on /ws as simulated clients.")
    parser.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8050")
    asyncio.run(_run_clients(parser.parse_args(arguments).url.rstrip("/").replace("http", "ws", 1)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
