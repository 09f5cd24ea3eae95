"""A load generator for one address: many kept-alive connections, one request in flight on each.

It shares the machine with the server, so it is minimal: one epoll loop, no parsing beyond the
status and the end of the response.
"""

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil


@dataclass
class LoadResult:
    """A round: responses by status, and their times in seconds."""

    seconds: float
    statuses: dict[bytes, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Responses per second."""
        return len(self.times) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """Nearest-rank percentile of the response times in ms."""
        ordered = sorted(self.times)
        return 1000 * ordered[max(0, ceil(len(ordered) * share) - 1)]


def run(port: int, request: Callable[[], bytes], connections: int, seconds: float) -> LoadResult:
    """Send requests in a loop for `seconds` over `connections`."""
    load, poll = LoadResult(seconds), select.epoll()
    sockets: dict[int, socket.socket] = {}
    sent_at: dict[int, float] = {}
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[connection.fileno()] = connection
        poll.register(connection.fileno(), select.EPOLLIN)
    end = time.perf_counter() + seconds
    for number, connection in sockets.items():
        sent_at[number] = time.perf_counter()
        connection.sendall(request())
    while (now := time.perf_counter()) < end:
        for number, _ in poll.poll(end - now):
            _receive_and_send(sockets[number], request, load, sent_at)
    for connection in sockets.values():
        connection.close()
    poll.close()
    return load


def _receive_and_send(
    connection: socket.socket,
    request: Callable[[], bytes],
    load: LoadResult,
    sent_at: dict[int, float],
) -> None:
    response = connection.recv(65536)
    head, _, body = response.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
    while len(body) < length:
        body += connection.recv(65536)
    number, now = connection.fileno(), time.perf_counter()
    load.times.append(now - sent_at[number])
    status = head[9:12]
    load.statuses[status] = load.statuses.get(status, 0) + 1
    sent_at[number] = now
    connection.sendall(request())
