"""Simulated sockets: what they send, how they close, and that they go on when nobody listens."""

import asyncio
import json
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from scripts import simulated_sockets
from scripts.demo_data import server_side, world
from scripts.demo_data.server_side import activity, usual_connections
from scripts.demo_data.world import ROOMS
from scripts.simulated_sockets import is_due, message_share, messages_of
from tests.support.clock import Clock
from tests.support.servers.running_server import free_port
from tests.support.threads import in_thread

MONDAY_AFTERNOON = datetime(2026, 3, 2, 15, tzinfo=UTC)
PORTAL = world.APPS[0]


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
    monkeypatch.setattr(simulated_sockets, "WAIT_SECONDS", 1e-3)
    monkeypatch.setattr(simulated_sockets, "messages_of", lambda _app, _rng: 5)
    monkeypatch.setattr(simulated_sockets, "_now", Clock(MONDAY_AFTERNOON))


def open_by(seed: int) -> Server:
    """The server after a connection."""
    server = Server()

    async def hold() -> None:
        port = free_port()
        async with serve(server.receive, "127.0.0.1", port):
            url = f"ws://127.0.0.1:{port}"
            await simulated_sockets.open_connection(url, PORTAL, random.Random(seed))
            while not server.codes:
                await asyncio.sleep(0.001)

    in_thread(asyncio.run, hold())
    return server


def test_a_connection_joins_a_room_and_talks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_sockets, "LOST", 0)
    server = open_by(1)
    assert server.paths == ["/ws?app=portal"]
    joined = json.loads(server.messages[0])
    assert (joined["type"], joined["room"] in ROOMS) == ("join", True)
    assert len(server.messages) == 6
    assert server.codes == [1000]


def test_some_connections_break_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_sockets, "LOST", 1)
    assert open_by(1).codes == [1006]


def test_messages_are_of_the_room_but_for_some_mistakes() -> None:
    rng, kinds = random.Random(3), Counter[str]()
    for _ in range(5000):
        payload = simulated_sockets._payload('night "shift"', 0.7, rng)
        if payload == "no JSON":
            kinds["mistake"] += 1
            continue
        message = json.loads(payload)
        kinds[message["type"]] += 1
        if message["type"] == "message":
            assert message["room"] == 'night "shift"'
            assert 5 <= len(message["data"]) <= 265
    shares = {kind: number / 5000 for kind, number in kinds.items()}
    assert shares["mistake"] == pytest.approx(server_side.REFUSED, abs=0.002)
    assert shares["ping"] == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("hours", range(0, 24, 6))
def test_as_many_connections_are_open_as_at_the_end_of_the_history(hours: int) -> None:
    now = MONDAY_AFTERNOON + timedelta(hours=hours)
    due = Counter(app.name for app, rank in simulated_sockets.slots() if is_due(app, rank, now))
    for app in world.APPS:
        assert due[app.name] == pytest.approx(usual_connections(app, activity(now)), abs=0.5)


def test_connections_are_as_long_and_as_busy_as_in_the_history() -> None:
    rng = random.Random(3)
    counts = [messages_of(PORTAL, rng) for _ in range(5000)]
    expected = PORTAL.minutes * server_side.MESSAGES_PER_MINUTE
    assert sum(counts) / len(counts) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("busy", [0.02, 0.3, 1.0])
def test_messages_reach_as_many_members_as_in_the_history(busy: float) -> None:
    share, members = message_share(busy), max(server_side.BUSIEST * busy / len(ROOMS), 2.4)
    assert 0 < share <= 1
    assert share * members + (1 - share) == pytest.approx(server_side.FAN_OUT)


def test_clients_connect_again_when_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []

    async def refused(url: str, _app: world.App, _rng: random.Random) -> None:
        attempts.append(url)
        if len(attempts) == 3:
            raise asyncio.CancelledError
        await asyncio.open_connection("127.0.0.1", free_port())

    monkeypatch.setattr(simulated_sockets, "open_connection", refused)
    forever = simulated_sockets.reconnect_forever("ws://x", PORTAL, 0, random.Random(1))
    with pytest.raises(asyncio.CancelledError):
        in_thread(asyncio.run, forever)
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
