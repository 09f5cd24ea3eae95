"""A hard end for talking to a server: time-outs of single reads do not stop one that drips."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from time import monotonic


class NotDelivered(Exception):
    """The message did not arrive. The text is the server's answer, or what went wrong."""


class Deadline:
    """Counts from its making. `cut` ends the connection when the time is over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return monotonic() >= self._end

    def check(self) -> None:
        """Raises `NotDelivered` when the time is over."""
        if self.is_over:
            raise NotDelivered(f"No answer within {self._seconds:g} s.")

    @contextmanager
    def over(self, opened: Callable[[], socket.socket | None]) -> Iterator[None]:
        """Cut the socket `opened` answers when the time ends before the block does.

        Whatever that makes fail raises `NotDelivered`.
        """
        timer = Timer(max(0.0, self._end - monotonic()), _cut, [opened])
        timer.daemon = True
        timer.start()
        try:
            yield
        except NotDelivered:
            raise
        except Exception:
            self.check()
            raise
        finally:
            timer.cancel()


def _cut(opened: Callable[[], socket.socket | None]) -> None:
    found = opened()
    if found is not None:
        with suppress(OSError, ValueError):  # it may be closed by now
            found.shutdown(socket.SHUT_RDWR)
