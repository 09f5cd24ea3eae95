"""Rooms over several workers and machines, by PostgreSQL and by Redis, and when these go away."""

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
from tests.conftest import connected
from tests.support.running_server import RunningServer, free_port, open_folder, running_server
from tests.support.socket_clients import Talker

Pair = tuple[RunningServer, RunningServer]


@contextmanager
def pair_of_servers(database_url: str, redis_url: str = "") -> Iterator[Pair]:
    with (
        open_folder() as one,
        open_folder() as two,
        running_server(database_url, one, REDIS_URL=redis_url) as first,
        running_server(database_url, two, REDIS_URL=redis_url) as second,
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
def meeting(servers: Pair, room: str, each: int) -> Iterator[list[Talker]]:
    """So many talkers on each server, all in one room, all knowing of all."""
    with ExitStack() as stack:
        talkers = [stack.enter_context(Talker(server)) for server in servers for _ in range(each)]
        for talker in talkers:
            talker.ask(type="join", room=room)
        for talker in talkers:
            talker.join(room, len(talkers))
        yield talkers


@pytest.mark.parametrize("size", [1, 60_000])
def test_a_message_reaches_members_everywhere_once(servers: Pair, size: int) -> None:
    with meeting(servers, f"hall {size}", each=5) as talkers:
        for number, talker in enumerate((talkers[0], talkers[-1])):
            talker.tell(type="message", room=f"hall {size}", data="é" * (size // 2), id=number)
        for talker in talkers:
            heard = [talker.hear() for _ in range(2)]
            assert sorted(said["id"] for said in heard) == [0, 1]
            assert {said["data"] for said in heard} == {"é" * (size // 2)}
            assert talker.ask(type="ping") == {"type": "pong"}  # and nothing more came


def test_many_messages_keep_their_order(servers: Pair) -> None:
    with meeting(servers, "queue", each=1) as (ann, bob):
        for number in range(300):
            ann.tell(type="message", room="queue", data=number)
        assert [bob.hear()["data"] for _ in range(300)] == list(range(300))


def test_members_leave_everywhere(servers: Pair) -> None:
    with meeting(servers, "party", each=3) as talkers:
        for talker in talkers[1:]:
            talker.ask(type="leave", room="party")
        talkers[0].join("party", 1)


def status(server: RunningServer) -> str:
    return str(requests.get(server.url + "/api/ws/health", timeout=5).json()["status"])


def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.timeout(90)
def test_rooms_go_on_without_redis_and_grow_together_again(by_redis: Pair, redis: Redis) -> None:
    with meeting(by_redis, "storm", each=2) as (ann, bob, eve, _):
        redis.stop()
        ann.tell(type="message", room="storm", data="inside")
        assert [talker.hear()["data"] for talker in (ann, bob)] == ["inside"] * 2
        eventually(lambda: status(by_redis[0]) == "degraded")
        redis.start()
        eventually(lambda: crosses("storm", ann, bob, eve))


@pytest.mark.timeout(90)
def test_a_cut_connection_to_postgres_is_made_again(by_postgres: Pair) -> None:
    with meeting(by_postgres, "cut", each=2) as (ann, bob, eve, _):
        with connected(by_postgres[0].database_url) as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'wsmon-bus'"
            )
        eventually(lambda: crosses("cut", ann, bob, eve))


def crosses(room: str, ann: Talker, bob: Talker, eve: Talker) -> bool:
    """Whether what ann says, which bob beside her hears, reaches eve on the other server."""
    said = time.monotonic_ns()
    ann.tell(type="message", room=room, data=said)
    for talker in (ann, bob):
        assert talker.hear()["data"] == said
    time.sleep(0.1)  # nobody tells when something does not come
    eve.tell(type="ping")
    heard = list(iter(eve.hear, {"type": "pong"}))
    return said in [word["data"] for word in heard]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_parts_of_a_batch_are_distinct_and_fit_a_notification(text: str) -> None:
    parts = cut(text * 300)
    assert len(set(parts)) == len(parts)
    assert all(len(part.encode()) < 8000 for part in parts)
    assert "".join(part.split(" ", 2)[2] for part in parts) == text * 300
