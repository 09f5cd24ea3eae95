"""A body is read whatever way, within one time for all of it."""

import io

import gevent
import pytest

from ingest.http.problems import RequestTimeout
from ingest.http.timed_body import TimedBody

LINES = b"one\ntwo\nthree"


class Dripping(io.BytesIO):
    """A byte every 20 ms."""

    def read(self, _size: int | None = -1) -> bytes:
        gevent.sleep(0.02)
        return super().read(1)


def test_a_body_is_read_as_of_a_file() -> None:
    def body() -> TimedBody:
        return TimedBody(io.BytesIO(LINES), 5, pytest.fail)

    assert body().read() == LINES
    assert body().read(3) == b"one"
    assert body().readline() == b"one\n"
    assert body().readlines() == list(body()) == LINES.splitlines(keepends=True)


def test_all_reads_share_the_time_after_which_the_connection_ends() -> None:
    ended: list[bool] = []
    body = TimedBody(Dripping(LINES), 0.05, lambda: ended.append(True))
    with pytest.raises(RequestTimeout, match=r"within 0\.05 s"):
        list(iter(lambda: body.read(1), b""))
    assert ended
