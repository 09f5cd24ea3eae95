"""A total time limit for an exchange with a server: read time-outs do not stop a slow trickle."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from time import monotonic


class NotDelivered(Exception):
    """The message was not delivered. The text is the server's reply, or the error. `is_final`: the
    receiver would say the same of every further try."""

    def __init__(self, text: str, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.is_final = is_final


class Deadline:
    """A time limit that starts when the object is created."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends_at = monotonic() + seconds

    @property
    def has_passed(self) -> bool:
        """Whether the limit is exceeded."""
        return monotonic() >= self._ends_at

    def check(self) -> None:
        """Raises `NotDelivered` when the limit is exceeded."""
        if self.has_passed:
            raise NotDelivered(f"No answer within {self._seconds:g} s.")

    @contextmanager
    def enforce(self, socket_of: Callable[[], socket.socket | None]) -> Iterator[None]:
        """Shut down the socket that `socket_of` returns if the block exceeds the limit.

        Errors that follow from that are raised as `NotDelivered`.
        """
        timer = Timer(max(0.0, self._ends_at - monotonic()), _shut_down, [socket_of])
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


def _shut_down(socket_of: Callable[[], socket.socket | None]) -> None:
    connection = socket_of()
    if connection is not None:
        with suppress(OSError, ValueError):  # it may already be closed
            connection.shutdown(socket.SHUT_RDWR)
