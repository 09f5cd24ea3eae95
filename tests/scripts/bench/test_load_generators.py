"""The load generators against tiny servers on the loopback interface."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Thread

import pytest

from scripts.bench import http_load, socket_load
from scripts.bench.http_load import LoadResult
from scripts.bench.websocket import servers
from tests.support.servers.running_server import free_port
from tests.support.threads import in_thread

SECONDS = 0.1
Serve = Callable[[socket.socket], None]


@contextmanager
def serving(serve: Serve) -> Iterator[int]:
    """The port of a server with a thread for each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                Thread(target=handle, args=[connection], daemon=True).start()

        def handle(connection: socket.socket) -> None:
            try:
                serve(connection)
            except OSError:
                pass
            finally:
                connection.close()

        thread = Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def alternating(connection: socket.socket) -> None:
    """201 with a body in two parts, then 503 without one, and so on."""
    for number in count():
        if not connection.recv(65536):
            return
        if number % 2:
            connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
        else:
            connection.sendall(b"HTTP/1.1 201 Created\r\ncontent-LENGTH: 10\r\n\r\n12345")
            connection.sendall(b"67890")


def echo(connection: socket.socket) -> None:
    """A handshake, then each frame back without its mask."""
    while not (head := connection.recv(65536)).endswith(b"\r\n\r\n"):
        assert head
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
    text = b""
    while data := connection.recv(65536):
        text += data
        while len(text) >= len(socket_load.FRAME):
            text = text[len(socket_load.FRAME) :]
            length = bytes((0x81, len(socket_load.PAYLOAD)))
            connection.sendall(length + socket_load.PAYLOAD)


def test_responses_are_counted_by_status_and_requests_made_anew() -> None:
    numbers = count()
    with serving(alternating) as port:
        load = http_load.run(port, lambda: b"GET /%d\r\n\r\n" % next(numbers), 2, SECONDS)
    assert set(load.statuses) == {b"201", b"503"}
    assert len(load.times) == sum(load.statuses.values())
    assert next(numbers) == len(load.times) + 2  # one is in flight on each connection
    assert load.per_second == len(load.times) / SECONDS


@pytest.mark.parametrize(
    ("share", "expected"), [(0, 1), (0.5, 2), (0.75, 3), (0.76, 4), (0.99, 4), (1, 4)]
)
def test_a_percentile_is_of_the_nearest_rank(share: float, expected: float) -> None:
    load = LoadResult(1, times=[0.004, 0.001, 0.003, 0.002])
    assert load.percentile_ms(share) == expected


def test_messages_are_echoed_and_counted() -> None:
    with serving(echo) as port:
        sockets = socket_load.open_sockets(port, 2)
        rate = socket_load.messages_per_second(sockets, SECONDS, burst=3)
        socket_load.close(sockets)
    assert rate > 0
    assert rate * SECONDS % 3 == pytest.approx(0)
    assert {connection.fileno() for connection in sockets} == {-1}


def test_a_frame_is_a_masked_text_as_rfc_6455_has_it() -> None:
    head, mask, masked = socket_load.FRAME[:2], socket_load.FRAME[2:6], socket_load.FRAME[6:]
    assert (head[0], head[1] & 0x80) == (0x81, 0x80)
    assert head[1] & 0x7F == len(masked) < 126
    assert bytes(b ^ mask[i % 4] for i, b in enumerate(masked)) == socket_load.PAYLOAD


@pytest.mark.parametrize(
    ("response", "fault"),
    [(b"HTTP/1.1 403 Forbidden\r\n\r\n", "403 Forbidden"), (b"HTTP/1.1", "was not answered")],
)
def test_a_refused_handshake_is_an_error(response: bytes, fault: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(response)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(ConnectionError, match=fault):
            socket_load._read_handshake(ours)


def test_the_servers_compared_with_echo_what_the_load_sends() -> None:
    async def measure() -> float:
        port = free_port()
        server = asyncio.create_task(servers.websockets_echo("127.0.0.1", port))
        await asyncio.sleep(0.02)
        sockets = await asyncio.to_thread(socket_load.open_sockets, port, 1)
        rate = await asyncio.to_thread(socket_load.messages_per_second, sockets, SECONDS, 2)
        socket_load.close(sockets)
        await asyncio.sleep(0.05)
        server.cancel()
        await asyncio.wait([server], timeout=2)
        return rate

    assert in_thread(asyncio.run, measure()) > 0


def test_the_stock_application_has_the_route_that_is_measured() -> None:
    routes = {rule.rule for rule in servers.stock().url_map.iter_rules()}
    assert socket_load.PATH in routes
