"""Rooms over several workers and machines, by PostgreSQL and Redis, and when these fail."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from models.database.notifications import cut
from tests.support.servers.api_client import ApiClient, JsonObject
from tests.support.servers.running_server import (
    RunningServer,
    free_port,
    open_folder,
    running_server,
)
from tests.support.servers.socket_clients import RoomClient
from tests.support.store.postgres import autocommit_cursor

FROZEN_MESSAGES = 200  # in ten seconds, longer than a sender waits for the broker
Pair = tuple[RunningServer, RunningServer]


@contextmanager
def pair_of_servers(database_url: str, redis_url: str = "") -> Iterator[Pair]:
    with (
        open_folder() as first_folder,
        open_folder() as second_folder,
        running_server(database_url, first_folder, REDIS_URL=redis_url) as first,
        running_server(database_url, second_folder, REDIS_URL=redis_url) as second,
    ):
        yield first, second


class Redis:
    """Debian's redis-server on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen(
            ["redis-server", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="module")
def by_postgres(database_url: str) -> Iterator[Pair]:
    with pair_of_servers(database_url) as pair:
        yield pair


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with open_folder() as folder:
        server = Redis(folder)
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def by_redis(database_url: str, redis: Redis) -> Iterator[Pair]:
    with pair_of_servers(database_url, redis_url=redis.url) as pair:
        yield pair


@pytest.fixture(params=["by_postgres", "by_redis"])
def servers(request: pytest.FixtureRequest) -> Pair:
    pair: Pair = request.getfixturevalue(request.param)
    return pair


@contextmanager
def meeting(servers: Pair, room: str, each: int) -> Iterator[list[RoomClient]]:
    """`each` clients on each server, all in one room, once every server counts them all."""
    with ExitStack() as stack:
        clients = [
            stack.enter_context(RoomClient(server)) for server in servers for _ in range(each)
        ]
        for client in clients:
            client.request(type="join", room=room)
        for client in clients:
            client.join(room, len(clients))
        yield clients


@pytest.mark.parametrize("size", [1, 60_000])
def test_a_message_reaches_members_everywhere_once(servers: Pair, size: int) -> None:
    with meeting(servers, f"hall {size}", each=5) as clients:
        for number, client in enumerate((clients[0], clients[-1])):
            client.send(type="message", room=f"hall {size}", data="é" * (size // 2), id=number)
        for client in clients:
            received = [client.receive() for _ in range(2)]
            assert sorted(message["id"] for message in received) == [0, 1]
            assert {message["data"] for message in received} == {"é" * (size // 2)}
            assert client.request(type="ping") == {"type": "pong"}  # and nothing more came


def test_many_messages_keep_their_order(servers: Pair) -> None:
    with meeting(servers, "queue", each=1) as (ann, bob):
        for number in range(300):
            ann.send(type="message", room="queue", data=number)
        assert [bob.receive()["data"] for _ in range(300)] == list(range(300))


def test_members_leave_everywhere(servers: Pair) -> None:
    with meeting(servers, "party", each=3) as clients:
        for client in clients[1:]:
            client.request(type="leave", room="party")
        clients[0].join("party", 1)


def status(server: RunningServer) -> str:
    return str(requests.get(server.url + "/api/ws/health", timeout=5).json()["status"])


def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.timeout(90)
def test_rooms_work_locally_without_redis_and_reconnect(by_redis: Pair, redis: Redis) -> None:
    with meeting(by_redis, "storm", each=2) as (ann, bob, eve, _):
        redis.stop()
        ann.send(type="message", room="storm", data="inside")
        assert [client.receive()["data"] for client in (ann, bob)] == ["inside"] * 2
        eventually(lambda: status(by_redis[0]) == "degraded")
        redis.start()
        eventually(lambda: crosses("storm", ann, bob, eve))


@pytest.mark.deep
@pytest.mark.timeout(180)
def test_back_from_a_freeze_redis_repeats_nothing_and_what_did_not_cross_is_counted(
    by_redis: Pair, redis: Redis
) -> None:
    with meeting(by_redis, "freeze", each=1) as (ann, eve):
        redis.signal(signal.SIGSTOP)
        for number in range(FROZEN_MESSAGES):
            ann.send(type="message", room="freeze", data=number)
            time.sleep(0.05)  # many batches, one of which is given up
        redis.signal(signal.SIGCONT)
        ann.send(type="message", room="freeze", data="last")
        received = list(iter(lambda: eve.receive()["data"], "last"))
        assert received == sorted(set(received))
        missing = FROZEN_MESSAGES - len(received)
    api = ApiClient(by_redis[0])
    counted = api.metrics_when(lambda body: _lost(body) >= missing)
    api.close()
    assert _lost(counted) == missing


def _lost(metrics: JsonObject) -> int:
    return int(metrics["messages"]["errors_by_kind"].get("lost-between-workers", 0))


@pytest.mark.timeout(90)
def test_a_cut_connection_to_postgres_is_made_again(by_postgres: Pair) -> None:
    with meeting(by_postgres, "cut", each=2) as (ann, bob, eve, _):
        with autocommit_cursor(by_postgres[0].database_url) as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'wsmon-bus'"
            )
        eventually(lambda: crosses("cut", ann, bob, eve))


def crosses(room: str, ann: RoomClient, bob: RoomClient, eve: RoomClient) -> bool:
    """Whether ann's message, which bob on her server gets, reaches eve on the other server."""
    marker = time.monotonic_ns()
    ann.send(type="message", room=room, data=marker)
    for client in (ann, bob):
        assert client.receive()["data"] == marker
    time.sleep(0.1)  # the absence of a message cannot be observed otherwise
    eve.send(type="ping")
    received = list(iter(eve.receive, {"type": "pong"}))
    return marker in [message["data"] for message in received]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_parts_of_a_batch_are_distinct_and_fit_a_notification(text: str) -> None:
    parts = cut(text * 300)
    assert len(set(parts)) == len(parts)
    assert all(len(part.encode()) < 8000 for part in parts)
    assert "".join(part.split(" ", 2)[2] for part in parts) == text * 300
