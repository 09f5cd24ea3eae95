"""One simulated client: a WebSocket of picows whose messages go to a scenario."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from .scenario import Scenario

ABNORMAL = 1006
NO_CODE = 1005


class Connection(WSListener):
    """A client of a run. It `began` to connect at a time of `time.perf_counter`; `state` is the
    scenario's; `is_ending` once the run itself ends it, `is_cut` when that was without waiting for
    replies."""

    def __init__(
        self,
        number: int,
        scenario: Scenario["Connection"],
        polled: Callable[[], float] = perf_counter,
    ) -> None:
        self.number = number
        self.began = perf_counter()
        self.state: Any = None
        self.transport: WSTransport | None = None
        self.is_ending = False
        self.is_cut = False
        self.ending = ""
        self._scenario, self._polled = scenario, polled
        self._last_polled = 0.0
        self._fragments: list[bytes] = []

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self.transport is not None and not self.ending and not self.is_ending

    def send_text(self, payload: bytes) -> None:
        """Send one text message (UTF-8)."""
        if self.transport is not None:
            self.transport.send(WSMsgType.TEXT, payload)

    def close(self) -> None:
        """Close with 1000; the peer's answer ends it."""
        self.is_ending = True
        if self.transport is not None:
            self.transport.send_close(WSCloseCode.OK)

    def pause_reading(self) -> None:
        """Read nothing more."""
        if self.transport is not None:
            self.transport.underlying_transport.pause_reading()

    def leave(self) -> None:
        """As `close`, in the middle of the run: the peer may leave out what is on its way."""
        self.is_cut = True
        if not self.ending:
            self.close()

    def cut(self) -> None:
        """As `abort`, in the middle of the run: nobody expects what is on its way."""
        self.is_cut = True
        self.abort()

    def abort(self) -> None:
        """End the connection without a close frame, as a lost network does."""
        self.is_ending = True
        if self.transport is not None:
            self.transport.disconnect(graceful=False)

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self._scenario.opened(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind, at = frame.msg_type, self._arrival()
        if kind == WSMsgType.TEXT or kind == WSMsgType.BINARY:  # noqa: PLR1714 - a hot path
            if frame.fin:
                self._scenario.received(self, frame.get_payload_as_bytes(), at)
            else:
                self._fragments = [frame.get_payload_as_bytes()]
        elif kind == WSMsgType.CONTINUATION:
            self._fragments.append(frame.get_payload_as_bytes())
            if frame.fin:
                self._scenario.received(self, b"".join(self._fragments), at)
        elif kind == WSMsgType.CLOSE:
            code = frame.get_close_code()  # that of an empty frame is 0, which none may send
            transport.send_close(code if code.value else WSCloseCode.OK)
            transport.disconnect()

    def _arrival(self) -> float:
        """When the frame that is read came: the first of a read made the socket readable, so it was
        there when the loop looked; those behind it may have come since."""
        polled = self._polled()
        if polled == self._last_polled:
            return perf_counter()
        self._last_polled = polled
        return polled

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        closing = transport.close_handshake
        code = None if closing is None or closing.recv is None else int(closing.recv.code.value)
        self.ending = ending_of(code, by_server=closing is not None and closing.recv_then_sent)
        self._scenario.closed(self)


def ending_of(code: int | None, *, by_server: bool) -> str:
    """ "code/who" of a connection that ended: the code of the close frame that came, 0 for an empty
    one, `None` when none came; and who sent the first (RFC 6455, 7.1.5)."""
    if code is None:
        return f"{ABNORMAL}/nobody"
    return f"{code or NO_CODE}/{'server' if by_server else 'client'}"
