"""The read watcher of one socket, which stays for the life of the connection, and the greenlet that
waits for what it brings.

A watcher of its own for each read costs two system calls more (epoll_ctl) and a read that finds
nothing: half of the processor time of an echo.
"""

from collections.abc import Callable
from typing import Any

from gevent import get_hub, getcurrent

READ = 1  # of libev's events


class Watch:
    """Calls `on_readable` in the hub while it is not paused; at most one greenlet waits."""

    __slots__ = ("_fd", "_is_closed", "_on_readable", "_watcher", "greenlet")

    def __init__(self, fd: int, on_readable: Callable[[], None]) -> None:
        self._fd = fd
        self._on_readable = on_readable
        self._watcher: Any = None
        self.greenlet: Any = None  # that waits
        self._is_closed = False

    def wait(self, seconds: float | None = None) -> None:
        """Wait until `wake`, at most so many seconds. It may return early, so ask again."""
        self.resume()
        hub, timer = get_hub(), None
        self.greenlet = getcurrent()
        try:
            if seconds is not None:
                timer = hub.loop.timer(seconds)
                timer.start(self.wake)
            hub.switch()
        finally:
            self.greenlet = None
            if timer is not None:
                timer.close()

    def wake(self) -> None:
        """Switch to the greenlet that waits, until it waits again, for whatever. In the hub."""
        if self.greenlet is not None:
            self.greenlet.switch()

    def wake_soon(self) -> None:
        """The same from anywhere, when the hub runs next."""
        get_hub().loop.run_callback(self.wake)

    def resume(self) -> None:
        """Watch, unless it does."""
        if self._is_closed:
            return
        if self._watcher is None:
            self._watcher = get_hub().loop.io(self._fd, READ)
        if not self._watcher.active:
            self._watcher.start(self._on_readable)

    def pause(self) -> None:
        """Leave what comes to the kernel until somebody waits again."""
        self._watcher.stop()

    def close(self) -> None:
        """Watch no more: the descriptor may be closed from now on."""
        self._is_closed = True
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None
