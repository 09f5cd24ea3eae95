"""Prophet in a child process: started, asked one fit after the other, stopped in time.

A child because Prophet's libraries warn and log, hold memory that is not given back, and write into
one folder made at import (see `prophet_loading`); nothing of it stays in the scheduler.
"""

import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

from models.embedded.child import command
from settings import CHECKOUT

from .fit_messages import FitResult, FitTask, line_of, result_in
from .scratch import scratch

MODULE = "analytics.anomalies.forecast.child"
ERRORS = "errors"
LATE = "the fits took longer than they may"
LONGEST_TEXT = 300  # bytes of what the child wrote to standard error
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "STAN_NUM_THREADS": "1"}
FOLDER_NAMES = ("TMPDIR", "MPLCONFIGDIR", "HOME", "XDG_CACHE_HOME")
INHERITED = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "PYTHONDONTWRITEBYTECODE")


class ForecastFault(Exception):
    """No forecast could be made; the text says why."""


class OutOfTime(ForecastFault):
    """The child did not finish by its deadline."""


class ChildEnded(ForecastFault):
    """The child ended by itself, or could not be started."""


class FitFailed(ForecastFault):
    """One series could not be fitted; others can."""


class ProphetProcess:
    """One running child; `fit` from one thread. See `prophet_process`."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self._folder = folder
        self._is_late = False
        arguments = [sys.executable, "-P", "-m", MODULE, str(math.ceil(seconds) + 1)]
        with (folder / ERRORS).open("wb") as errors:
            self._child = subprocess.Popen(
                command(arguments, signal.SIGKILL),
                cwd=CHECKOUT,
                env=_environment(folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        self._timer = threading.Timer(seconds, self._out_of_time)
        self._timer.daemon = True
        self._timer.start()

    def fit(self, task: FitTask) -> list[float]:
        """The predictions of one task. Raises `ForecastFault`: `FitFailed` of this task alone."""
        if self._is_late:
            raise OutOfTime(LATE)
        try:
            _pipe(self._child.stdin).write(line_of(task))
            _pipe(self._child.stdin).flush()
            line = _pipe(self._child.stdout).readline()
        except OSError:
            line = b""
        return self._values(line)

    def stop(self) -> None:
        """Kill the child and what it started, and wait for it."""
        self._timer.cancel()
        self._kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(OSError):
                _pipe(pipe).close()

    def _values(self, line: bytes) -> list[float]:
        if self._is_late:
            raise OutOfTime(LATE)
        try:
            result: FitResult = result_in(line)
        except msgspec.MsgspecError:
            raise ChildEnded(self._ended()) from None
        if result.fault:
            raise FitFailed(result.fault)
        return result.values

    def _out_of_time(self) -> None:
        self._is_late = True
        self._kill()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)

    def _ended(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(1.0)
        text = (self._folder / ERRORS).read_bytes()[-LONGEST_TEXT:].decode(errors="replace")
        last = text.strip().rpartition("\n")[2]
        return f"the process of Prophet ended (status {self._child.returncode}): {last}"


@contextmanager
def prophet_process(data_dir: Path, seconds: float) -> Iterator[ProphetProcess]:
    """A child for this block, killed at its end and after `seconds`, with a folder of its own under
    `data_dir`. Raises `ChildEnded` where it cannot be started."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(scratch(data_dir))
            process = ProphetProcess(folder, seconds)
        except OSError as fault:
            raise ChildEnded(f"the process of Prophet cannot be started: {fault}") from fault
        stack.callback(process.stop)
        yield process


def _environment(folder: Path) -> dict[str, str]:
    """What a program needs, without our settings; files of libraries go into `folder`."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    folders = dict.fromkeys(FOLDER_NAMES, str(folder))
    return inherited | folders | ONE_THREAD | {"PYTHONPATH": str(CHECKOUT)}


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("no pipe")
    return pipe
