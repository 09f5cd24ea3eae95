"""Child processes of the supervisor: started, restarted when they end, stopped within a time."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from models.embedded.child import command
from settings import CHECKOUT

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_SECONDS = 60.0


class Child:
    """A Python module of ours run as a child process that dies with this one.

    It has its own session, so that Ctrl-C reaches only the supervisor. With `once` it is
    not restarted.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        once: bool = False,
        keep_fds: Sequence[int] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._arguments = [sys.executable, "-P", "-m", *arguments]
        self._once = once
        self._keep_fds = keep_fds
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._pause = FIRST_PAUSE_SECONDS
        self._started = 0.0
        self._next_start = 0.0

    @property
    def exit_code(self) -> int | None:
        """The exit status; `None` while it runs or before it was started."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start the process."""
        self._started = self._clock()
        self._process = subprocess.Popen(
            command(self._arguments, signal.SIGTERM),
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            pass_fds=self._keep_fds,
            start_new_session=True,
        )

    def keep_alive(self) -> str | None:
        """Restart it after it ended, with a growing pause; returns a message to log, if any."""
        code = self.exit_code
        if self._process is not None and code is not None:
            self._process = None
            return self._plan_restart(code)
        if self._process is None and self._clock() >= self._next_start:
            self.start()
        return None

    def stop(self, seconds: float) -> None:
        """Send SIGTERM; after `seconds` kill its process group."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            self._process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def _plan_restart(self, code: int) -> str:
        if self._once:
            self._next_start = math.inf
            return f"{self.name}: " + ("done." if code == 0 else f"failed (status {code}).")
        if self._clock() - self._started > HEALTHY_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        self._next_start = self._clock() + self._pause
        text = f"{self.name} ended (status {code}); starting it again in {self._pause:g} s."
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        return text
