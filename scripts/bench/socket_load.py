"""A load generator for echo servers: many WebSockets, one burst in flight on each (RFC 6455)."""

import select
import socket
import time

PATH = "/ws/echo"
HANDSHAKE = (
    "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
STALL_SECONDS = 20
MASK = b"\x37\xfa\x21\x3d"
PAYLOAD = b"a message of a chat, of a length as people write them, w/o emoji."[:64]
FRAME = (
    bytes((0x81, 0x80 | len(PAYLOAD)))
    + MASK
    + bytes(byte ^ MASK[i % 4] for i, byte in enumerate(PAYLOAD))
)
ECHO_BYTES = 2 + len(PAYLOAD)


def open_sockets(port: int, connections: int, path: str = PATH) -> list[socket.socket]:
    """WebSockets after their handshakes. Raises `OSError`."""
    sockets = []
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port), timeout=20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(HANDSHAKE.format(path).encode())
        sockets.append(connection)
    for connection in sockets:
        _read_handshake(connection)
    return sockets


def messages_per_second(sockets: list[socket.socket], seconds: float, burst: int) -> float:
    """Echoed messages per second, with `burst` of them in flight on each socket."""
    poll, request, response_bytes = select.epoll(), FRAME * burst, ECHO_BYTES * burst
    by_number = {connection.fileno(): connection for connection in sockets}
    missing = dict.fromkeys(by_number, response_bytes)
    bursts = 0
    for number, connection in by_number.items():
        poll.register(number, select.EPOLLIN)
        connection.sendall(request)
    end = time.perf_counter() + seconds
    while (now := time.perf_counter()) < end:
        for number, _ in poll.poll(end - now):
            missing[number] -= len(by_number[number].recv(65536))
            if missing[number] == 0:
                bursts += 1
                missing[number] = response_bytes
                by_number[number].sendall(request)
    poll.close()
    return bursts * burst / seconds


def echo_seconds(sockets: list[socket.socket], bursts: int, burst: int) -> float:
    """How long it takes until `bursts` were echoed on each socket; nothing is in flight then."""
    poll, request = select.epoll(), FRAME * burst
    by_number = {connection.fileno(): connection for connection in sockets}
    missing = dict.fromkeys(by_number, ECHO_BYTES * burst * bursts)
    begin = time.perf_counter()
    for number, connection in by_number.items():
        poll.register(number, select.EPOLLIN)
        connection.sendall(request)
    while by_number:
        for number, _ in poll.poll(STALL_SECONDS):
            missing[number] -= len(by_number[number].recv(65536))
            if missing[number] == 0:
                poll.unregister(number)
                del by_number[number]
            elif missing[number] % (ECHO_BYTES * burst) == 0:
                by_number[number].sendall(request)
    poll.close()
    return time.perf_counter() - begin


def close(sockets: list[socket.socket]) -> None:
    """Close without a close frame."""
    for connection in sockets:
        connection.close()


def _read_handshake(connection: socket.socket) -> None:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        part = connection.recv(1)
        if not part:
            raise ConnectionError("the handshake was not answered")
        head += part
    if not head.startswith(b"HTTP/1.1 101"):
        raise ConnectionError(head.decode("latin-1"))
