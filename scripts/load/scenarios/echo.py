"""Echo: each message comes back as it was sent, in order. Whatever else comes is told apart."""

from collections import deque

from scripts.load.clients.scenario import Client
from scripts.load.clients.tally import Tally

DIGITS = 10
LEAST_BYTES = DIGITS


class _Sent:
    """Messages of one connection: the number of the next, and when those in flight were sent."""

    __slots__ = ("in_flight", "next")

    def __init__(self) -> None:
        self.next = 0
        self.in_flight: deque[float] = deque()


class Echo:
    """Round trips of `/ws/echo`, or of any server that returns what it gets."""

    path = "/ws/echo"

    def __init__(self, tally: Tally, message_bytes: int) -> None:
        self._tally = tally
        self._filler = b"." * max(0, message_bytes - DIGITS)

    def opened(self, connection: Client) -> None:
        connection.state = _Sent()

    def talks(self, _: Client, /) -> bool:
        return True

    def send(self, connection: Client, since: float) -> None:
        sent: _Sent = connection.state
        connection.send_text(b"%010d" % sent.next + self._filler)
        sent.next += 1
        sent.in_flight.append(since)
        self._tally.sent += 1
        self._tally.expected += 1

    def received(self, connection: Client, payload: bytes, at: float) -> None:
        tally, sent = self._tally, connection.state
        in_flight: deque[float] = sent.in_flight
        number = _number(payload)
        missing = number - (sent.next - len(in_flight))
        if not 0 <= missing < len(in_flight) or len(payload) != DIGITS + len(self._filler):
            tally.garbled += 1
            return
        for _ in range(missing):
            in_flight.popleft()
        tally.received += 1
        tally.came_back(in_flight.popleft(), at)

    def closed(self, connection: Client) -> None:
        """Replies of a connection that the run itself cut are no longer expected."""
        if connection.is_cut:
            self._tally.cut += len(connection.state.in_flight)
            self._tally.expected -= len(connection.state.in_flight)
            connection.state.in_flight.clear()


def _number(payload: bytes) -> int:
    """The number a message begins with; -1 when it does not."""
    digits = payload[:DIGITS]
    return int(digits) if digits.isdigit() else -1
