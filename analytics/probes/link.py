"""One WebSocket of ours, opened step by step with each step timed; blocking, with a deadline.

Under gevent its sockets wait without holding the worker.
"""

import logging
import socket
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic, perf_counter, time
from urllib.parse import SplitResult, urlsplit

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from .faults import BadResponse, NotConnected, Stage, of_error, of_status

READ_BYTES = 65_536
LARGEST_BYTES = 1_048_576
DAY_SECONDS = 86_400
PORTS = {"ws": 80, "wss": 443}
_silent = logging.getLogger(__name__ + ".protocol")
_silent.setLevel(logging.CRITICAL)


@dataclass(slots=True)
class Timings:
    """Milliseconds of each stage that ended, and the certificate: days left, `None` without."""

    stages: dict[Stage, float] = field(default_factory=dict)
    certificate_days: float | None = None

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Times a stage. Raises `NotConnected` for what fails in it."""
        began = perf_counter()
        try:
            yield
        except NotConnected:
            raise
        except (OSError, ValueError, BadResponse) as error:
            raise of_error(stage, error) from error
        self.stages[stage] = (perf_counter() - began) * 1000


class Link:
    """An open connection. Its methods raise `OSError` (`TimeoutError`) and `BadResponse`."""

    def __init__(self, connection: socket.socket, protocol: ClientProtocol) -> None:
        self._socket, self._protocol = connection, protocol
        self._frames: deque[Frame] = deque()

    def send(self, text: str) -> None:
        """Send a text message."""
        self._protocol.send_text(text.encode())
        self._flush()

    def receive(self, until: float) -> str:
        """The next text message; `until` is a time of `monotonic`."""
        frame = self._next((Opcode.TEXT, Opcode.BINARY), until)
        return bytes(frame.data).decode(errors="replace")

    def ping(self, payload: bytes, until: float) -> None:
        """Send a ping and wait for its pong."""
        self._protocol.send_ping(payload)
        self._flush()
        while bytes(self._next((Opcode.PONG,), until).data) != payload:
            continue

    def close(self, until: float) -> int:
        """Say good-bye and wait for the answer; returns its code."""
        self._protocol.send_close(1000)
        self._flush()
        while self._protocol.state is not State.CLOSED and self._protocol.close_rcvd is None:
            if not self._read(until):
                break
        return self._protocol.close_rcvd.code if self._protocol.close_rcvd else 1006

    def _next(self, kinds: tuple[Opcode, ...], until: float) -> Frame:
        while True:
            while self._frames:
                frame = self._frames.popleft()
                if frame.opcode in kinds:
                    return frame
            if self._protocol.state is not State.OPEN or not self._read(until):
                raise BadResponse

    def _read(self, until: float) -> bool:
        """Whether anything came; what answers a ping or close is sent."""
        self._socket.settimeout(_left(until))
        content = self._socket.recv(READ_BYTES)
        self._protocol.receive_data(content) if content else self._protocol.receive_eof()
        self._frames.extend(e for e in self._protocol.events_received() if isinstance(e, Frame))
        self._flush()
        return bool(content)

    def _flush(self) -> None:
        for part in self._protocol.data_to_send():
            if part:
                self._socket.sendall(part)


@contextmanager
def opened(
    url: str, timings: Timings, seconds: float, *, trust: ssl.SSLContext | None = None
) -> Iterator[Link]:
    """An open connection to `url` within `seconds`; at the end its socket is closed. Raises
    `NotConnected`."""
    until, parts = monotonic() + seconds, urlsplit(url)
    with closing(_dialed(parts, timings, until)) as plain:
        connection = _with_tls(plain, parts, timings, until, trust)
        with closing(connection):
            with timings.stage(Stage.UPGRADE):
                link = _upgraded(connection, url, until)
            yield link


def _dialed(parts: SplitResult, timings: Timings, until: float) -> socket.socket:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    with timings.stage(Stage.LOOKUP):
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    with timings.stage(Stage.TCP):
        return _connected([(str(each[4][0]), int(each[4][1])) for each in addresses], until)


def _connected(addresses: list[tuple[str, int]], until: float) -> socket.socket:
    """The first of `addresses` that answers, each for its share of the time."""
    for number, address in enumerate(addresses):
        is_last = number == len(addresses) - 1
        try:
            return socket.create_connection(address, _left(until) / (len(addresses) - number))
        except OSError:
            if is_last:
                raise
    raise socket.gaierror


def _with_tls(
    plain: socket.socket, parts: SplitResult, timings: Timings, until: float,
    trust: ssl.SSLContext | None,
) -> socket.socket:  # fmt: skip
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if parts.scheme != "wss":
        return plain
    context = trust or ssl.create_default_context()
    with timings.stage(Stage.TLS):
        plain.settimeout(_left(until))
        secured = context.wrap_socket(plain, server_hostname=parts.hostname)
    with suppress(ValueError, KeyError):
        ends = ssl.cert_time_to_seconds(str((secured.getpeercert() or {})["notAfter"]))
        timings.certificate_days = (ends - time()) / DAY_SECONDS
    return secured


def _upgraded(connection: socket.socket, url: str, until: float) -> Link:
    protocol = ClientProtocol(parse_uri(url), max_size=LARGEST_BYTES, logger=_silent)
    protocol.send_request(protocol.connect())
    link = Link(connection, protocol)
    link._flush()
    while protocol.state is State.CONNECTING and protocol.handshake_exc is None:
        if not link._read(until):
            break
    fault = protocol.handshake_exc
    if isinstance(fault, InvalidStatus):
        raise of_status(fault.response.status_code)
    if fault is not None or protocol.state is not State.OPEN:
        text = str(fault.__cause__ or fault) if fault else "connection closed"
        raise BadResponse(
            ""
            if "connection closed" in text
            else f"What answered speaks no WebSocket: {text[:120]}."
        )
    return link


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


__all__ = ["Link", "NotConnected", "Timings", "opened"]
