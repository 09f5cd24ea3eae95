"""A connection over a real socket pair: timeouts, back-pressure, half-open peers, closing."""

import socket
import struct
from collections.abc import Iterator
from itertools import count
from time import monotonic

import gevent
import pytest
from gevent import socket as gsocket
from simple_websocket import ConnectionClosed

from ingest.sockets.engine import connection as connection_module
from ingest.sockets.engine import stream
from ingest.sockets.engine.connection import Connection
from ingest.sockets.engine.service import run_handler
from ingest.sockets.engine.stream import Limits
from ingest.sockets.meter.tally import Tally
from tests.ingest.sockets.test_conversation import close, frame


class Pair:
    def __init__(self, limits: Limits, *, is_proxied: bool = False) -> None:
        ours, self.peer = gsocket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.ours = ours
        self.connection = Connection(ours, limits, tally=Tally(), is_proxied=is_proxied)

    def read(self, size: int = 65536) -> bytes:
        with gevent.Timeout(3):
            return bytes(self.peer.recv(size))

    def drain(self) -> bytes:
        data = b""
        with gevent.Timeout(5):
            while chunk := self.peer.recv(65536):
                data += chunk
        return data


def send_often(pair: Pair, message: str, times: int) -> None:
    for _ in range(times):
        pair.connection.send(message)


@pytest.fixture
def pair() -> Iterator[Pair]:
    socket_pair = Pair(
        Limits(message_bytes=65536, outbox_bytes=100_000, ping_seconds=10, send_seconds=0.2)
    )
    yield socket_pair
    socket_pair.connection.abort()
    socket_pair.peer.close()
    socket_pair.ours.close()


def test_it_echoes(pair: Pair) -> None:
    pair.peer.sendall(frame(1, b"hello") + frame(2, b"\0"))
    for _ in range(2):
        pair.connection.send(pair.connection.receive() or "nothing")
    assert pair.read() == b"\x81\x05hello" + b"\x82\x01\0"


def test_receive_gives_none_after_its_timeout(pair: Pair) -> None:
    assert pair.connection.receive(timeout=0.01) is None
    assert pair.connection.receive(timeout=0) is None


def test_a_close_of_the_peer_raises_in_receive(pair: Pair) -> None:
    pair.peer.sendall(close(1000))
    with pytest.raises(ConnectionClosed) as caught:
        pair.connection.receive()
    assert caught.value.reason == 1000


def test_messages_before_a_close_are_still_delivered(pair: Pair) -> None:
    pair.peer.sendall(frame(1, b"last words") + close(1000))
    assert pair.connection.receive() == "last words"
    with pytest.raises(ConnectionClosed):
        pair.connection.receive()


def test_a_vanished_peer_raises_with_1006(pair: Pair) -> None:
    pair.peer.close()
    with pytest.raises(ConnectionClosed) as caught:
        pair.connection.receive()
    assert caught.value.reason == 1006


def test_sending_to_a_closed_peer_raises(pair: Pair) -> None:
    pair.peer.close()
    with pytest.raises(ConnectionClosed):
        send_often(pair, "x", 3)


def test_a_reader_that_never_reads_is_closed_with_1013(pair: Pair) -> None:
    for _ in range(1000):
        if not pair.connection.post(b"\x82\x7e\x03\xe8" + b"x" * 1000):
            break
    assert pair.connection.closing == (1013, "reads too slowly", "server")
    assert pair.connection.outbox_bytes < 3000
    gevent.spawn(pair.connection.finish)
    assert pair.drain().endswith(struct.pack("!BBH", 0x88, 18, 1013) + b"reads too slowly")


def test_send_waits_for_a_slow_reader(pair: Pair) -> None:
    sender = gevent.spawn(send_often, pair, "y" * 1000, 200)
    received = 0
    while received < 200 * 1004:
        received += len(pair.read())
        gevent.sleep(0)
    sender.join(1)
    assert pair.connection.connected
    assert received == 200 * 1004


def test_frames_of_many_writers_never_interleave(pair: Pair) -> None:
    writers = [gevent.spawn(send_often, pair, chr(97 + n) * 3000, 10) for n in range(8)]
    data = b""
    while len(data) < 80 * 3004:
        data += pair.read()
    gevent.joinall(writers, timeout=2)
    payloads = [data[at + 4 : at + 3004] for at in range(0, len(data), 3004)]
    assert all(len(set(payload)) == 1 for payload in payloads)


def test_a_peer_that_sends_no_pong_is_dropped(pair: Pair) -> None:
    reader = gevent.spawn(run_handler, lambda connection: connection.receive(), pair.connection)
    gevent.sleep(0)
    start = monotonic()
    for seconds in range(1, 25):
        pair.connection.tick(start + seconds)
        assert pair.connection.connected == (seconds < 24)
    assert reader.get(timeout=2) == (1000, "")
    assert pair.connection.tally.stale == 1


def poll(pair: Pair) -> None:
    while True:
        pair.connection.receive(timeout=0.01)


def test_a_handler_that_asks_now_and_then_loses_a_silent_peer_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = Pair(Limits(ping_seconds=0.05))
    clock = count(monotonic(), 0.002).__next__  # each look at it is later
    for module in (connection_module, stream):
        monkeypatch.setattr(module, "monotonic", clock)
    polling = gevent.spawn(poll, pair)
    for _ in range(500):
        gevent.sleep(0.001)
        pair.connection.tick(clock())
    with pytest.raises(ConnectionClosed):
        polling.get(timeout=2)
    assert pair.connection.tally.stale == 1
    pair.peer.close()
    pair.ours.close()


def test_bytes_that_a_blocked_worker_has_not_read_keep_a_peer_connected(pair: Pair) -> None:
    reader = gevent.spawn(pair.connection.receive)
    gevent.sleep(0)
    start = monotonic()
    pair.connection.tick(start + 1)
    pair.peer.sendall(frame(1, b"here"))
    pair.connection.tick(start + 60)
    assert reader.get(timeout=2) == "here"
    assert pair.connection.tally.stale == 0


def test_the_goodbye_of_a_proxy_raises_in_receive_and_is_answered() -> None:
    pair = Pair(Limits(), is_proxied=True)
    pair.peer.sendall(frame(8, b"\x03\xe9", mask=False))
    with pytest.raises(ConnectionClosed) as caught:
        pair.connection.receive()
    assert caught.value.reason == 1001
    assert pair.connection.closing == (1001, "", "proxy")
    assert pair.read() == b"\x88\x02\x03\xe9"
    pair.peer.close()
    pair.ours.close()


def test_a_peer_that_sends_pongs_stays_connected(pair: Pair) -> None:
    reader = gevent.spawn(pair.connection.receive)
    gevent.sleep(0)
    pair.connection.tick(monotonic() + 10.001)
    assert pair.connection.connected
    pair.peer.sendall(frame(10, pair.read()[2:]) + frame(1, b"done"))
    assert reader.get(timeout=2) == "done"


def test_our_close_waits_for_the_peers(pair: Pair) -> None:
    ending = gevent.spawn(pair.connection.finish, 1001, "bye")
    assert pair.read() == b"\x88\x05\x03\xe9bye"
    pair.peer.sendall(frame(1, b"too late") + close(1001))
    assert pair.read() == b""
    pair.peer.close()
    ending.get(timeout=2)
    assert pair.connection.closing == (1001, "bye", "server")


def test_a_close_nobody_answers_ends_by_itself(pair: Pair) -> None:
    pair.connection.close(1000)
    pair.connection.tick(monotonic() + 3)
    assert pair.drain() == b"\x88\x02\x03\xe8"


def test_an_oversize_flood_gets_its_close_frame_and_the_end(pair: Pair) -> None:
    flood = frame(2, b"f" * 70_000)
    sender = gevent.spawn(pair.peer.sendall, flood)
    with pytest.raises(ConnectionClosed):
        pair.connection.receive()
    gevent.spawn(pair.connection.finish)
    data = pair.drain()
    assert data[:4] == b"\x88" + data[1:2] + struct.pack("!H", 1009)
    sender.join(2)
