"""Rooms of Socket.IO and groups of Channels are rooms; Socket.IO's messages are counted too."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.support.agents import running
from tests.support.agents.recipes import CHANNELS, SOCKET_IO, Recipe
from tests.support.agents.sink import Sink
from tests.support.agents.wire import WireClient

ENGINE = "/socket.io/?EIO=4&transport=websocket"
WAIT_SECONDS = 20


async def greet(port: int, path: str) -> WireClient:
    client = await WireClient.connect(port, path)
    if path == ENGINE:
        await client.receive()
        await client.send("40")
        await client.receive()
        await client.send('42["echo","hi"]')
        assert await client.receive() == b'42["echo","hi"]'
    return client


async def stay_until_counted(port: int, path: str, sink: Sink) -> None:
    clients = [await greet(port, path) for _ in range(3)]
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        members = [sample["rooms"]["members"] for sample in list(sink.samples.values())]
        if members and members[-1] == len(clients):
            break
    for client in clients:
        client.drop()
    await asyncio.sleep(0)


@pytest.mark.deep
@pytest.mark.parametrize(
    ("recipe", "path", "room"), [(SOCKET_IO, ENGINE, "/lobby"), (CHANNELS, "/", "lobby")], ids=str
)
def test_members_are_counted(
    recipe: Recipe, path: str, room: str, environment: Path, agent: Path
) -> None:
    sink = Sink()
    with running.serving(recipe, environment, agent, sink.url) as (port, _process):
        asyncio.run(stay_until_counted(port, path, sink))
    last = list(sink.samples.values())[-1]
    assert [(each["room"], each["members"]) for each in last["rooms"]["top"]] == [(room, 3)]
    assert "rooms" not in last["agent"]["not_counted"]
    if path == ENGINE:
        assert (sink.total("messages", "received"), sink.total("messages", "sent")) == (6, 9)
    sink.close()
