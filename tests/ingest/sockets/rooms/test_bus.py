"""The bus over a broker that fails: nothing is sent twice or out of order, and it reconnects."""

import logging
from collections.abc import Callable

import gevent
import msgspec
import pytest
from gevent.queue import Queue

from ingest.sockets.rooms import bus
from ingest.sockets.rooms.bus import BrokeredBus, Envelope


class Line:
    """A connection in memory: `failures` are raised in turn by `connect` and `send`."""

    def __init__(self, *failures: str) -> None:
        self.sent: list[bytes] = []
        self.incoming: Queue[list[bytes] | OSError] = Queue()
        self.connected = 0
        self.hung_up = 0
        self.failures = list(failures)

    def connect(self) -> None:
        self._fail("connect")
        self.connected += 1

    def send(self, batch: list[bytes]) -> None:
        self._fail("send")
        self.sent += batch

    def read(self) -> list[bytes]:
        received: list[bytes] | OSError = self.incoming.get()
        if isinstance(received, OSError):
            raise received
        return received

    def hang_up(self) -> None:
        self.hung_up += 1

    def _fail(self, step: str) -> None:
        if self.failures and self.failures[0] == step:
            self.failures.pop(0)
            raise OSError(f"cannot {step}")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnect after a millisecond."""
    for name in ("FIRST_PAUSE", "LONGEST_PAUSE", "GATHER_SECONDS"):
        monkeypatch.setattr(bus, name, 0.001)


def until(condition: Callable[[], bool]) -> None:
    with gevent.Timeout(5):
        while not condition():
            gevent.sleep(0.001)


def joined(outgoing: Line, incoming: Line) -> tuple[BrokeredBus, list[Envelope], list[bool]]:
    """A bus, what it delivers, and an entry for each time it was connected."""
    delivered: list[Envelope] = []
    connected: list[bool] = []
    brokered = BrokeredBus(outgoing, incoming, delivered.append, lambda: connected.append(True))
    return brokered, delivered, connected


def test_envelopes_go_out_in_order_and_come_in_as_they_were() -> None:
    outgoing, incoming = Line(), Line()
    brokered, delivered, _ = joined(outgoing, incoming)
    envelopes = [Envelope("a", "message", "portal", "h\u00e9 \n", str(n)) for n in range(50)]
    for envelope in envelopes:
        brokered.publish(envelope)
    until(lambda: len(outgoing.sent) == 50)
    incoming.incoming.put(outgoing.sent)
    until(lambda: len(delivered) == 50)
    assert delivered == envelopes


def test_it_is_up_when_both_directions_are() -> None:
    outgoing, incoming = Line("connect", "connect"), Line()
    brokered, _, connected = joined(outgoing, incoming)
    until(lambda: incoming.connected == 1)
    assert (brokered.is_up, connected) == (False, [])
    assert brokered.fault is not None
    until(lambda: brokered.is_up and brokered.fault is None)
    assert (connected, outgoing.hung_up) == ([True], 2)


def test_what_could_not_be_sent_is_sent_again_before_what_follows() -> None:
    outgoing = Line("send", "send")
    brokered, _, _ = joined(outgoing, Line())
    for number in range(3):
        brokered.publish(Envelope("a", "message", frame=str(number)))
    until(lambda: outgoing.hung_up > 0)
    brokered.publish(Envelope("a", "message", frame="3"))
    until(lambda: len(outgoing.sent) == 4)
    frames = [msgspec.json.decode(raw, type=Envelope).frame for raw in outgoing.sent]
    assert (frames, outgoing.connected) == (["0", "1", "2", "3"], 3)


def test_a_full_queue_drops_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "LONGEST_QUEUE", 3)
    outgoing = Line()
    brokered, _, _ = joined(outgoing, Line())
    for number in range(5):
        brokered.publish(Envelope("a", "message", frame=str(number)))
    until(lambda: len(outgoing.sent) == 3)
    assert [msgspec.json.decode(raw)[4] for raw in outgoing.sent] == ["2", "3", "4"]


def test_a_lost_line_is_logged_once_and_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    incoming = Line()
    brokered, _, connected = joined(Line(), incoming)
    until(lambda: brokered.is_up)
    incoming.failures = ["connect"] * 3
    incoming.incoming.put(OSError("reset by peer"))
    until(lambda: len(connected) == 2)
    assert (brokered.is_up, incoming.hung_up) == (True, 4)
    assert [r.message for r in caplog.records if "reset by peer" in r.message] == [
        "the bus between workers is away (reset by peer), trying again"
    ]


def test_a_broker_that_was_never_reached_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    brokered, _, _ = joined(Line("connect", "connect"), Line("connect"))
    until(lambda: brokered.is_up)
    assert len([r for r in caplog.records if "trying again" in r.message]) == 1


def test_what_is_no_envelope_is_skipped_and_the_others_are_delivered() -> None:
    incoming = Line()
    brokered, delivered, _ = joined(Line(), incoming)
    good = msgspec.json.encode(Envelope("b", "beat"))
    incoming.incoming.put([b"", b"{", b'["b"]', b"[1,2]", b"\xff", good])
    until(lambda: bool(delivered))
    assert delivered == [Envelope("b", "beat")]
    assert brokered.is_up
