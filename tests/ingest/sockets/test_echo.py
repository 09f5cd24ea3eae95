"""`/ws/echo` on a real server: messages unchanged, and the close code of every ending."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import cast

import pytest
import requests
from simple_websocket import Client, ConnectionClosed

from ingest.sockets.engine.connection import Connection
from ingest.sockets.engine.service import run_handler
from tests.support.servers.api_client import ApiClient
from tests.support.servers.running_server import RunningServer, open_folder, running_server

HANDSHAKE = (
    "GET /ws/echo HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade"}
GOING_AWAY = b"\x03\xe9"  # 1001
LARGEST = 65_536
PROTOCOL_ERROR = b"\x03\xea"  # 1002, as a close frame carries it


@pytest.fixture
def address(live_server: RunningServer) -> str:
    """The URL of the echo route."""
    return live_server.url.replace("http", "ws", 1) + "/ws/echo"


@contextmanager
def echo_client(address: str) -> Iterator[Client]:
    """A connected client, closed and joined at the end of the block."""
    client = Client.connect(address)
    try:
        yield client
    finally:
        if client.connected:
            client.close()
        client.thread.join(5)
        client.sock.close()


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    """A connected client."""
    with echo_client(address) as client:
        yield client


@pytest.mark.parametrize("message", ["", "hé \U0001f600", b"", b"\x00\xff", "x" * LARGEST])
def test_each_message_comes_back_unchanged(client: Client, message: str | bytes) -> None:
    client.send(message)
    assert client.receive(5) == message


def test_many_large_messages_come_back_intact_and_in_order(client: Client) -> None:
    messages = [f"{number} " + "y" * 20_000 for number in range(200)]
    sending = threading.Thread(target=lambda: [client.send(message) for message in messages])
    sending.start()
    assert [client.receive(5) for _ in messages] == messages
    sending.join()


def test_a_message_over_the_limit_ends_with_1009(client: Client) -> None:
    client.send("x" * (LARGEST + 1))
    with pytest.raises(ConnectionClosed) as closed:
        client.receive(5)
    assert closed.value.reason == 1009


def test_the_server_lives_on_after_a_message_over_the_limit(client: Client, address: str) -> None:
    client.send("x" * (LARGEST + 1))
    with echo_client(address) as another:
        another.send("still there")
        assert another.receive(5) == "still there"


def test_invalid_bytes_end_with_1002(live_server: RunningServer) -> None:
    with raw_connection(live_server) as raw:
        raw.sendall(b"\xff\xff\xff\xff" + os.urandom(64))
        assert PROTOCOL_ERROR in read_all(raw)


def test_the_goodbye_of_a_proxy_is_counted_as_its_own(
    live_server: RunningServer, api: ApiClient
) -> None:
    by_proxy = HANDSHAKE.replace("/ws/echo", "/ws/echo?app=behind").replace(
        "Upgrade:", "X-Forwarded-For: 192.0.2.7\r\nUpgrade:"
    )
    for goodbye, reply in ((b"\x88\x02\x03\xe9", GOING_AWAY), (b"\x81\x01a", PROTOCOL_ERROR)):
        with raw_connection(live_server, by_proxy) as raw:
            raw.sendall(goodbye)
            assert reply in read_all(raw)
    metrics = api.metrics_when(lambda m: len(m["connections"]["closed"]) == 2, app="behind")
    assert metrics["connections"]["closed"] == {"1001": 1, "1002": 1}
    assert metrics["connections"]["closed_by"] == {"proxy": 1, "server": 1}
    assert metrics["messages"]["errors_by_kind"] == {"protocol-error": 1}
    assert metrics["connections"]["abnormal_closes"] == 1


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_a_page_of_another_origin_is_refused(live_server: RunningServer, origin: str) -> None:
    response = requests.get(
        live_server.url + "/ws/echo", headers={**UPGRADE, "Origin": origin}, timeout=5
    )
    assert response.status_code == 403
    assert "WEBSOCKET_ALLOWED_ORIGINS" in response.json()["detail"]


def test_our_own_page_may_connect(live_server: RunningServer) -> None:
    request = HANDSHAKE.replace("Upgrade:", f"Origin: {live_server.url}\r\nUpgrade:")
    with raw_connection(live_server, request):
        pass  # the handshake was answered


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 426),
        (UPGRADE, 426),
        ({**UPGRADE, "Sec-WebSocket-Version": "8"}, 426),
        ({**UPGRADE, "Sec-WebSocket-Version": "13"}, 400),
        ({**UPGRADE, "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "c2hvcnQ="}, 400),
        ({"Upgrade": "websocket"}, 400),
    ],
)
def test_a_request_that_is_no_handshake_is_refused_before_the_upgrade(
    live_server: RunningServer, headers: dict[str, str], status: int
) -> None:
    response = requests.get(live_server.url + "/ws/echo", headers=headers, timeout=5)
    assert response.status_code == status
    assert response.json()["status"] == status
    assert status != 426 or response.headers["Sec-WebSocket-Version"] == "13"


def test_compression_is_not_offered(live_server: RunningServer) -> None:
    offer = "Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate"
    request = HANDSHAKE.replace("Version: 13", offer)
    with raw_connection(live_server, request) as raw:
        raw.sendall(b"\x88\x80\x00\x00\x00\x00")
        assert b"permessage-deflate" not in read_all(raw)


def test_every_client_gets_1001_when_the_server_stops(database_url: str) -> None:
    with open_folder() as folder, running_server(database_url, folder) as server, ExitStack() as s:
        raws = [s.enter_context(raw_connection(server)) for _ in range(50)]
        server.stop()
        assert [GOING_AWAY in read_all(raw) for raw in raws] == [True] * 50


def test_a_fault_of_the_handler_closes_with_1011() -> None:
    def handler(_connection: Connection) -> None:
        raise RuntimeError("the handler's fault")

    assert run_handler(handler, cast(Connection, None)) == (1011, "internal error")


def raw_connection(server: RunningServer, request: str = HANDSHAKE) -> socket.socket:
    """A socket on which the handshake was sent and its status line read."""
    raw = socket.create_connection(("127.0.0.1", server.port), timeout=5)
    raw.sendall(request.format(host=f"127.0.0.1:{server.port}").encode())
    assert raw.recv(12) == b"HTTP/1.1 101"
    return raw


def read_all(raw: socket.socket) -> bytes:
    """Everything up to the end of the stream."""
    parts = []
    while part := raw.recv(4096):
        parts.append(part)
    return b"".join(parts)
