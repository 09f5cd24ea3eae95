"""Real servers for tests: gunicorn over a database, and a complete `scripts/serve`."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from settings import CHECKOUT

START_SECONDS, STOP_SECONDS = 180, 60  # a busy machine is no fault
ADMIN_EMAIL = "admin@example.com"
ADMIN_PASSWORD = "correct horse battery staple"


@dataclass
class RunningServer:
    """Gunicorn with gevent workers on a port of its own. `log` is its output."""

    database_url: str
    data_dir: Path
    workers: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)
    admin_email: str = ADMIN_EMAIL
    admin_password: str = ADMIN_PASSWORD

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.data_dir / "gunicorn.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it responds."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:create_app()"],
                cwd=CHECKOUT,
                env={**os.environ, **self._settings(), **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_answering()

    def wait_until_answering(self) -> None:
        """Return at the first response of any status; fail when the process ends."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text()
            with suppress(requests.RequestException):
                requests.get(self.url + "/api/ws/health/live", timeout=5)
                return
            time.sleep(0.05)
        raise AssertionError(f"no answer within {START_SECONDS} s: {self.log.read_text()}")

    def stop(self) -> None:
        """Stop in order; kill when it takes longer than ten seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """Kill master and workers at once, as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stop, if it still runs, and start on the same port."""
        self.stop()
        self.start()

    @property
    def master_pid(self) -> int:
        """Process id of gunicorn's master."""
        assert self._process is not None
        return self._process.pid

    def worker_pids(self) -> list[int]:
        """Process ids of the workers."""
        pid = self.master_pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill_workers(self) -> None:
        """Kill every worker with SIGKILL; the master replaces them."""
        for pid in self.worker_pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _settings(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.data_dir),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_WORKERS": str(self.workers),
        }


@contextmanager
def running_server(
    database_url: str, data_dir: Path, *, workers: int = 1, **environment: str
) -> Iterator[RunningServer]:
    """A started server on a migrated database, stopped at the end of the block."""
    server = RunningServer(database_url, data_dir, workers, environment)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def open_folder(prefix: str = "wsmon-") -> Iterator[Path]:
    """A temporary folder that other users may traverse, as the embedded database needs as root."""
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        Path(name).chmod(0o711)
        yield Path(name)


class SupervisedInstallation:
    """The supervisor behind `scripts/serve` with all its processes, in a folder of its own."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir.with_name("serve.log")
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(CHECKOUT),
            "DATA_DIR": str(data_dir),
            "WEB_WORKERS": "1",
            **environment,
        }

    def launch(self) -> subprocess.Popen[bytes]:
        """Start in another working directory, without waiting."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "scripts.supervisor", "--port", str(self.port)],
                cwd="/",
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @contextmanager
    def up(self) -> Iterator[subprocess.Popen[bytes]]:
        """Started and ready for the duration of the block, then stopped."""
        process = self.launch()
        try:
            self.await_ready(process)
            yield process
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)

    def output(self) -> str:
        """Its output so far."""
        return self.log.read_text()

    def await_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Return when it prints `Ready: `; fail when it ends."""
        ready, deadline = self.output().count("Ready: "), time.monotonic() + START_SECONDS
        while self.output().count("Ready: ") == ready:
            assert process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.05)


def descendants(pid: int) -> set[int]:
    """Process ids of all descendants of a process."""
    parents = {child: parent for child, parent, state in _processes() if state != "Z"}
    tree, size = {pid}, 0
    while size != len(tree):
        size = len(tree)
        tree |= {child for child, parent in parents.items() if parent in tree}
    return tree - {pid}


def alive(pids: set[int]) -> set[int]:
    """The processes that still run."""
    return pids & {pid for pid, _, state in _processes() if state != "Z"}


def await_end(pids: set[int], seconds: float = 10) -> set[int]:
    """Wait for processes to end; returns those that did not."""
    deadline = time.monotonic() + seconds
    while (remaining := alive(pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return remaining


def _processes() -> Iterator[tuple[int, int, str]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            yield int(stat.parent.name), int(parent), state
