"""A load generator for one address: many kept-alive connections, one request in flight on each.

It runs beside what it measures, so it is spare: one epoll loop, no parsing beyond the status and
the end of the answer.
"""

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil


@dataclass
class Load:
    """What a round saw: answers by status, and how long each took in seconds."""

    seconds: float
    statuses: dict[bytes, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """Nearest-rank percentile of the answer times in ms."""
        ordered = sorted(self.times)
        return 1000 * ordered[max(0, ceil(len(ordered) * share) - 1)]


def run(port: int, request: Callable[[], bytes], connections: int, seconds: float) -> Load:
    """Send what `request` makes, again and again, for `seconds` over `connections`."""
    load, poll = Load(seconds), select.epoll()
    open_ones: dict[int, socket.socket] = {}
    began: dict[int, float] = {}
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        open_ones[connection.fileno()] = connection
        poll.register(connection.fileno(), select.EPOLLIN)
    end = time.perf_counter() + seconds
    for number, connection in open_ones.items():
        began[number] = time.perf_counter()
        connection.sendall(request())
    while (now := time.perf_counter()) < end:
        for number, _ in poll.poll(end - now):
            _next(open_ones[number], request, load, began)
    for connection in open_ones.values():
        connection.close()
    poll.close()
    return load


def _next(
    connection: socket.socket, request: Callable[[], bytes], load: Load, began: dict[int, float]
) -> None:
    answer = connection.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    while len(body) < length:
        body += connection.recv(65536)
    number, now = connection.fileno(), time.perf_counter()
    load.times.append(now - began[number])
    status = head[9:12]
    load.statuses[status] = load.statuses.get(status, 0) + 1
    began[number] = now
    connection.sendall(request())
