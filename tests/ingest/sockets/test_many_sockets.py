"""Many sockets at once: a thousand opened and aborted twice, fifty closed by a stopping server."""

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from models.database import migrate
from scripts.bench import socket_load
from scripts.open_files import raise_limit
from tests.support.servers.api_client import ApiClient
from tests.support.servers.running_server import RunningServer, open_folder, running_server
from tests.support.servers.socket_clients import RoomClient
from tests.support.store.postgres import new_database

MANY, SOME = 1000, 50
SMALLEST_LEAK = 4096  # bytes a connection would leave behind; an open one takes four times that


def descriptors(server: RunningServer) -> int:
    (pid,) = server.worker_pids()
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def resident_bytes(server: RunningServer) -> int:
    """Memory the worker holds, page cache and shared libraries included."""
    (pid,) = server.worker_pids()
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def health_polled(server: RunningServer) -> Iterator[list[int]]:
    """Poll `/api/ws/health` during the block; yields the growing list of statuses."""
    statuses: list[int] = []
    finished = threading.Event()

    def poll() -> None:
        while not finished.is_set():
            statuses.append(requests.get(server.url + "/api/ws/health", timeout=5).status_code)

    with ThreadPoolExecutor(1) as executor:
        polling = executor.submit(poll)
        try:
            yield statuses
        finally:
            finished.set()
        polling.result()


def abort(sockets: list[socket.socket]) -> None:
    """Reset every connection, as a crash of the clients would."""
    for connection in sockets:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


def await_descriptors(server: RunningServer, most: int) -> None:
    deadline = time.monotonic() + 30
    while descriptors(server) > most:
        assert time.monotonic() < deadline, descriptors(server)
        time.sleep(0.1)


def test_a_thousand_open_twice_in_a_row_after_an_abort_of_all(embedded_url: str) -> None:
    raise_limit()
    url = new_database(embedded_url, "thousand")
    migrate.upgrade(url)
    with open_folder() as folder, running_server(url, folder) as server:
        requests.get(server.url + "/api/ws/health", timeout=5)
        before, memory = descriptors(server), []
        for _ in range(2):
            with health_polled(server) as statuses:
                sockets = socket_load.open_sockets(server.port, MANY)
                try:
                    assert descriptors(server) >= MANY
                finally:
                    abort(sockets)
                await_descriptors(server, before + 10)
            assert set(statuses) == {200}
            memory.append(resident_bytes(server))
        assert memory[1] - memory[0] < MANY * SMALLEST_LEAK
        api = ApiClient(server)
        metrics = api.metrics_when(lambda m: m["connections"]["closed"].get("1006") == 2 * MANY)
        api.close()
    assert metrics["connections"]["opened"] == 2 * MANY
    assert metrics["connections"]["closed_by"] == {"nobody": 2 * MANY}
    assert metrics["connections"]["active"] == 0


def test_a_stopping_server_closes_all_and_stores_the_last_samples(embedded_url: str) -> None:
    url = new_database(embedded_url, "stopping")
    migrate.upgrade(url)
    with open_folder() as folder, running_server(url, folder) as server:
        clients = [RoomClient(server, app="stopping") for _ in range(SOME)]
        for client in clients:
            client.request(type="ping")
        server.stop()
        assert [client.close_code() for client in clients] == [1001] * SOME
        server.start()
        api = ApiClient(server)
        metrics = api.metrics(app="stopping")
        api.close()
    assert metrics["connections"]["opened"] == SOME
    assert metrics["connections"]["closed"] == {"1001": SOME}
    assert metrics["connections"]["closed_by"] == {"server": SOME}
    assert (metrics["messages"]["received"], metrics["messages"]["sent"]) == (SOME, SOME)
    assert len(metrics["workers"]) == 1


def test_a_killed_worker_leaves_no_ghosts(embedded_url: str) -> None:
    url = new_database(embedded_url, "ghosts")
    migrate.upgrade(url)
    with open_folder() as folder, running_server(url, folder) as server:
        api = ApiClient(server)
        clients = [RoomClient(server, app="ghosts") for _ in range(5)]
        assert api.metrics_when(lambda m: m["connections"]["active"] == 5)
        server.kill_workers()
        server.wait_until_answering()
        metrics = api.metrics_when(
            lambda m: len(m["workers"]) == 1 and m["connections"]["active"] == 0
        )
        api.close()
        assert [client.close_code() for client in clients] == [1005] * 5
    assert (metrics["connections"]["active"], len(metrics["workers"])) == (0, 1)


@pytest.mark.parametrize("token", ["wrong", "x" * 2000])
def test_a_wrong_token_is_refused_before_the_upgrade_and_counted(
    live_server: RunningServer, api: ApiClient, token: str
) -> None:
    headers = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip
    app = f"refused {len(token)}"
    with RoomClient(live_server, app):
        pass
    query = {"app": app, "token": token}
    response = requests.get(live_server.url + "/ws", params=query, headers=headers, timeout=5)
    assert response.status_code == 403
    metrics = api.metrics_when(lambda m: m["connections"]["rejected"] != {}, app=app)
    assert metrics["connections"]["rejected"] == {"403": 1}
