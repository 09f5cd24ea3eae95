"""The body of a request, which must arrive within a time.

Gunicorn's gevent worker waits for a body without end, one greenlet and one socket each. A
connection whose body was late ends: what still comes could be taken for a request.
"""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any, TypeVar

import gevent

from .problems import RequestTimeout

Result = TypeVar("Result")


class TimedBody:
    """`wsgi.input` (PEP 3333) of gunicorn, all of which must be read within `seconds` of the first
    read. Else reading raises `RequestTimeout`, and `end` has the connection end."""

    def __init__(self, stream: Any, seconds: float, end: Callable[[], None]) -> None:
        self._stream = stream
        self._end = end
        self._seconds = seconds
        self._deadline = 0.0

    @property
    def reader(self) -> Any:
        """Gunicorn's reader, which has what of the connection was read ahead."""
        return self._stream.reader

    def read(self, size: int | None = None) -> bytes:
        """As of a file."""
        body: bytes = self._timed(self._stream.read, size)
        return body

    def readline(self, size: int | None = None) -> bytes:
        """As of a file."""
        line: bytes = self._timed(self._stream.readline, size)
        return line

    def readlines(self, size: int | None = None) -> list[bytes]:
        """As of a file."""
        return self._timed(self._stream.readlines, size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _timed(self, read: Callable[[int | None], Result], size: int | None) -> Result:
        now = monotonic()
        self._deadline = self._deadline or now + self._seconds
        fault = RequestTimeout(f"The body did not arrive within {self._seconds:g} s.")
        try:
            with gevent.Timeout(max(0.0, self._deadline - now), fault):
                return read(size)
        except RequestTimeout:
            self._end()
            raise
