"""How long a request waits for the store, all its statements together.

What is no request (jobs, background loops, the rows of an export) has none: there the limits of
single statements hold.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gevent.local import local

_of_greenlet = local()


class Patience:
    """The waits of one request: at most `seconds` in all, of which some are `left`, and none while
    `is_silent` says that the store answers nobody."""

    __slots__ = ("_is_silent", "_seconds", "left")

    def __init__(self, seconds: float, is_silent: Callable[[], bool]) -> None:
        self._seconds = self.left = seconds
        self._is_silent = is_silent

    def fault(self) -> str | None:
        """Why the request waits no longer; `None`: it does."""
        if self._is_silent():
            return "the store answers nobody"
        if self.left <= 0:
            return f"the store took more than {self._seconds:g} s for this request"
        return None


@contextmanager
def bounded(patience: Patience | None) -> Iterator[None]:
    """Waits of this greenlet count for `patience` within the block; `None`: for no request."""
    before, _of_greenlet.patience = current(), patience
    try:
        yield
    finally:
        _of_greenlet.patience = before


def current() -> Patience | None:
    """The patience of the request that this greenlet serves."""
    patience: Patience | None = getattr(_of_greenlet, "patience", None)
    return patience
