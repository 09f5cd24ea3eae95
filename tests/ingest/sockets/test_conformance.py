"""RFC 6455 over real sockets and gunicorn: the tables of `test_conversation`, unsplit and split."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scripts.bench.socket_load import open_sockets
from tests.ingest.sockets.test_conversation import (
    CLOSES,
    FAULTS,
    MESSAGES,
    close,
    frame,
    server_frame,
)
from tests.support.servers.running_server import RunningServer

LARGEST = 65_536
CUTS = {"whole": 1_000_000, "byte by byte": 1}
CLOSE_FRAME = frame(8, struct.pack("!H", 1000))
# Their sizes are those of a smaller limit; `test_echo` sends what is over ours.
OF_ANOTHER_LIMIT = ("a message over the limit", "fragments over the limit")
FAULTS_HERE = [name for name in FAULTS if name not in OF_ANOTHER_LIMIT]


@contextmanager
def connection(server: RunningServer) -> Iterator[socket.socket]:
    (raw,) = open_sockets(server.port, 1)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    raw.settimeout(5)
    try:
        yield raw
    finally:
        raw.close()


def send(raw: socket.socket, data: bytes, cut: int) -> None:
    """Send in pieces; the peer may have ended the conversation meanwhile."""
    for at in range(0, len(data), cut):
        try:
            raw.sendall(data[at : at + cut])
        except OSError:
            return


def frames(raw: socket.socket) -> list[tuple[int, bytes]]:
    """(opcode, payload) of everything until the end of the stream; pings of the server left out."""
    data = b""
    while part := raw.recv(65536):
        data += part
    received = []
    while data:
        size, at = data[1], 2
        if size == 126:
            size, at = struct.unpack("!H", data[2:4])[0], 4
        received.append((data[0] & 0x0F, data[at : at + size]))
        data = data[at + size :]
    return [entry for entry in received if entry[0] != 9]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("name", MESSAGES)
def test_messages_are_echoed(live_server: RunningServer, name: str, cut: str) -> None:
    parts, messages = MESSAGES[name]
    with connection(live_server) as raw:
        send(raw, b"".join(parts), CUTS[cut])
        send(raw, CLOSE_FRAME, CUTS[cut])
        received = [entry for entry in frames(raw) if entry[0] != 10]
    texts = [(1, m.encode()) if isinstance(m, str) else (2, m) for m in messages]
    assert received == [*texts, (8, struct.pack("!H", 1000))]


@pytest.mark.parametrize("name", FAULTS_HERE)
def test_a_fault_is_named_by_the_close(live_server: RunningServer, name: str) -> None:
    data, code = FAULTS[name]
    with connection(live_server) as raw:
        send(raw, data, CUTS["whole"])
        opcode, payload = frames(raw)[-1]
    assert opcode == 8
    assert struct.unpack("!H", payload[:2])[0] == code


@pytest.mark.parametrize("code", CLOSES)
def test_a_close_comes_back_with_its_code(live_server: RunningServer, code: int | None) -> None:
    with connection(live_server) as raw:
        send(raw, close(code), CUTS["whole"])
        assert frames(raw) == [(8, b"" if code is None else struct.pack("!H", code))]


@pytest.mark.parametrize("payload", [b"", b"p", b"x" * 125])
def test_a_ping_gets_its_pong_in_a_single_frame(live_server: RunningServer, payload: bytes) -> None:
    with connection(live_server) as raw:
        send(raw, frame(9, payload), CUTS["whole"])
        assert raw.recv(200) == server_frame(10, payload)


def test_a_message_in_a_thousand_fragments_with_pings_between(live_server: RunningServer) -> None:
    middle = [frame(0, b"x", fin=False) + frame(9, b"p") for _ in range(998)]
    with connection(live_server) as raw:
        send(raw, frame(1, b"x", fin=False) + b"".join(middle) + frame(0, b"x"), 977)
        send(raw, CLOSE_FRAME, CUTS["whole"])
        received = frames(raw)
    assert received.count((10, b"p")) == 998
    assert (1, b"x" * 1000) in received


def test_a_peer_that_sends_half_a_frame_and_leaves_harms_nobody(live_server: RunningServer) -> None:
    with connection(live_server) as raw:
        send(raw, frame(1, b"x" * 1000)[:500], CUTS["whole"])
    with connection(live_server) as raw:
        send(raw, frame(1, b"still there"), CUTS["whole"])
        assert raw.recv(200) == server_frame(1, b"still there")


def test_an_oversize_flood_is_closed_and_the_server_survives(live_server: RunningServer) -> None:
    with connection(live_server) as raw:
        raw.settimeout(10)
        started = time.monotonic()
        send(raw, frame(2, b"z" * (LARGEST + 1)) * 20, LARGEST)
        assert time.monotonic() - started < 10
    with connection(live_server) as raw:
        send(raw, frame(1, b"fine"), CUTS["whole"])
        assert raw.recv(200) == server_frame(1, b"fine")
