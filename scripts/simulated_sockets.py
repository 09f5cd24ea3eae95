"""Simulated sockets: a few dozen real connections to `/ws`, so that the server's pages move too.

They join rooms, talk, make mistakes, leave, and now and then vanish without a word.
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
MISTAKE_CHANCE, PING_CHANCE, VANISH_CHANCE = 0.004, 0.3, 0.06
AWAY_SECONDS = 3.0
ROOMS = ("reception", "treatment", "laboratory", "billing", "night shift")


async def visit(url: str, lot: random.Random) -> None:
    """One connection from its opening to its end."""
    app = lot.choices(world.APPS, [app.share for app in world.APPS])[0].name
    async with connect(f"{url}/ws?app={app}", max_queue=None) as client:
        listening = asyncio.create_task(_listen(client))
        try:
            await _talk(client, lot)
        finally:
            listening.cancel()
        if lot.random() < VANISH_CHANCE:
            client.transport.abort()


async def _talk(client: ClientConnection, lot: random.Random) -> None:
    room = lot.choice(ROOMS)
    await client.send(json.dumps({"type": "join", "room": room}))
    for _ in range(lot.randint(*MESSAGES)):
        await asyncio.sleep(lot.expovariate(1 / PAUSE_SECONDS))
        await client.send(_words(room, lot))


def _words(room: str, lot: random.Random) -> str:
    chance = lot.random()
    if chance < MISTAKE_CHANCE:
        return "no JSON"
    if chance < PING_CHANCE:
        return json.dumps({"type": "ping", "id": 1})
    return json.dumps({"type": "message", "room": room, "data": "." * lot.randint(5, 300)})


async def _listen(client: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for _ in client:
            pass


async def stay(url: str, lot: random.Random) -> None:
    """Come again and again; a server that does not answer is tried later."""
    while True:
        with suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
            await visit(url, lot)
        await asyncio.sleep(lot.uniform(0, AWAY_SECONDS))


async def _everybody(url: str) -> None:
    lot = random.Random()  # noqa: S311 - a simulation
    tasks = [asyncio.create_task(stay(url, lot)) for _ in range(CLIENTS)]
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, lambda: [task.cancel() for task in tasks])
    await asyncio.gather(*tasks, return_exceptions=True)


def main(arguments: list[str]) -> int:
    """Talk until asked to stop; answers the exit status."""
    parser = argparse.ArgumentParser(description="Talk on /ws as simulated clients.")
    parser.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8050")
    asyncio.run(_everybody(parser.parse_args(arguments).url.rstrip("/").replace("http", "ws", 1)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
