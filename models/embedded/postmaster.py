"""The server process: our direct child, gone when we are; a leftover of a former start is stopped.

`postmaster.pid` in the data folder (PostgreSQL's own file) names the process in its first line and
says `ready` in its eighth.
"""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .child import command
from .fault import EmbeddedFault
from .ownership import Owner
from .places import Places

START_SECONDS = 120  # recovery after a crash replays up to 1 GB of log
STOP_SECONDS = 3
STOPPING = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # fast, immediate, last resort
STILL_IN_USE = "pre-existing shared memory block"
RETRIES = 50
RETRY_SECONDS = 0.2


class Postmaster:
    """One PostgreSQL on one data folder."""

    def __init__(self, where: Places, owner: Owner, program: Path) -> None:
        self._where = where
        self._owner = owner
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def exit_code(self) -> int | None:
        """How the process ended; `None` while it runs."""
        return None if self._process is None else self._process.poll()

    @property
    def pid(self) -> int | None:
        """Process id of the server; `None` before it was started."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it and wait until it is ready. Raises `EmbeddedFault`."""
        _stop_leftover(self._where)
        said = ""
        for _ in range(RETRIES):
            self._process = self._spawn()
            said = self._await_ready(self._process)
            if not said:
                return
            if STILL_IN_USE not in said:
                break
            time.sleep(RETRY_SECONDS)  # a killed server's last children are about to end
        raise EmbeddedFault(
            f"The embedded PostgreSQL did not start. It said: {said[-600:]} "
            f"More in {self._where.log}."
        )

    def stop(self) -> None:
        """Fast shutdown; immediate when that takes too long."""
        if self._process is None:
            return
        for sign in STOPPING:
            self._process.send_signal(sign)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
                break
        self._process = None

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._owner.acting():
            folder = self._where.socket_folder()
            log = self._where.start_log.open("wb")
        owner = self._owner
        user = (owner.name, owner.uid, owner.gid) if owner.is_somebody_else else None
        arguments: Sequence[str | Path] = [self._program, "-D", self._where.cluster, "-k", folder]
        with log:
            return subprocess.Popen(
                command(arguments, signal.SIGINT, user),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )

    def _await_ready(self, process: subprocess.Popen[bytes]) -> str:
        """Empty when it is ready, else what it said before it ended."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if is_ready(self._where, process.pid):
                return ""
            if process.poll() is not None:
                return f"exit code {process.returncode}. {self._last_words()}"
            time.sleep(0.02)
        self.stop()
        return f"not ready after {START_SECONDS} s. {self._last_words()}"

    def _last_words(self) -> str:
        logs = sorted(self._where.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
        files = [self._where.start_log, *logs[-1:]]
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


def is_ready(where: Places, pid: int | None = None) -> bool:
    """Whether a live server (that with `pid`, when given) takes connections."""
    lines = _pid_file(where)
    found = _live_server(where, lines)
    return found is not None and pid in (None, found) and lines[7:8] == ["ready"]


def _stop_leftover(where: Places) -> None:
    """Stop a server whose starter is gone: nobody else holds the lock, so it is ours."""
    pid = _live_server(where, _pid_file(where))
    for sign in STOPPING:
        if pid is None:
            break
        with suppress(ProcessLookupError):
            os.kill(pid, sign)
        _await_end(where, pid)
        pid = _live_server(where, _pid_file(where))
    (where.cluster / "postmaster.pid").unlink(missing_ok=True)  # its number may be another's now


def _await_end(where: Places, pid: int) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and _live_server(where, [str(pid)]):
        time.sleep(0.02)


def _pid_file(where: Places) -> list[str]:
    try:
        text = (where.cluster / "postmaster.pid").read_text(encoding="utf-8")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines()]


def _live_server(where: Places, lines: list[str]) -> int | None:
    """The process named by the first line, when it lives and stands in this very folder."""
    try:
        pid = int(lines[0])
        folder = Path(f"/proc/{pid}/cwd").readlink()
    except (OSError, ValueError, IndexError):
        return None
    return pid if folder == where.cluster.resolve() else None
