"""Greenlets that work off what came in, without a switch for each connection or message.

In its callbacks the hub collects the connections that are ready. Then one greenlet, which others
have used before it, works them off one after the other. When the work of one waits, it keeps that
greenlet until it is over, and another goes on with the rest: so nothing that waits is refused, and
nobody waits for it.
"""

from collections import deque
from contextvars import Context
from typing import Any, Protocol

from gevent import Greenlet, get_hub

MOST_IDLE = 100  # greenlets kept; those over it end


class Work(Protocol):
    """Of a connection that is ready."""

    @property
    def context(self) -> Context | None:
        """The context variables that `run` sees."""

    def run(self) -> None:
        """Work it off, in a runner. Must not raise, and finds nothing to do when it was added
        twice."""

    def waits(self, greenlet: Any) -> None:
        """In the hub: `run` waits, in this greenlet."""


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
    """Works off what is ready, until a work waits; after that one it is idle until it is next."""

    __slots__ = ("_runners", "greenlet", "work")

    def __init__(self, runners: "Runners") -> None:
        self._runners = runners
        self.work: Work | None = None
        self.greenlet: Any = Greenlet(self._run)

    def _run(self) -> None:
        self._work_off()
        while self._runners.keeps(self):
            get_hub().switch()
            self._work_off()

    def _work_off(self) -> None:
        runners, greenlet = self._runners, self.greenlet
        ready = runners.ready
        while ready:
            self.work = work = ready.popleft()
            greenlet.gr_context = work.context
            try:
                work.run()
            finally:
                self.work = None
            if runners.next is not self:
                return


class Runners:
    """The runners of one worker. `next` works off what is `ready`."""

    __slots__ = ("_idle", "most_idle", "next", "ready")

    def __init__(self) -> None:
        self.ready: deque[Work] = deque()
        self.next: _Runner | None = None
        self._idle: list[_Runner] = []
        self.most_idle = MOST_IDLE

    def add(self, work: Work) -> None:
        """Have it worked off when the hub is through with what came. In the hub."""
        self.ready.append(work)
        if len(self.ready) == 1:
            get_hub().loop.run_callback(self._run_ready)

    def keeps(self, runner: _Runner) -> bool:
        """Whether a runner that is through is kept, as the next or as an idle one."""
        if self.next is runner:
            return self.most_idle > 0
        if len(self._idle) >= self.most_idle:
            return False
        self._idle.append(runner)
        return True

    def close(self) -> None:
        """End those that are idle, and from now on each with its work."""
        self.most_idle = 0
        idle, self._idle = [*self._idle, *filter(None, [self.next])], []
        self.next = None
        for runner in idle:
            get_hub().loop.run_callback(runner.greenlet.switch)

    def _run_ready(self) -> None:
        while self.ready:
            runner = self.next
            if runner is None or runner.greenlet.dead:
                runner = self.next = self._idle.pop() if self._idle else _Runner(self)
            runner.greenlet.switch()
            if runner.work is not None:
                self.next = None
                runner.work.waits(runner.greenlet)
