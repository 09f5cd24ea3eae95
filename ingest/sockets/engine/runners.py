"""Greenlets that run what came in, without a switch for each message.

A task starts in a greenlet that others have used before it, straight from the hub's callback. One
that never waits is over when the hub goes on. One that waits keeps its greenlet until it is over,
and the next task gets another: so nothing that waits is refused, and nobody waits for it.
"""

from collections.abc import Callable
from contextvars import Context
from typing import Any

from gevent import Greenlet, get_hub

MOST_IDLE = 100  # greenlets kept; those over it end
Task = Callable[[], None]


class Caught:
    """Keeps the error that a block raised, for another greenlet to raise."""

    __slots__ = ("error",)

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> None:
        """Nothing is raised yet."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Keep an error; what ends a greenlet or the process goes on."""
        if not isinstance(error, Exception):
            return False
        self.error = error
        return True


class _Runner:
    """Runs one task after the other in its greenlet."""

    __slots__ = ("_idle", "_runners", "greenlet", "task")

    def __init__(self, runners: "Runners", idle: "list[_Runner]") -> None:
        self._runners, self._idle = runners, idle
        self.task: Task | None = None
        self.greenlet: Any = Greenlet(self._run)

    def _run(self) -> None:
        hub = get_hub()
        while self.task is not None:
            self.task()
            self.task = None
            if len(self._idle) < self._runners.most_idle:
                self._idle.append(self)
                hub.switch()


class Runners:
    """The runners of one worker."""

    __slots__ = ("_idle", "most_idle")

    def __init__(self) -> None:
        self._idle: list[_Runner] = []
        self.most_idle = MOST_IDLE

    def close(self) -> None:
        """End the idle ones, and from now on each with its task."""
        self.most_idle = 0
        while self._idle:
            get_hub().loop.run_callback(self._idle.pop().greenlet.switch)

    def run(self, task: Task, context: Context | None) -> None:
        """Run a task, which must not raise, with these context variables, until it is over or
        waits. Call it in the hub."""
        runner = self._idle.pop() if self._idle else _Runner(self, self._idle)
        runner.task, runner.greenlet.gr_context = task, context
        runner.greenlet.switch()
