"""Simulated sockets: what they send, how they close, and that they go on when nobody listens."""

import asyncio
import json
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from scripts import simulated_sockets
from scripts.demo_data import world
from scripts.demo_data.world import ROOMS
from scripts.simulated_sockets import MISTAKE_CHANCE, PING_CHANCE
from tests.support.servers.running_server import free_port
from tests.support.threads import in_thread


@dataclass
class Server:
    """A server on the loopback interface that notes what it receives."""

    messages: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    codes: list[int | None] = field(default_factory=list)

    async def receive(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.paths.append(connection.request.path)
        with suppress(ConnectionClosed):
            async for message in connection:
                self.messages.append(str(message))
                await connection.send("nobody reads this")
        self.codes.append(connection.close_code)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_sockets, "PAUSE_SECONDS", 1e-4)
    monkeypatch.setattr(simulated_sockets, "RECONNECT_SECONDS", 1e-3)
    monkeypatch.setattr(simulated_sockets, "MESSAGES", (5, 5))


def open_by(seed: int) -> Server:
    """The server after a connection."""
    server = Server()

    async def hold() -> None:
        port = free_port()
        async with serve(server.receive, "127.0.0.1", port):
            url = f"ws://127.0.0.1:{port}"
            await simulated_sockets.hold_connection(url, random.Random(seed))
            while not server.codes:
                await asyncio.sleep(0.001)

    in_thread(asyncio.run, hold())
    return server


def test_a_connection_joins_a_room_and_talks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_sockets, "ABORT_CHANCE", 0)
    server = open_by(1)
    assert server.paths[0].removeprefix("/ws?app=") in {app.name for app in world.APPS}
    joined = json.loads(server.messages[0])
    assert (joined["type"], joined["room"] in ROOMS) == ("join", True)
    assert len(server.messages) == 6
    assert server.codes == [1000]


def test_some_connections_break_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_sockets, "ABORT_CHANCE", 1)
    assert open_by(1).codes == [1006]


def test_messages_are_of_the_room_but_for_some_mistakes() -> None:
    rng, kinds = random.Random(3), Counter[str]()
    for _ in range(5000):
        payload = simulated_sockets._payload('night "shift"', rng)
        if payload == "no JSON":
            kinds["mistake"] += 1
            continue
        message = json.loads(payload)
        kinds[message["type"]] += 1
        if message["type"] == "message":
            assert message["room"] == 'night "shift"'
            assert 5 <= len(message["data"]) <= 300
    shares = {kind: number / 5000 for kind, number in kinds.items()}
    assert shares["mistake"] == pytest.approx(MISTAKE_CHANCE, abs=0.003)
    assert shares["ping"] == pytest.approx(PING_CHANCE - MISTAKE_CHANCE, abs=0.02)


def test_clients_connect_again_when_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []

    async def refused(url: str, _rng: random.Random) -> None:
        attempts.append(url)
        if len(attempts) == 3:
            raise asyncio.CancelledError
        await asyncio.open_connection("127.0.0.1", free_port())

    monkeypatch.setattr(simulated_sockets, "hold_connection", refused)
    with pytest.raises(asyncio.CancelledError):
        in_thread(asyncio.run, simulated_sockets.reconnect_forever("ws://x", random.Random(1)))
    assert attempts == ["ws://x"] * 3


def test_a_server_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        simulated_sockets.main([])
    assert ended.value.code == 2
    assert "--url" in capsys.readouterr().err


def test_the_scheme_of_the_page_becomes_that_of_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = []

    async def note(url: str) -> None:
        urls.append(url)

    monkeypatch.setattr(simulated_sockets, "_run_clients", note)
    for url in ("http://h:1/", "https://http.example/a"):
        assert in_thread(simulated_sockets.main, ["--url", url]) == 0
    assert urls == ["ws://h:1", "wss://http.example/a"]
