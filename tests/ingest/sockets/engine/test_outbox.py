"""Frames are written in order, together where they come together, and never twice."""

import socket
from collections.abc import Iterator

import gevent
import pytest
from gevent import socket as gsocket

from ingest.sockets.engine.outbox import MOST_GATHERED, Outbox


class Written:
    """An outbox, its peer, and what reached it in single reads."""

    def __init__(self) -> None:
        self.ours, self.peer = gsocket.socketpair()
        self.ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.peer.setblocking(False)
        self.lost: list[bool] = []
        self.outbox = Outbox(self.ours, lambda: self.lost.append(True))

    def read(self) -> bytes:
        try:
            return bytes(self.peer.recv(2**20))
        except BlockingIOError:
            return b""


@pytest.fixture
def written() -> Iterator[Written]:
    sockets = Written()
    yield sockets
    sockets.outbox.close()
    sockets.ours.close()
    sockets.peer.close()


def test_a_write_is_written_at_once(written: Written) -> None:
    written.outbox.write(b"now")
    assert written.read() == b"now"


def test_posts_are_written_together_when_the_hub_runs(written: Written) -> None:
    written.outbox.post(b"a")
    written.outbox.post(b"b")
    assert written.read() == b""
    gevent.sleep(0)
    assert written.read() == b"ab"


def test_a_write_takes_along_what_was_posted_before_it(written: Written) -> None:
    written.outbox.post(b"a")
    written.outbox.write(b"b")
    assert written.read() == b"ab"
    gevent.sleep(0)
    assert written.read() == b""


def test_while_corked_writes_wait_for_the_flush(written: Written) -> None:
    written.outbox.cork()
    written.outbox.write(b"a")
    written.outbox.write(b"b")
    assert written.read() == b""
    written.outbox.flush()
    assert written.read() == b"ab"
    written.outbox.write(b"c")
    assert written.read() == b"c"


def test_a_lot_is_not_gathered(written: Written) -> None:
    written.outbox.post(b"x" * MOST_GATHERED)
    assert written.outbox.waiting_bytes
    assert written.read()


def test_the_replacement_comes_after_the_frame_that_is_partly_sent(written: Written) -> None:
    frames = [bytes((65 + number,)) * 1000 for number in range(20)]
    for frame in frames:
        written.outbox.post(frame)
    gevent.sleep(0)
    assert written.outbox.waiting_bytes > 2000
    written.outbox.post(b"late")
    written.outbox.replace(b"end")
    assert written.outbox.waiting_bytes < 1003 + 1
    data = written.read()
    while written.outbox.waiting_bytes:
        gevent.sleep(0)
        data += written.read()
    data += written.read()
    assert data.endswith(b"end")
    body = data.removesuffix(b"end")
    assert len(body) % 1000 == 0
    assert body == b"".join(frames)[: len(body)]


def test_a_lost_peer_is_reported_once(written: Written) -> None:
    written.peer.close()
    written.outbox.post(b"a")
    written.outbox.write(b"b")
    written.outbox.write(b"c")
    assert written.lost == [True]


def test_nothing_is_written_after_the_close_even_while_corked(written: Written) -> None:
    """The descriptor may be that of another connection by then."""
    written.outbox.cork()
    written.outbox.write(b"before")
    written.outbox.close()
    written.outbox.write(b"after")
    written.outbox.flush()
    assert written.read() == b""
