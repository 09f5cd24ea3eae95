"""Start and stop of a web worker, in order; `gunicorn.conf.py` calls it by the extension's key.

Gunicorn's master kills a worker `graceful_timeout` (4 s) after the signal, and the hook
`worker_exit` runs only once no connection is left, not even an idle one of a browser. So the stop
begins with the signal, and its deadlines add up to less than 4 s.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .background import Loop, every

EXTENSION = "worker"
CHECK_SECONDS = 0.1  # between looks at whether the worker is to stop
STEP_SECONDS = 0.1  # until a repeated step, which nobody waits for, is left to itself
REQUEST_SECONDS = 1.5  # for requests in flight, longer than gunicorn takes to notice the signal
logger = logging.getLogger(__name__)


def _nothing() -> None:
    """The start of a stage that starts by itself, with its first use."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the worker: how it starts, how it stops, and the deadline of that in seconds."""

    name: str
    seconds: float
    stop: Callable[[], object]
    start: Callable[[], object] = _nothing


def repeating(name: str, seconds: float, step: Callable[[], object]) -> Stage:
    """A stage that repeats a step every `seconds` while the worker runs."""
    loops: list[Loop] = []

    def stop() -> None:
        for loop in loops:
            loop.stop(STEP_SECONDS)

    return Stage(name, STEP_SECONDS, stop, lambda: loops.append(every(seconds, step, name)))


class Lifecycle:
    """One worker. `at_signal` stops as soon as the worker is to stop, `after_requests` once no
    request is in flight, or after 1.5 s; each in order."""

    def __init__(self, *, at_signal: Sequence[Stage], after_requests: Sequence[Stage]) -> None:
        self._at_signal = at_signal
        self._after_requests = after_requests
        self._drained = threading.Event()
        self._lock = threading.Lock()
        self._is_over = False
        self._watch: Loop | None = None

    def start(self, is_stopping: Callable[[], bool]) -> None:
        """Start all stages, the last to stop first. Call it in the worker, after fork."""
        for stage in reversed((*self._at_signal, *self._after_requests)):
            stage.start()
        self._watch = every(
            CHECK_SECONDS, lambda: self._run_stages() if is_stopping() else None, "life cycle"
        )

    def stop(self) -> None:
        """Stop all stages, or wait until they are; no request is in flight any more."""
        self._drained.set()
        self._run_stages()

    def _run_stages(self) -> None:
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
            if self._watch is not None:
                self._watch.stop()
            for stage in self._at_signal:
                _stop(stage)
            self._drained.wait(REQUEST_SECONDS)
            for stage in self._after_requests:
                _stop(stage)


def _stop(stage: Stage) -> None:
    """Stop within the deadline: what takes longer goes on in its thread, without the others."""
    thread = threading.Thread(
        target=_run_logged, args=[stage], name=f"stop {stage.name}", daemon=True
    )
    thread.start()
    thread.join(stage.seconds)
    if thread.is_alive():
        logger.warning("stopping the %s takes longer than %g s", stage.name, stage.seconds)


def _run_logged(stage: Stage) -> None:
    try:
        stage.stop()
    except Exception:
        logger.exception("stopping the %s failed", stage.name)
