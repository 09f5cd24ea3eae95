"""Simulated sockets: a few dozen connections to `/ws`, so that the server's pages move too.

They join rooms, send messages and some invalid ones, and close, sometimes without a close frame.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from scripts.demo_data import world

CLIENTS = 40
PAUSE_SECONDS = 2.0
MESSAGES = (10, 120)
MISTAKE_CHANCE, PING_CHANCE, ABORT_CHANCE = 0.004, 0.3, 0.06
RECONNECT_SECONDS = 3.0


async def hold_connection(url: str, rng: random.Random) -> None:
    """Open a connection, send messages, and close or abort it."""
    app = rng.choices(world.APPS, [app.share for app in world.APPS])[0].name
    async with connect(f"{url}/ws?app={app}", max_queue=None) as client:
        listening = asyncio.create_task(_listen(client))
        try:
            await _send_messages(client, rng)
        finally:
            listening.cancel()
        if rng.random() < ABORT_CHANCE:
            client.transport.abort()


async def _send_messages(client: ClientConnection, rng: random.Random) -> None:
    room = rng.choice(world.ROOMS)
    await client.send(json.dumps({"type": "join", "room": room}))
    for _ in range(rng.randint(*MESSAGES)):
        await asyncio.sleep(rng.expovariate(1 / PAUSE_SECONDS))
        await client.send(_payload(room, rng))


def _payload(room: str, rng: random.Random) -> str:
    chance = rng.random()
    if chance < MISTAKE_CHANCE:
        return "no JSON"
    if chance < PING_CHANCE:
        return json.dumps({"type": "ping", "id": 1})
    return json.dumps({"type": "message", "room": room, "data": "." * rng.randint(5, 300)})


async def _listen(client: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for _ in client:
            pass


async def reconnect_forever(url: str, rng: random.Random) -> None:
    """Connect again and again; errors of the server or network are ignored."""
    while True:
        with suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
            await hold_connection(url, rng)
        await asyncio.sleep(rng.uniform(0, RECONNECT_SECONDS))


async def _run_clients(url: str) -> None:
    rng = random.Random()  # noqa: S311 - a simulation
    tasks = [asyncio.create_task(reconnect_forever(url, rng)) for _ in range(CLIENTS)]
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, lambda: [task.cancel() for task in tasks])
    await asyncio.gather(*tasks, return_exceptions=True)


def main(arguments: list[str]) -> int:
    """Run the clients until stopped by a signal; returns the exit status."""
    parser = argparse.ArgumentParser(description="Talk on /ws as simulated clients.")
    parser.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8050")
    asyncio.run(_run_clients(parser.parse_args(arguments).url.rstrip("/").replace("http", "ws", 1)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
