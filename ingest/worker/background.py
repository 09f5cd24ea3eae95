"""Steps that repeat in the background of a process: `every(seconds, step, name)`.

A loop is a daemon thread; under gevent's monkey patch, as in the web workers, a greenlet.
"""

import logging
import threading
from collections.abc import Callable
from time import monotonic, time

SHORTEST_PAUSE = 0.1  # of the interval, after a step that took longer
logger = logging.getLogger(__name__)


class Loop:
    """A repeated step; `every` makes it.

    An exception of the step is logged with its traceback once per type, again only after a step
    without one, and the loop goes on.
    """

    def __init__(
        self,
        seconds: float,
        step: Callable[[], object],
        *,
        name: str,
        delay: float,
        is_aligned: bool,
    ) -> None:
        self._seconds = seconds
        self._step = step
        self._delay = delay
        self._is_aligned = is_aligned
        self._ended = threading.Event()
        self._logged: set[type[Exception]] = set()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def stop(self, seconds: float = 0.0) -> None:
        """Wake and end the loop; waits at most `seconds` for a step in progress."""
        self._ended.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        pause = self._delay
        while not self._ended.wait(pause):
            start = monotonic()
            self._run_step()
            pause = _pause(self._seconds, monotonic() - start, is_aligned=self._is_aligned)

    def _run_step(self) -> None:
        try:
            self._step()
        except Exception as fault:
            if type(fault) not in self._logged:
                logger.exception("%s failed, going on", self._thread.name)
            self._logged.add(type(fault))
        else:
            self._logged.clear()


def every(
    seconds: float,
    step: Callable[[], object],
    name: str,
    *,
    delay: float | None = None,
    is_aligned: bool = False,
) -> Loop:
    """Run `step` every `seconds`, first after `delay` seconds, by default one interval.

    `is_aligned`: at whole multiples of `seconds` of the system's clock, so that the steps of all
    processes coincide. `name` is that of the thread, and of the loop in the log. The start of a
    thread lets other greenlets run: whatever keeps them from starting a second one comes before.
    """
    if delay is None:
        delay = _pause(seconds, 0.0, is_aligned=is_aligned)
    return Loop(seconds, step, name=name, delay=delay, is_aligned=is_aligned)


def _pause(seconds: float, duration: float, *, is_aligned: bool) -> float:
    """Seconds until the next step, after one of that duration."""
    if is_aligned:
        return seconds - time() % seconds
    return max(seconds - duration, seconds * SHORTEST_PAUSE)
