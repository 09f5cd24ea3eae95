"""The scheduler processes of a compressed installation: each acts when it is told."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from settings import CHECKOUT

STOP_SECONDS = 60
COMMAND = [sys.executable, "-m", "tests.support.compressed.node"]


class SchedulerNode:
    """One node, of those that `environment` starts; its output goes to `log`."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment, self._log = environment, log
        self._process = self._started()

    def run_due(self) -> None:
        """Have it run what is due, and wait until it has; a killed one does nothing."""
        if self._process.poll() is None:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write("\n")
            self._process.stdin.flush()
            assert self._process.stdout.readline() == "\n", self._log.read_text()[-3000:]

    def kill(self) -> None:
        """With SIGKILL; its lease ends by itself."""
        self._process.kill()
        self._process.communicate()

    def stop(self) -> None:
        """In order: the lease is released."""
        self._process.communicate(timeout=STOP_SECONDS)

    def start(self) -> None:
        """A new process, which has another holder of the lease."""
        self._process = self._started()

    def _started(self) -> subprocess.Popen[str]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                COMMAND, cwd=CHECKOUT, env=self._environment, text=True, stderr=log,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
