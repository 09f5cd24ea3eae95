"""Handlers that are called with the messages: as quick as they are, and as patient as any."""

from collections.abc import Iterator
from contextvars import ContextVar
from time import monotonic

import gevent
import pytest
from gevent.event import Event
from simple_websocket import ConnectionClosed

from ingest.sockets.engine.decoding import Message
from ingest.sockets.engine.service import run_handler
from ingest.sockets.engine.stream import Limits
from ingest.sockets.engine.watch import Watch
from tests.ingest.sockets.test_connection import Pair
from tests.ingest.sockets.test_conversation import close, frame

user: ContextVar[str] = ContextVar("user", default="nobody")
TWO = frame(1, b"one") + frame(1, b"two")


@pytest.fixture
def pair() -> Iterator[Pair]:
    sockets = Pair(Limits(outbox_bytes=100_000, ping_seconds=10, send_seconds=0.2))
    yield sockets
    sockets.connection.abort()
    gevent.sleep(0)
    sockets.peer.close()
    sockets.ours.close()


def serve(pair: Pair, handler: object) -> "gevent.Greenlet[..., tuple[int, str]]":
    """A handler's greenlet; the outcome is what the connection is closed with."""
    return gevent.spawn(run_handler, lambda connection: connection.each(handler), pair.connection)


def test_messages_are_echoed_and_counted(pair: Pair) -> None:
    serving = serve(pair, pair.connection.send)
    pair.peer.sendall(TWO + close(1000))
    assert serving.get(timeout=2) == (1000, "")
    assert pair.read() == b"\x81\x03one\x81\x03two\x88\x02\x03\xe8"
    assert pair.connection.closing == (1000, "", "client")
    tally = pair.connection.tally
    assert (tally.received, tally.bytes_received) == (tally.sent, tally.bytes_sent) == (2, 6)


def test_a_handler_that_waits_gets_its_messages_in_order(pair: Pair) -> None:
    began, go = list[Message](), Event()

    def waits(message: Message) -> None:
        began.append(message)
        go.wait()
        pair.connection.send(message)

    serving = serve(pair, waits)
    pair.peer.sendall(TWO)
    gevent.sleep(0.01)
    pair.peer.sendall(frame(1, b"three"))
    gevent.sleep(0.01)
    assert began == ["one"]
    go.set()
    data = b""
    while len(data) < 17:
        data += pair.read()
    assert data == b"\x81\x03one\x81\x03two\x81\x05three"
    pair.peer.sendall(close(1000))
    assert serving.get(timeout=2) == (1000, "")


def test_a_reply_before_a_wait_is_sent_before_it(pair: Pair) -> None:
    go = Event()

    def waits(message: Message) -> None:
        pair.connection.send(message)
        go.wait()

    serve(pair, waits)
    pair.peer.sendall(TWO)
    assert pair.read() == b"\x81\x03one"
    go.set()
    assert pair.read() == b"\x81\x03two"


def test_a_failing_handler_ends_the_connection_with_1011(pair: Pair) -> None:
    served: list[Message] = []

    def fails(message: Message) -> None:
        served.append(message)
        raise ValueError(message)

    serving = serve(pair, fails)
    pair.peer.sendall(TWO)
    assert serving.get(timeout=2) == (1011, "internal error")
    assert served == ["one"]


def test_the_context_of_the_handler_is_that_of_its_messages(pair: Pair) -> None:
    names: list[str] = []

    def handler() -> None:
        user.set("ada")
        with pytest.raises(ConnectionClosed):
            pair.connection.each(lambda _: names.append(user.get()))

    serving = gevent.spawn(handler)
    gevent.sleep(0)
    pair.peer.sendall(TWO + close())
    serving.get(timeout=2)
    assert names == ["ada", "ada"]


def test_a_handler_that_was_ended_ends_its_waiting_call(pair: Pair) -> None:
    ended: list[bool] = []

    def waits(_: Message) -> None:
        try:
            Event().wait()
        finally:
            ended.append(True)

    serving = serve(pair, waits)
    pair.peer.sendall(TWO)
    gevent.sleep(0.01)
    serving.kill()
    gevent.sleep(0.01)
    assert ended == [True]


def test_an_abort_while_a_call_waits_ends_the_handler_after_it(pair: Pair) -> None:
    go, served = Event(), list[Message]()

    def waits(message: Message) -> None:
        go.wait()
        served.append(message)

    serving = serve(pair, waits)
    pair.peer.sendall(frame(1, b"one"))
    gevent.sleep(0.01)
    pair.connection.abort()
    gevent.sleep(0.01)
    assert not serving.ready()
    go.set()
    assert serving.get(timeout=2) == (1000, "")
    assert served == ["one"]


def test_a_reader_that_reads_nothing_stops_the_echo(pair: Pair) -> None:
    """The echo waits for it, so nothing more is read, and after its time it is closed."""
    serve(pair, pair.connection.send)
    flood = gevent.spawn(pair.peer.sendall, frame(2, b"f" * 50_000) * 40)
    deadline = monotonic() + 5
    while pair.connection.connected and monotonic() < deadline:
        gevent.sleep(0.01)
        assert pair.connection.outbox_bytes < 300_000
    assert pair.connection.closing == (1013, "reads too slowly", "server")
    flood.kill()


def test_a_wait_ends_in_time_and_by_a_wake(pair: Pair) -> None:
    watch = Watch(pair.ours.fileno(), lambda: None)
    watch.wait(0.01)
    waiting, states = gevent.spawn(watch.wait), list[bool]()
    gevent.sleep(0)
    states.append(watch.greenlet is not None)
    watch.wake_soon()
    waiting.get(timeout=2)
    states.append(watch.greenlet is not None)
    assert states == [True, False]
    watch.close()
