"""The server process: a direct child that ends with us; one left by a former start is stopped.

`postmaster.pid` in the data folder (PostgreSQL's own file) has the process id in its first line
and `ready` in its eighth.
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
from .places import DataPaths

START_SECONDS = 120  # recovery after a crash replays up to 1 GB of log
STOP_SECONDS = 3
STOPPING = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # fast, immediate, last resort
STILL_IN_USE = "pre-existing shared memory block"
RETRIES = 50
RETRY_SECONDS = 0.2


class Postmaster:
    """One PostgreSQL on one data folder."""

    def __init__(self, paths: DataPaths, owner: Owner, program: Path) -> None:
        self._paths = paths
        self._owner = owner
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def exit_code(self) -> int | None:
        """The exit code; `None` while the process runs."""
        return None if self._process is None else self._process.poll()

    @property
    def pid(self) -> int | None:
        """Process id of the server; `None` before it was started."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it and wait until it is ready. Raises `EmbeddedFault`."""
        _stop_leftover(self._paths)
        failure = ""
        for _ in range(RETRIES):
            self._process = self._spawn()
            failure = self._await_ready(self._process)
            if not failure:
                return
            if STILL_IN_USE not in failure:
                break
            time.sleep(RETRY_SECONDS)  # the last children of a killed server are about to end
        raise EmbeddedFault(
            f"The embedded PostgreSQL did not start. It said: {failure[-600:]} "
            f"More in {self._paths.log}."
        )

    def stop(self) -> None:
        """Fast shutdown; immediate, then SIGKILL, when that takes too long."""
        if self._process is None:
            return
        for stop_signal in STOPPING:
            self._process.send_signal(stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
                break
        self._process = None

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._owner.acting():
            folder = self._paths.socket_folder()
            log = self._paths.start_log.open("wb")
        owner = self._owner
        user = (owner.name, owner.uid, owner.gid) if owner.is_other_user else None
        arguments: Sequence[str | Path] = [self._program, "-D", self._paths.cluster, "-k", folder]
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
        """Empty when it is ready, else the failure with the tail of its log."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if is_ready(self._paths, process.pid):
                return ""
            if process.poll() is not None:
                return f"exit code {process.returncode}. {self._log_tail()}"
            time.sleep(0.02)
        self.stop()
        return f"not ready after {START_SECONDS} s. {self._log_tail()}"

    def _log_tail(self) -> str:
        logs = sorted(self._paths.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
        files = [self._paths.start_log, *logs[-1:]]
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


def is_ready(paths: DataPaths, pid: int | None = None) -> bool:
    """Whether a live server (with this `pid`, if any is passed) takes connections."""
    lines = _pid_file(paths)
    server_pid = _live_server(paths, lines)
    return server_pid is not None and pid in (None, server_pid) and lines[7:8] == ["ready"]


def _stop_leftover(paths: DataPaths) -> None:
    """Stop a server whose parent has died: we hold the owner lock, so no one else uses it."""
    pid = _live_server(paths, _pid_file(paths))
    for stop_signal in STOPPING:
        if pid is None:
            break
        with suppress(ProcessLookupError):
            os.kill(pid, stop_signal)
        _await_end(paths, pid)
        pid = _live_server(paths, _pid_file(paths))
    (paths.cluster / "postmaster.pid").unlink(missing_ok=True)  # its id may be reused by now


def _await_end(paths: DataPaths, pid: int) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and _live_server(paths, [str(pid)]):
        time.sleep(0.02)


def _pid_file(paths: DataPaths) -> list[str]:
    try:
        text = (paths.cluster / "postmaster.pid").read_text(encoding="utf-8")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines()]


def _live_server(paths: DataPaths, lines: list[str]) -> int | None:
    """The process id of the first line, if that process runs with the data folder as its cwd."""
    try:
        pid = int(lines[0])
        folder = Path(f"/proc/{pid}/cwd").readlink()
    except (OSError, ValueError, IndexError):
        return None
    return pid if folder == paths.cluster.resolve() else None
